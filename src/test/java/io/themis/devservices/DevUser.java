package io.themis.devservices;

/**
 * One person in the sample company's users database, as {@code GetUserInformation} returns that person.
 *
 * @param accountId the person's account on the network; null when the person has none
 */
public record DevUser(
        String emailAddress,
        String displayName,
        String firstName,
        String lastName,
        String country,
        String city,
        String street,
        Long accountId) {}
