package io.themis.security;

import io.themis.request.EmailAddress;
import io.themis.request.InvalidRequestException;
import io.themis.request.NewRequest;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.oauth2.core.ClaimAccessor;

/**
 * Who sent a request of the API.
 *
 * @param subject claim {@code sub} of the token, or {@code gateway}
 * @param emailAddress the person's own address, as the identity provider verified it (OpenID Connect Core 5.1:
 *     {@code email} with {@code email_verified} true); null otherwise
 */
public record Caller(Set<Role> roles, String subject, EmailAddress emailAddress) {

    private static final String GATEWAY_SUBJECT = "gateway";

    /** Who asks without a token: over REST, and from the queue. */
    private static final Set<String> OWN_NAMES = Set.of(GATEWAY_SUBJECT, NewRequest.QUEUE);

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

    /** The caller that a validated token speaks for, of the API or of a sign-in. Only a boolean true verifies an address. */
    static Caller of(ClaimAccessor token) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        String subject = token.getClaimAsString("sub");
        if (isSomebody(subject) && token.getClaims().get("roles") instanceof Collection<?> claim) {
            claim.forEach(role -> Role.ofClaim(String.valueOf(role)).ifPresent(roles::add));
        }
        boolean verified = Boolean.TRUE.equals(token.getClaims().get("email_verified"));
        EmailAddress address = verified && token.getClaims().get("email") instanceof String email ? read(email) : null;
        return new Caller(roles, subject, address);
    }

    /** Null for what no request could be for, such as an address beyond ASCII: in Unicode, the Kelvin sign is a k. */
    private static EmailAddress read(String email) {
        try {
            return new EmailAddress(email);
        } catch (InvalidRequestException e) {
            return null;
        }
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
