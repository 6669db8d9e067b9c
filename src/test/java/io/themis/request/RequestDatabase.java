package io.themis.request;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.themis.devservices.EmbeddedPostgresDatabase;
import io.themis.devservices.Port;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database of requests that can go away, and replicas of what works on it, without any route. */
final class RequestDatabase implements AutoCloseable {

    private static EmbeddedPostgresDatabase server;

    private final String name = "requests_" + UUID.randomUUID().toString().replace('-', '_');

    /** Requests and steps alone, as the application configures them. */
    @TestConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        TransactionAutoConfiguration.class,
        JdbcTemplateAutoConfiguration.class,
        JdbcClientAutoConfiguration.class,
        FlywayAutoConfiguration.class,
        JacksonAutoConfiguration.class,
        com.github.kagkarlsson.scheduler.boot.autoconfigure.DbSchedulerAutoConfiguration.class
    })
    @EnableConfigurationProperties(StepSettings.class)
    @Import({
        RequestConfiguration.class,
        Requests.class,
        RequestLists.class,
        Deadlines.class,
        Acts.class,
        Erasures.class,
        ErasureFiles.class,
        RecipientNotices.class,
        LedgerEntries.class,
        EngineQueue.class,
        Steps.class,
        StepRunner.class
    })
    static class Replica {

        @Bean
        RequestTraces untraced() {
            return new RequestTraces(Tracer.NOOP, Propagator.NOOP);
        }
    }

    private RequestDatabase() {}

    static RequestDatabase create() {
        return create("");
    }

    /** @param options of CREATE DATABASE */
    static synchronized RequestDatabase create(String options) {
        if (server == null) {
            server = EmbeddedPostgresDatabase.start(Port.free());
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        }
        RequestDatabase database = new RequestDatabase();
        onServer("CREATE DATABASE " + database.name + " " + options);
        return database;
    }

    /** @param settings {@code name=value}, besides quick retries */
    ConfigurableApplicationContext replica(String... settings) {
        return new SpringApplicationBuilder(Replica.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .run(Stream.concat(
                                Stream.of(
                                        "spring.datasource.url=" + server.url().replaceFirst("/postgres$", "/" + name),
                                        "spring.datasource.username=" + server.username(),
                                        "spring.datasource.password=" + server.password(),
                                        "spring.datasource.hikari.connection-timeout=5000",
                                        "themis.steps.max-attempts=3",
                                        "themis.steps.first-delay=20ms",
                                        "themis.steps.max-delay=50ms",
                                        "db-scheduler.polling-interval=50ms"),
                                Stream.of(settings))
                        .map(setting -> "--" + setting)
                        .toArray(String[]::new));
    }

    /** As if a step had come so far. */
    static void set(JdbcClient jdbc, UUID request, String step, Step.State state) {
        jdbc.sql("UPDATE request_step SET state = :state WHERE request_id = :id AND name = :name")
                .param("state", state.name())
                .param("id", request)
                .param("name", step)
                .update();
    }

    /** Ends every connection and takes no more. */
    void goAway() {
        onServer("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
        onServer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }

    void comeBack() {
        onServer("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    }

    /** Gone with all that is in it. */
    @Override
    public void close() {
        onServer("DROP DATABASE " + name + " WITH (FORCE)");
    }

    private static void onServer(String statement) {
        try (Connection connection = DriverManager.getConnection(server.url(), server.username(), server.password())) {
            connection.createStatement().execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static NewRequest asking(String emailAddress) {
        return asking(emailAddress, "tester", null);
    }

    static NewRequest asking(String emailAddress, String caller, String idempotencyKey) {
        return new NewRequest(
                RequestType.ACCESS, new EmailAddress(emailAddress), Locale.ENGLISH, caller, idempotencyKey);
    }

    static List<UUID> accept(Requests requests, int count) {
        return Stream.generate(() -> "person-" + UUID.randomUUID() + "@example.org")
                .limit(count)
                .map(address -> requests.accept(asking(address)).id())
                .toList();
    }
}
