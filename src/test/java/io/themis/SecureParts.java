package io.themis;

import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.TlsProxy;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All parts that the packaged jar needs: real ones that speak TLS, and the queue AMQP 1.0. Besides its settings the process
 * is told only which certificate to trust.
 */
public final class SecureParts implements AutoCloseable {

    static final String GATEWAY_KEY = "gateway-key-of-the-test-of-the-jar-0123456789";
    static final String WEBHOOK_SECRET = "webhook-secret-of-the-test-of-the-jar-0123456789";
    static final String CONSOLE_PASSWORD = "console password of the test of the jar";

    private static final String TRUST = "trust-store-password";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Path trustStore;
    private final DevServices services;
    private final Map<String, String> settings = new TreeMap<>();

    private SecureParts(Path folder) throws SQLException {
        trustStore = folder.resolve("trust.p12");
        TlsProxy.writeTrustStore(trustStore, TRUST);
        services = opened(DevServices.startOnFreePorts());
        makeUsersDatabase(services.samplePerson().orElseThrow());
        set();
    }

    /** @param folder for a trust store */
    public static SecureParts start(Path folder) throws SQLException {
        return new SecureParts(folder);
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private int tls(int target) {
        return opened(new TlsProxy(target)).port();
    }

    private void set() {
        services.properties().forEach((name, value) -> settings.put(name, value.toString()));
        String endpoint = "https://127.0.0.1:"
                + tls(URI.create(services.azurite().endpoint()).getPort()) + "/devstoreaccount1";
        settings.put("themis.storage.endpoint", endpoint);
        settings.put("themis.lake.endpoint", endpoint);
        settings.put("themis.mail.protocol", "smtps");
        settings.put("themis.mail.port", String.valueOf(tls(services.mail().smtpPort())));
        settings.put(
                "themis.queue.url", "amqps://127.0.0.1:" + tls(services.broker().amqpPort()));
        settings.put("themis.gateway-key", GATEWAY_KEY);
        settings.put("themis.public-url", "https://privacy.example.com");
        settings.put("themis.page.client-secret", "a secret of the identity provider");
        settings.put("themis.event-grid.webhook-secret", WEBHOOK_SECRET);
        settings.put("themis.console.password", CONSOLE_PASSWORD);
        settings.remove("themis.console.viewer.password");
        settings.put("themis.erasure.ledger.key", Base64.getEncoder().encodeToString(new byte[32]));
        settings.put("themis.erasure.pseudonym-key", Base64.getEncoder().encodeToString(new byte[32]));
        int database = tls(URI.create(services.database().url().substring("jdbc:".length()))
                .getPort());
        settings.put("spring.datasource.url", jdbc(database, "postgres"));
        settings.put("themis.data-sources.users.url", jdbc(database, "users"));
        settings.put("themis.data-sources.users.username", services.database().username());
        // Asked for its keys when the first token comes, and none comes here.
        settings.put("spring.security.oauth2.resourceserver.jwt.issuer-uri", "https://login.example.org");
        settings.put("spring.security.oauth2.resourceserver.jwt.audiences", "api://themis");
        settings.put("server.port", "0");
        settings.put("management.server.port", "0");
    }

    private static String jdbc(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database
                + "?sslmode=verify-full&sslNegotiation=direct&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";
    }

    /** The function that the data map asks, here in PostgreSQL: the jar has no driver for H2. */
    private void makeUsersDatabase(DevUser person) throws SQLException {
        execute(services.database().url(), "CREATE DATABASE users");
        String url = services.database().url().replaceFirst("/postgres$", "/users");
        execute(url, """
                CREATE TABLE users (account_id BIGINT, email_address TEXT, display_name TEXT, first_name TEXT,
                  last_name TEXT, country TEXT, city TEXT, street TEXT);
                CREATE FUNCTION GetUserInformation(address TEXT) RETURNS SETOF users LANGUAGE sql
                  AS 'SELECT * FROM users WHERE lower(email_address) = lower(address)'""");
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres");
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, person.accountId());
            insert.setString(2, person.emailAddress());
            insert.setString(3, person.displayName());
            insert.setString(4, person.firstName());
            insert.setString(5, person.lastName());
            insert.setString(6, person.country());
            insert.setString(7, person.city());
            insert.setString(8, person.street());
            insert.executeUpdate();
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    DevServices services() {
        return services;
    }

    /** May be changed before a start. */
    public Map<String, String> settings() {
        return settings;
    }

    /** Of the JVM. */
    public List<String> options() {
        return List.of("-Djavax.net.ssl.trustStore=" + trustStore, "-Djavax.net.ssl.trustStorePassword=" + TRUST);
    }

    @Override
    public void close() throws Exception {
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }
}
