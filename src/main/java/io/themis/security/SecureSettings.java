package io.themis.security;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/**
 * Refuses to start Themis on missing or insecure settings, all of them in one message and before anything connects
 * anywhere. Nothing switches it off: the development run starts the application by another main method, in the test tree.
 */
public final class SecureSettings implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

    /** Every secret of the development run begins so, and none of them may leave it. */
    static final String DEVELOPMENT_PREFIX = "dev-";

    private static final int SHORTEST_KEY = 32;
    private static final int SECRET_BYTES = 32;
    private static final int SIGNING_KEY_BITS = 3072;
    private static final int SHORTEST_PASSWORD = 16;
    private static final Pattern URL_SAFE = Pattern.compile("[\\w.~-]*");
    private static final String MISSING = "is missing";
    private static final String DEVELOPMENT = "is a development value";
    private static final String RANDOM_KEY =
            "Set it to " + SHORTEST_KEY + " or more random characters, such as openssl rand -hex 32 prints";

    private final Function<Check, List<String>> rules;

    public SecureSettings() {
        this(Check::faults);
    }

    private SecureSettings(Function<Check, List<String>> rules) {
        this.rules = rules;
    }

    /** For a command that reads databases and the lake and has no other settings; what is not set is not used. */
    public static SecureSettings ofStoresThatAreRead() {
        return new SecureSettings(Check::faultsOfStoresThatAreRead);
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        List<String> faults = rules.apply(new Check(event.getEnvironment()));
        if (!faults.isEmpty()) {
            throw new InsecureSettingsException(faults);
        }
    }

    /** The rules, applied to one environment. */
    static final class Check {

        private final Binder binder;
        private final List<String> faults = new ArrayList<>();

        Check(Environment environment) {
            this.binder = Binder.get(environment);
        }

        List<String> faults() {
            tls("spring.security.oauth2.resourceserver.jwt.issuer-uri", "https");
            audience("spring.security.oauth2.resourceserver.jwt.audiences");
            tls("themis.public-url", "https");
            keys("themis.gateway-key");
            urlSafeKey("themis.event-grid.webhook-secret");
            password("themis.console.password");
            viewer("themis.console.viewer.password");
            tls("themis.storage.endpoint", "https");
            present("themis.storage.account-name", "Set it to the name of the storage account");
            tls("themis.lake.endpoint", "https");
            present("themis.lake.account-name", "Set it to the name of the lake's storage account");
            tls("themis.event-grid.topic-endpoint", "https");
            tls("themis.queue.url", "amqps");
            present("themis.mail.host", "Set it to the name of the mail server");
            present("themis.mail.from", "Set it to the sender of every mail, such as Privacy <privacy@example.com>");
            present("themis.controller.name", "Set it to the name of the company that answers");
            present("themis.controller.contact", "Set it to where people can write to about their data");
            present(
                    "themis.controller.automated-decisions",
                    "Set it to what is decided about people by machines alone, or say that nothing is");
            secretBytes("themis.erasure.ledger.key");
            secretBytes("themis.erasure.pseudonym-key");
            signingKey("themis.erasure.certificate.signing-key");
            page("themis.page.client-id", "themis.page.client-secret");
            mail("themis.mail.protocol", "themis.mail.starttls");
            postgres("spring.datasource.url");
            dataSources("themis.data-sources");
            return List.copyOf(faults);
        }

        List<String> faultsOfStoresThatAreRead() {
            if (!value("themis.lake.endpoint").isEmpty()) {
                tls("themis.lake.endpoint", "https");
            }
            dataSources("themis.data-sources");
            return List.copyOf(faults);
        }

        /** Each part refuses to be without its own; here, so that the one message has them all. */
        private void present(String name, String remedy) {
            if (value(name).isEmpty()) {
                fault(name, MISSING, remedy);
            }
        }

        private void audience(String name) {
            if (values(name).isEmpty()) {
                fault(name, MISSING, "Set it to the audience that tokens for Themis carry");
            }
        }

        private void keys(String name) {
            List<String> keys = values(name);
            (keys.isEmpty() ? Stream.of("") : keys.stream())
                    .map(Check::flawOfKey)
                    .flatMap(Optional::stream)
                    .findFirst()
                    .ifPresent(flaw -> fault(name, flaw, RANDOM_KEY));
        }

        private void key(String name) {
            flawOfKey(value(name)).ifPresent(flaw -> fault(name, flaw, RANDOM_KEY));
        }

        /** What is sealed or hashed with it is as personal as what was erased. */
        private void secretBytes(String name) {
            String key = value(name);
            String remedy = "Set it to " + SECRET_BYTES + " random bytes, as openssl rand -base64 32 prints them";
            if (key.isEmpty()) {
                fault(name, MISSING, remedy);
            } else if (key.startsWith(DEVELOPMENT_PREFIX)) {
                fault(name, DEVELOPMENT, remedy);
            } else if (!isSecretBytes(key)) {
                fault(name, "is not " + SECRET_BYTES + " bytes in base64", remedy);
            }
        }

        private static boolean isSecretBytes(String key) {
            try {
                return Base64.getUrlDecoder().decode(key.replace('+', '-').replace('/', '_')).length == SECRET_BYTES;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        /** Whoever has it can certify what was never erased. */
        private void signingKey(String name) {
            String key = value(name);
            String remedy =
                    "Set it to an RSA key of %d bits, as openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:%d"
                                    .formatted(SIGNING_KEY_BITS, SIGNING_KEY_BITS)
                            + " prints it";
            if (key.isEmpty()) {
                fault(name, MISSING, remedy);
            } else if (bitsOfRsaKey(key) < SIGNING_KEY_BITS) {
                fault(name, "is no RSA key of " + SIGNING_KEY_BITS + " bits or more in PKCS #8", remedy);
            }
        }

        private static int bitsOfRsaKey(String pem) {
            try {
                byte[] encoded = Base64.getDecoder().decode(pem.replaceAll("-----[A-Z ]+-----|\\s", ""));
                return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded))
                                instanceof RSAPrivateCrtKey key
                        ? key.getModulus().bitLength()
                        : 0;
            } catch (IllegalArgumentException | GeneralSecurityException e) {
                return 0;
            }
        }

        /** It stands in the webhook's URL. */
        private void urlSafeKey(String name) {
            key(name);
            if (!URL_SAFE.matcher(value(name)).matches()) {
                fault(name, "has characters that a URL does not take as they are", RANDOM_KEY);
            }
        }

        private static Optional<String> flawOfKey(String key) {
            if (key.isEmpty()) {
                return Optional.of(MISSING);
            }
            if (key.startsWith(DEVELOPMENT_PREFIX)) {
                return Optional.of(DEVELOPMENT);
            }
            return key.length() < SHORTEST_KEY
                    ? Optional.of("is shorter than " + SHORTEST_KEY + " characters")
                    : Optional.empty();
        }

        private void password(String name) {
            String password = value(name);
            String remedy =
                    "Set it to " + SHORTEST_PASSWORD + " or more characters, or to a hash such as {bcrypt}$2a$...";
            if (password.isEmpty()) {
                fault(name, MISSING, remedy);
            } else if (password.startsWith(DEVELOPMENT_PREFIX)) {
                fault(name, DEVELOPMENT, remedy);
            } else if (password.startsWith("{noop}")) {
                fault(name, "is marked as not hashed", remedy);
            } else if (!password.startsWith("{") && password.length() < SHORTEST_PASSWORD) {
                fault(name, "is shorter than " + SHORTEST_PASSWORD + " characters", remedy);
            }
        }

        /** Without a password there is no such account, and so nothing to check. */
        private void viewer(String name) {
            if (value(name).isEmpty()) {
                return;
            }
            password(name);
            if (value("themis.console.viewer.username").equals(value("themis.console.username"))) {
                fault(
                        "themis.console.viewer.username",
                        "is the operators' name, too",
                        "Give those who look on a name of their own");
            }
        }

        /** Without a client there is no page, and so nothing to check. */
        private void page(String client, String secret) {
            if (value(client).isEmpty()) {
                return;
            }
            String remedy = "Set it to the secret that the identity provider has for " + client;
            if (value(secret).isEmpty()) {
                fault(secret, MISSING, remedy);
            } else if (value(secret).startsWith(DEVELOPMENT_PREFIX)) {
                fault(secret, DEVELOPMENT, remedy);
            }
        }

        private void tls(String name, String scheme) {
            String url = value(name);
            if (!url.regionMatches(true, 0, scheme + "://", 0, scheme.length() + 3)) {
                fault(
                        name,
                        url.isEmpty() ? MISSING : "doesn't use TLS",
                        "Write a URL that begins with " + scheme + "://");
            }
        }

        private void mail(String protocol, String starttls) {
            if (!value(protocol).equals("smtps") && !value(starttls).equals("true")) {
                fault(protocol, "lets mail go out in clear", "Write smtps, or smtp and " + starttls + "=true");
            }
        }

        /** Weaker values of PostgreSQL's {@code sslmode} encrypt without knowing to whom. */
        private void postgres(String name) {
            String url = value(name);
            String query = url.substring(url.indexOf('?') + 1);
            if (!List.of(query.split("&")).contains("sslmode=verify-full")) {
                fault(
                        name,
                        url.isEmpty() ? MISSING : "doesn't make sure which server answers",
                        "Write jdbc:postgresql://<server>/<database>?sslmode=verify-full");
            }
        }

        /** The Microsoft driver encrypts and checks the server unless told otherwise; other drivers have other words. */
        private void dataSources(String name) {
            binder.bind(name, Bindable.mapOf(String.class, Object.class))
                    .orElse(Map.of())
                    .keySet()
                    .forEach(source -> {
                        String url = value(name + "." + source + ".url").toLowerCase(Locale.ROOT);
                        if (url.contains("encrypt=false") || url.contains("trustservercertificate=true")) {
                            fault(
                                    name + "." + source + ".url",
                                    "doesn't make sure which server answers",
                                    "Take encrypt=false and trustServerCertificate=true out of it");
                        }
                    });
        }

        private String value(String name) {
            return binder.bind(name, String.class).orElse("").strip();
        }

        private List<String> values(String name) {
            return binder.bind(name, Bindable.listOf(String.class)).orElse(List.of()).stream()
                    .map(String::strip)
                    .filter(value -> !value.isEmpty())
                    .toList();
        }

        private void fault(String name, String flaw, String remedy) {
            faults.add("  " + name + " " + flaw + ". " + remedy + ".");
        }
    }
}
