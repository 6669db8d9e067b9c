package io.themis.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.ThemisApplication;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class SecureSettingsTest {

    private static final Map<Integer, String> RSA_KEYS = new HashMap<>();
    private static final String RANDOM = "8c2f6f0f4be74b0f9c4c5c7a4a0d6e7b";

    private static Map<String, Object> secure() {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("spring.security.oauth2.resourceserver.jwt.issuer-uri", "https://login.example.org/tenant");
        settings.put("spring.security.oauth2.resourceserver.jwt.audiences", "api://themis");
        settings.put("themis.gateway-key", RANDOM);
        settings.put("themis.public-url", "https://privacy.example.com");
        settings.put("themis.event-grid.webhook-secret", RANDOM);
        settings.put("themis.erasure.ledger.key", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=");
        settings.put("themis.erasure.pseudonym-key", "SNFZ4kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7w=");
        settings.put("themis.erasure.certificate.signing-key", rsaKey(3072));
        settings.put("themis.event-grid.topic-endpoint", "https://topic.example.org/api/events");
        settings.put("themis.console.username", "operator");
        settings.put("themis.console.password", "{bcrypt}$2a$10$AHWCUMHB9f9eLJl7T");
        settings.put("themis.console.viewer.username", "viewer");
        settings.put("themis.storage.endpoint", "https://account.blob.example.org");
        settings.put("themis.storage.account-name", "account");
        settings.put("themis.lake.endpoint", "https://lake.blob.example.org");
        settings.put("themis.lake.account-name", "lake");
        settings.put("themis.queue.url", "amqps://bus.example.org");
        settings.put("themis.mail.protocol", "smtps");
        settings.put("themis.mail.host", "mail.example.org");
        settings.put("themis.mail.from", "privacy@example.org");
        settings.put("themis.controller.name", "Example Ltd");
        settings.put("themis.controller.contact", "privacy@example.org");
        settings.put("themis.controller.automated-decisions", "Nothing is decided by a machine alone.");
        settings.put("spring.datasource.url", "jdbc:postgresql://db.example.org/themis?sslmode=verify-full");
        return settings;
    }

    private static String rsaKey(int bits) {
        return RSA_KEYS.computeIfAbsent(bits, length -> {
            try {
                KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
                keys.initialize(length);
                return Base64.getMimeEncoder()
                        .encodeToString(keys.generateKeyPair().getPrivate().getEncoded());
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static List<String> faults(Map<String, Object> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        return new SecureSettings.Check(environment).faults();
    }

    @Test
    void secureSettingsHaveNoFault() {
        assertThat(faults(secure())).isEmpty();
    }

    @Test
    void aPageNeedsASecretOfItsOwnAndNoPageNone() {
        Map<String, Object> settings = secure();
        settings.put("themis.page.client-id", "themis-page");
        assertThat(faults(settings)).singleElement().asString().contains("themis.page.client-secret is missing. ");
        settings.put("themis.page.client-secret", "dev-page-secret");
        assertThat(faults(settings)).singleElement().asString().contains("themis.page.client-secret is a development");
        settings.put("themis.page.client-secret", RANDOM);
        assertThat(faults(settings)).isEmpty();
    }

    @Test
    void whoLooksOnHasAnotherNameThanWhoOperates() {
        Map<String, Object> settings = secure();
        settings.put("themis.console.viewer.username", "operator");
        assertThat(faults(settings)).isEmpty();
        settings.put("themis.console.viewer.password", "a password, of one's own");
        assertThat(faults(settings))
                .singleElement()
                .asString()
                .contains("themis.console.viewer.username is the operators' name, too");
        settings.put("themis.console.viewer.username", "viewer");
        assertThat(faults(settings)).isEmpty();
    }

    @Test
    void aKeyThatSignsCertificatesMayBePemAndMayNotBeShort() {
        Map<String, Object> settings = secure();
        settings.put(
                "themis.erasure.certificate.signing-key",
                "-----BEGIN PRIVATE KEY-----\n" + rsaKey(3072) + "\n-----END PRIVATE KEY-----\n");
        assertThat(faults(settings)).isEmpty();
        settings.put("themis.erasure.certificate.signing-key", rsaKey(2048));
        assertThat(faults(settings))
                .singleElement()
                .asString()
                .contains("themis.erasure.certificate.signing-key is no RSA key of 3072 bits")
                .doesNotContain(rsaKey(2048));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.security.oauth2.resourceserver.jwt.issuer-uri",
                "spring.security.oauth2.resourceserver.jwt.audiences",
                "themis.public-url",
                "themis.gateway-key",
                "themis.event-grid.webhook-secret",
                "themis.erasure.ledger.key",
                "themis.erasure.pseudonym-key",
                "themis.erasure.certificate.signing-key",
                "themis.event-grid.topic-endpoint",
                "themis.console.password",
                "themis.storage.endpoint",
                "themis.storage.account-name",
                "themis.lake.endpoint",
                "themis.lake.account-name",
                "themis.queue.url",
                "themis.mail.host",
                "themis.mail.from",
                "themis.controller.name",
                "themis.controller.contact",
                "themis.controller.automated-decisions",
                "spring.datasource.url"
            })
    void aMissingSettingIsTheOneFault(String name) {
        Map<String, Object> missing = secure();
        missing.remove(name);
        Map<String, Object> empty = secure();
        empty.put(name, " ");
        for (Map<String, Object> settings : List.of(missing, empty)) {
            assertThat(faults(settings)).singleElement().asString().contains(name + " is missing. ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spring.security.oauth2.resourceserver.jwt.issuer-uri | http://login.example.org  | doesn't use TLS",
                "themis.event-grid.topic-endpoint | http://topic.example.org     | doesn't use TLS",
                "themis.storage.endpoint          | http://127.0.0.1:10000/dev   | doesn't use TLS",
                "themis.lake.endpoint             | httpsx://lake.example.org    | doesn't use TLS",
                "themis.queue.url                 | amqp://bus.example.org       | doesn't use TLS",
                "themis.queue.url                 | vm://0                       | doesn't use TLS",
                "themis.gateway-key               | dev-key                      | is a development value",
                "themis.gateway-key               | 0123456789abcdef0123456789abcde | is shorter than 32",
                "themis.gateway-key               | 8c2f6f0f4be74b0f9c4c5c7a4a0d6e7b,short | is shorter than 32",
                "themis.event-grid.webhook-secret | dev-webhook-secret-dev-webhook-secret | is a development value",
                "themis.event-grid.webhook-secret | 0123456789abcdef             | is shorter than 32",
                "themis.event-grid.webhook-secret | 0123456789abcdef0123456789abcde& | a URL does not take",
                "themis.erasure.ledger.key | dev-ledger-key-dev-ledger-key-dev-ledger-ke= | is a development value",
                "themis.erasure.ledger.key        | q83vEjRWeJCrze8SNFZ4kA==     | is not 32 bytes in base64",
                "themis.erasure.pseudonym-key | dev-pseudonym-key-dev-pseudonym-key-dev-pse= | is a development value",
                "themis.erasure.pseudonym-key     | q83vEjRWeJCrze8SNFZ4kA==     | is not 32 bytes in base64",
                "themis.erasure.ledger.key        | not base64 at all            | is not 32 bytes in base64",
                "themis.erasure.certificate.signing-key | dev-signing-key       | is no RSA key of 3072 bits",
                "themis.console.password          | dev-password-of-the-console  | is a development value",
                "themis.console.password          | fifteen-letters              | is shorter than 16",
                "themis.console.password          | {noop}sixteen-letters-now    | is marked as not hashed",
                "themis.console.viewer.password   | dev-password-of-the-console  | is a development value",
                "themis.console.viewer.password   | fifteen-letters              | is shorter than 16",
                "themis.console.viewer.password   | {noop}sixteen-letters-now    | is marked as not hashed",
                "themis.mail.protocol             | smtp-in-clear                | lets mail go out in clear",
                "spring.datasource.url | jdbc:postgresql://db/themis                           | which server answers",
                "spring.datasource.url | jdbc:postgresql://db/themis?sslmode=require           | which server answers",
                "spring.datasource.url | jdbc:postgresql://db/themis?ssl=true&sslmode=verify-ca | which server answers",
                "spring.datasource.url | jdbc:postgresql://db/themis?xsslmode=verify-full      | which server answers",
                "spring.datasource.url | jdbc:h2:mem:themis                                    | which server answers",
                "themis.data-sources.users.url | jdbc:sqlserver://db;Encrypt=False             | which server answers",
                "themis.data-sources.users.url | jdbc:sqlserver://db;trustServerCertificate=true | which server answers"
            })
    void anInsecureSettingIsTheOneFaultAndItsValueStaysHidden(String name, String value, String flaw) {
        Map<String, Object> settings = secure();
        settings.put(name, value);
        assertThat(faults(settings))
                .singleElement()
                .asString()
                .contains(name + " ")
                .contains(flaw)
                .doesNotContain(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "themis.gateway-key      | 8c2f6f0f4be74b0f9c4c5c7a4a0d6e7b,9d2f6f0f4be74b0f9c4c5c7a4a0d6e7c",
                "themis.console.password | a password, of one's own",
                "spring.datasource.url   | jdbc:postgresql://a:5432,b:5432/themis?user=x&sslmode=verify-full"
            })
    void otherSecureFormsAreTaken(String name, String value) {
        Map<String, Object> settings = secure();
        settings.put(name, value);
        assertThat(faults(settings)).isEmpty();
    }

    @Test
    void mailMayBeginInClearIfItMustChangeToTls() {
        Map<String, Object> settings = secure();
        settings.put("themis.mail.protocol", "smtp");
        settings.put("themis.mail.starttls", "true");
        assertThat(faults(settings)).isEmpty();
    }

    /** Starts the application itself, as from its jar. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void theApplicationRefusesToStartWithOneMessageAboutAllOfThem(CapturedOutput output) {
        String[] arguments = arguments(Map.of(
                "spring.main.register-shutdown-hook", "false",
                "themis.gateway-key", "too-short-to-be-a-key",
                "themis.storage.endpoint", "http://storage.example.org"));
        assertThatThrownBy(() -> ThemisApplication.main(arguments)).isInstanceOf(InsecureSettingsException.class);
        assertThat(output)
                .containsOnlyOnce("APPLICATION FAILED TO START")
                .contains("themis.gateway-key is shorter than 32 characters")
                .contains("themis.storage.endpoint doesn't use TLS")
                .contains("themis.queue.url is missing")
                .contains("spring.security.oauth2.resourceserver.jwt.issuer-uri is missing")
                .doesNotContain("too-short-to-be-a-key")
                .doesNotContain("\tat ");
    }

    private static String[] arguments(Map<String, String> settings) {
        List<String> arguments = new ArrayList<>();
        settings.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments.toArray(String[]::new);
    }
}
