package io.themis.request;

/**
 * A value that names the person in the company's data, such as an account number.
 *
 * @param name key of the data map
 * @param partition where the key holds, such as a site; null if it holds everywhere
 */
public record SubjectKey(String name, String partition, String value) {}
