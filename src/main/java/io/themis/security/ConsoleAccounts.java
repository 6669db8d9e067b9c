package io.themis.security;

import java.util.Collection;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;

/**
 * The accounts for console, metrics and health details: the operators', and that of who looks on and changes nothing.
 *
 * @param password in clear, or a hash as Spring Security writes it, such as <code>{bcrypt}$2a$…</code>; without one nobody
 *     can sign in
 */
@ConfigurationProperties("themis.console")
record ConsoleAccounts(
        @DefaultValue("operator") String username,
        String password,
        @DefaultValue Viewer viewer) {

    /**
     * Who looks on, such as a Prometheus.
     *
     * @param password as the operators'; without one there is no such account
     */
    record Viewer(@DefaultValue("viewer") String username, String password) {}

    /** Sees everything that the console shows. */
    static final String LOOK = "CONSOLE";

    /** Starts, stops and traces routes, too. */
    static final String OPERATE = "CONSOLE_OPERATOR";

    Collection<UserDetails> userDetails() {
        return Stream.concat(
                        account(username, password, LOOK, OPERATE), account(viewer.username(), viewer.password(), LOOK))
                .toList();
    }

    private static Stream<UserDetails> account(String username, String password, String... authorities) {
        if (password == null || password.isBlank()) {
            return Stream.empty();
        }
        return Stream.of(User.withUsername(username)
                .password(password.startsWith("{") ? password : "{noop}" + password)
                .authorities(authorities)
                .build());
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return "ConsoleAccounts[" + username + ", " + viewer.username() + "]";
    }
}
