package io.themis.security;

import io.themis.request.EmailAddress;
import io.themis.security.Caller.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;

/**
 * Who is signed in, in the session: subject, roles and verified address as texts, and nothing else of the tokens. It ends with
 * the session, and in any case after {@link #LONGEST}, since a page that watches a request never falls silent and a role may
 * have been taken away.
 */
final class SignedIn implements SecurityContextRepository {

    static final Duration LONGEST = Duration.ofHours(8);

    private static final String SUBJECT = "subject";
    private static final String ROLES = "roles";
    private static final String ADDRESS = "emailAddress";

    private final TokenClaims claims;
    private final Clock clock;
    private final Duration life;

    /** @param life of a session in which nothing is done */
    SignedIn(TokenClaims claims, Clock clock, Duration life) {
        this.claims = claims;
        this.clock = clock;
        this.life = life;
    }

    @Override
    public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
        return new Deferred(request);
    }

    @Override
    @Deprecated
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
        return read(holder.getRequest());
    }

    /** Of a sign-in; whoever was signed in before is not any more. */
    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        if (context.getAuthentication() != null
                && context.getAuthentication().getPrincipal() instanceof OidcUser user) {
            Caller caller = claims.caller(user.getIdToken());
            HttpSession session = request.getSession();
            session.setMaxInactiveInterval((int) life.toSeconds());
            session.setAttribute(SUBJECT, caller.subject());
            session.setAttribute(ROLES, caller.roles().stream().map(Role::name).collect(Collectors.joining(" ")));
            session.setAttribute(
                    ADDRESS,
                    caller.emailAddress() == null ? null : caller.emailAddress().value());
        } else if (containsContext(request)) {
            request.getSession().removeAttribute(SUBJECT);
        }
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(SUBJECT) != null;
    }

    private SecurityContext read(HttpServletRequest request) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        if (containsContext(request)) {
            HttpSession session = request.getSession();
            if (Instant.ofEpochMilli(session.getCreationTime()).plus(LONGEST).isBefore(clock.instant())) {
                session.invalidate();
            } else {
                context.setAuthentication(new CallerAuthentication(caller(session)));
            }
        }
        return context;
    }

    private static Caller caller(HttpSession session) {
        Set<Role> roles = Arrays.stream(session.getAttribute(ROLES).toString().split(" "))
                .filter(name -> !name.isEmpty())
                .map(Role::valueOf)
                .collect(Collectors.toSet());
        return new Caller(
                roles,
                session.getAttribute(SUBJECT).toString(),
                session.getAttribute(ADDRESS) instanceof String address ? new EmailAddress(address) : null);
    }

    /** The session is in a database: looked at only for a page that asks who is there. */
    private final class Deferred implements DeferredSecurityContext {

        private final HttpServletRequest request;
        private SecurityContext context;

        Deferred(HttpServletRequest request) {
            this.request = request;
        }

        @Override
        public SecurityContext get() {
            if (context == null) {
                context = read(request);
            }
            return context;
        }

        @Override
        public boolean isGenerated() {
            return get() instanceof SecurityContextImpl empty && empty.getAuthentication() == null;
        }
    }
}
