package io.themis.security;

import io.themis.request.EmailAddress;
import io.themis.request.InvalidRequestException;
import io.themis.request.NewRequest;
import io.themis.security.Caller.Role;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.security.oauth2.core.ClaimAccessor;

/**
 * Where the identity provider's tokens say who somebody is, of the API and of a sign-in.
 *
 * @param subject what one person is called in all tokens; two approvals are of two people by it. OpenID Connect lets a
 *     provider give each client another {@code sub} (Core 8.1, pairwise), as Microsoft Entra does: there it is {@code oid}
 * @param emailVerified true if the provider knows that {@code email} is the person's own (OpenID Connect Core 5.1)
 */
@ConfigurationProperties("themis.token-claims")
public record TokenClaims(
        @DefaultValue("sub") String subject,
        @DefaultValue("email_verified") String emailVerified) {

    /** Who asks without a token: over REST, and from the queue. */
    private static final Set<String> OWN_NAMES = Set.of(Caller.GATEWAY_SUBJECT, NewRequest.QUEUE);

    /** The caller that a validated token speaks for. Only a boolean true verifies an address. */
    Caller caller(ClaimAccessor token) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        String name = token.getClaimAsString(subject);
        if (isSomebody(name) && token.getClaims().get("roles") instanceof Collection<?> claim) {
            claim.forEach(role -> Role.ofClaim(String.valueOf(role)).ifPresent(roles::add));
        }
        boolean verified = Boolean.TRUE.equals(token.getClaims().get(emailVerified));
        EmailAddress address = verified && token.getClaims().get("email") instanceof String email ? read(email) : null;
        return new Caller(roles, name, address);
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
    private static boolean isSomebody(String name) {
        return name != null && !name.isBlank() && !OWN_NAMES.contains(name);
    }
}
