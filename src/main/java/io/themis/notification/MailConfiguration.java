package io.themis.notification;

import jakarta.mail.Authenticator;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import java.util.Locale;
import java.util.Properties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class MailConfiguration {

    private static final String CONNECT_TIMEOUT_MS = "10000";
    private static final String ANSWER_TIMEOUT_MS = "30000";

    /** Keeps the password out of the routes' addresses, and the time-outs finite: Jakarta Mail waits for ever. */
    @Bean
    Session mailSession(MailSettings settings) {
        String prefix = "mail." + settings.protocol().name().toLowerCase(Locale.ROOT) + ".";
        Properties properties = new Properties();
        properties.setProperty(prefix + "connectiontimeout", CONNECT_TIMEOUT_MS);
        properties.setProperty(prefix + "timeout", ANSWER_TIMEOUT_MS);
        properties.setProperty(prefix + "writetimeout", ANSWER_TIMEOUT_MS);
        properties.setProperty(prefix + "starttls.enable", String.valueOf(settings.starttls()));
        properties.setProperty(prefix + "starttls.required", String.valueOf(settings.starttls()));
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        if (settings.username() == null) {
            return Session.getInstance(properties);
        }
        properties.setProperty(prefix + "auth", "true");
        return Session.getInstance(properties, new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(settings.username(), settings.password());
            }
        });
    }
}
