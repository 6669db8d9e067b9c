package io.themis.security;

import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.security.core.userdetails.UserDetails;

/**
 * The account of who looks at console, metrics and health details and changes nothing, such as a Prometheus.
 *
 * @param password as the operators'; without one there is no such account
 */
@ConfigurationProperties("themis.console.viewer")
public record ConsoleViewer(@DefaultValue("viewer") String username, String password) {

    /** One account, or none. */
    Stream<UserDetails> userDetails() {
        return ConsoleAccount.userDetails(username, password, ConsoleAccount.LOOK);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ConsoleViewer[" + username + "]";
    }
}
