package io.themis.security;

import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;

/**
 * The operators' account for console, metrics and health details.
 *
 * @param password in clear, or a hash as Spring Security writes it, such as <code>{bcrypt}$2a$…</code>; without one nobody
 *     can sign in
 */
@ConfigurationProperties("themis.console")
public record ConsoleAccount(@DefaultValue("operator") String username, String password) {

    /** Sees everything that the console shows. */
    static final String LOOK = "CONSOLE";

    /** Starts, stops and traces routes, too. */
    static final String OPERATE = "CONSOLE_OPERATOR";

    /** One account, or none. */
    Stream<UserDetails> userDetails() {
        return userDetails(username, password, LOOK, OPERATE);
    }

    static Stream<UserDetails> userDetails(String username, String password, String... authorities) {
        if (password == null || password.isBlank()) {
            return Stream.empty();
        }
        return Stream.of(User.withUsername(username)
                .password(password.startsWith("{") ? password : "{noop}" + password)
                .authorities(authorities)
                .build());
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ConsoleAccount[" + username + "]";
    }
}
