package io.themis.security;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Who sent a request of the API.
 *
 * @param subject claim {@code sub} of the token, or {@code gateway}
 * @param emailAddress the person's own address in {@linkplain #normal normal form}, as the identity provider verified it
 *     (OpenID Connect Core 5.1: {@code email} with {@code email_verified} true); null otherwise
 */
public record Caller(Set<Role> roles, String subject, String emailAddress) {

    private static final String GATEWAY_SUBJECT = "gateway";

    /** Who asks without a token: over REST, and from the queue. */
    private static final Set<String> OWN_NAMES = Set.of(GATEWAY_SUBJECT, "queue");

    /** What a caller is. A token names them in claim {@code roles}, in lower case with hyphens. */
    public enum Role {
        /** Holds a gateway key. No token can claim it. */
        GATEWAY,
        PERSON,
        OPERATOR,
        PRIVACY_OFFICER;

        private static Optional<Role> ofClaim(String value) {
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

    /** The caller that a validated token speaks for. Only a boolean true verifies an address. */
    static Caller of(Jwt token) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (isSomebody(token.getSubject()) && token.getClaims().get("roles") instanceof Collection<?> claim) {
            claim.forEach(role -> Role.ofClaim(String.valueOf(role)).ifPresent(roles::add));
        }
        boolean verified = Boolean.TRUE.equals(token.getClaims().get("email_verified"));
        String address = verified && token.getClaims().get("email") instanceof String email ? normal(email) : null;
        return new Caller(roles, token.getSubject(), address);
    }

    /** What a caller names is theirs alone; a token without a name, or with one of ours, would share it with others. */
    private static boolean isSomebody(String subject) {
        return subject != null && !subject.isBlank() && !OWN_NAMES.contains(subject);
    }

    boolean isAny(Role... wanted) {
        return Set.of(wanted).stream().anyMatch(roles::contains);
    }

    /** Whether the caller works for the controller: everybody but a person who asks for themselves. */
    public boolean isStaff() {
        return isAny(Role.GATEWAY, Role.OPERATOR, Role.PRIVACY_OFFICER);
    }

    boolean owns(String address) {
        return emailAddress != null && address != null && emailAddress.equals(normal(address));
    }

    /**
     * Addresses are the same person's if they are equal without regard to the case of ASCII letters. Nothing else is
     * folded: {@code a.b@} and {@code ab@} are two persons.
     *
     * @return null for an address beyond ASCII, which is nobody's here: in Unicode, the Kelvin sign is a k
     */
    private static String normal(String address) {
        return address.chars().allMatch(character -> character < 128) ? address.toLowerCase(Locale.ROOT) : null;
    }

    /** Without the address, because a caller may be logged. */
    @Override
    public String toString() {
        return "Caller" + roles.stream().map(Role::name).sorted().collect(Collectors.toList());
    }
}
