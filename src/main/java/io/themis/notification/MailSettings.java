package io.themis.notification;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The mail server.
 *
 * @param protocol {@code smtp} or {@code smtps}
 * @param username null if the server asks for no sign-in
 * @param starttls whether a server without TLS is refused; of no meaning with {@code smtps}
 * @param from sender of every mail
 * @param domain right side of each Message-ID
 */
@Validated
@ConfigurationProperties("themis.mail")
public record MailSettings(
        @NotNull Protocol protocol,
        @NotBlank String host,
        int port,
        String username,
        String password,
        boolean starttls,
        @NotBlank String from,
        @NotBlank String domain) {

    /** How to speak to the server. */
    public enum Protocol {
        SMTP,
        SMTPS
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "MailSettings[" + protocol + " " + host + ":" + port + "]";
    }
}
