package io.themis.security;

import io.themis.request.EmailAddress;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who sent a request of the API.
 *
 * @param subject what the token calls the caller, or {@code gateway}
 * @param emailAddress the person's own address, as the identity provider verified it; null otherwise
 */
public record Caller(Set<Role> roles, String subject, EmailAddress emailAddress) {

    static final String GATEWAY_SUBJECT = "gateway";

    /** What a caller is. A token names them in claim {@code roles}, in lower case with hyphens. */
    public enum Role {
        /** Holds a gateway key. No token can claim it. */
        GATEWAY,
        PERSON,
        OPERATOR,
        PRIVACY_OFFICER;

        static Optional<Role> ofClaim(String value) {
            return switch (value) {
                case "person" -> Optional.of(PERSON);
                case "operator" -> Optional.of(OPERATOR);
                case "privacy-officer" -> Optional.of(PRIVACY_OFFICER);
                default -> Optional.empty();
            };
        }
    }

    public Caller {
        roles = Set.copyOf(roles);
    }

    static Caller gateway() {
        return new Caller(Set.of(Role.GATEWAY), GATEWAY_SUBJECT, null);
    }

    boolean isAny(Role... wanted) {
        return Set.of(wanted).stream().anyMatch(roles::contains);
    }

    /** Whether the caller works for the controller: everybody but a person who asks for themselves. */
    public boolean isStaff() {
        return isAny(Role.GATEWAY, Role.OPERATOR, Role.PRIVACY_OFFICER);
    }

    /** Whether the caller looks after requests. */
    public boolean mayOperate() {
        return isAny(Role.OPERATOR, Role.PRIVACY_OFFICER);
    }

    /** Whether the caller decides about requests, and may know whose they are. */
    public boolean isOfficer() {
        return isAny(Role.PRIVACY_OFFICER);
    }

    /** Whether it is the caller's own address. */
    public boolean owns(EmailAddress address) {
        return emailAddress != null
                && address != null
                && emailAddress.normalForm().equals(address.normalForm());
    }

    /** Without the address, because a caller may be logged. */
    @Override
    public String toString() {
        return "Caller" + roles.stream().map(Role::name).sorted().collect(Collectors.toList());
    }
}
