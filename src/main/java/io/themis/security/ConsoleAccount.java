package io.themis.security;

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

    static final String AUTHORITY = "CONSOLE";

    boolean isSet() {
        return password != null && !password.isBlank();
    }

    UserDetails userDetails() {
        return User.withUsername(username)
                .password(password.startsWith("{") ? password : "{noop}" + password)
                .authorities(AUTHORITY)
                .build();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ConsoleAccount[" + username + "]";
    }
}
