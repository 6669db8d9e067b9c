package io.themis.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.themis.devservices.DevServices;
import io.themis.devservices.EmbeddedPostgresDatabase;
import io.themis.devservices.ThemisProcess;
import io.themis.request.DataSubjectRequest;
import io.themis.request.NewRequest;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/**
 * How many requests a second are accepted so that they are not lost, against the same endpoint that does everything but write
 * them: sign-in, contract, JSON, routes and the answer 202 with its headers.
 */
@Tag("bench")
class RestLoadIT {

    private static final int ROUNDS = 3;
    private static final int SECONDS = 10;
    private static final int CONNECTIONS = 16;

    /** All that the compiler of the JVM can do, as in production; tests start sooner without. */
    private static final List<String> OPTIONS = List.of("-XX:TieredStopAtLevel=4");

    @TempDir
    Path temporary;

    /** One of the processes that are asked in turns. */
    private final class Side implements AutoCloseable {

        private final String name;
        private final String database;
        private final ThemisProcess process;
        private final List<Wrk.Load> loads = new ArrayList<>();

        Side(String name, DevServices services, String database, Class<?>... beans) throws Exception {
            this.name = name;
            this.database = database;
            Path folder = Files.createDirectory(temporary.resolve(name.replace(' ', '-')));
            process = ThemisProcess.start(services, folder, Map.of("spring.datasource.url", database), OPTIONS, beans);
        }

        /** @return what was measured, after it was held against the database */
        Wrk.Load ask(String gatewayKey, boolean isWritten) throws Exception {
            String people = "load-" + UUID.randomUUID();
            Wrk.Load load = Wrk.ask(
                    "http://127.0.0.1:" + process.port() + "/api/v1/requests",
                    gatewayKey,
                    people,
                    CONNECTIONS,
                    SECONDS);
            assertThat(load.others()).as("other answers than 202").isZero();
            assertThat(load.accepted()).isPositive();
            for (String table : List.of(
                    "data_subject_request",
                    "request_step s JOIN data_subject_request r ON r.id = s.request_id AND s.name = 'identify-person'")) {
                long rows = count("SELECT count(*) FROM " + table + " WHERE email_address LIKE ?", people + "-%");
                // At the end some answers are no longer waited for.
                assertThat(rows).isBetween(isWritten ? load.accepted() : 0, isWritten ? load.sent() : 0);
            }
            return load;
        }

        private long count(String query, String argument) throws SQLException {
            try (Connection connection = DriverManager.getConnection(database, "postgres", "postgres");
                    PreparedStatement statement = connection.prepareStatement(query)) {
                statement.setString(1, argument);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        }

        DoubleStream aSecond() {
            return loads.stream().mapToDouble(Wrk.Load::aSecond);
        }

        double median(ToDoubleFunction<Wrk.Load> what) {
            return loads.stream()
                    .map(what::applyAsDouble)
                    .sorted(Comparator.naturalOrder())
                    .toList()
                    .get(ROUNDS / 2);
        }

        @Override
        public void close() throws Exception {
            process.close();
        }
    }

    @Test
    void requestsOfASecond() throws Exception {
        assumeTrue(Wrk.isThere(), "there is no wrk on the PATH: apt-get install wrk");
        try (DevServices services = DevServices.startOnFreePorts();
                EmbeddedPostgresDatabase database = EmbeddedPostgresDatabase.startDurable();
                Side answers = new Side("only answered", services, create(database, "answers"), OnlyAnswers.class);
                Side accepts = new Side("accepted", services, create(database, "accepts"), TakesNoSteps.class);
                Side works = new Side("accepted while its steps run", services, create(database, "works"))) {
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                assertThat(show(database, setting)).as(setting).isEqualTo("on");
            }
            String key = (String) services.properties().get("themis.gateway-key");
            for (int round = 0; round <= ROUNDS; round++) {
                for (Side side : List.of(answers, accepts, works)) {
                    Wrk.Load load = side.ask(key, side != answers);
                    if (round > 0) {
                        side.loads.add(load);
                    }
                }
            }
            write(answers, accepts, works);
        }
    }

    private static void write(Side answers, Side accepts, Side works) throws Exception {
        PerformancePage page = new PerformancePage("85-rest", "Requests over REST");
        page.say(
                "wrk asks for another person with each request, over %d connections for %d s, each side in turn; medians of %d rounds after one that does not count. Each side is a process with `-Xmx512m`, and PostgreSQL writes through to the disk."
                        .formatted(CONNECTIONS, SECONDS, ROUNDS));
        page.header(
                "what", "requests a second", "slowest and fastest round", "÷ only answered", "median, ms", "p99, ms");
        for (Side side : List.of(answers, accepts, works)) {
            page.row(
                    side.name,
                    "%.0f".formatted(side.median(Wrk.Load::aSecond)),
                    "%.0f to %.0f"
                            .formatted(
                                    side.aSecond().min().orElseThrow(),
                                    side.aSecond().max().orElseThrow()),
                    PerformancePage.ratio(side.median(Wrk.Load::aSecond) / answers.median(Wrk.Load::aSecond)),
                    "%.1f".formatted(side.median(Wrk.Load::medianMs)),
                    "%.1f".formatted(side.median(Wrk.Load::slowMs)));
        }
        page.write();
    }

    private static String create(EmbeddedPostgresDatabase server, String name) throws SQLException {
        try (Connection connection = connect(server)) {
            connection.createStatement().execute("CREATE DATABASE " + name);
        }
        return server.url().replaceFirst("/postgres$", "/" + name);
    }

    private static String show(EmbeddedPostgresDatabase server, String setting) throws SQLException {
        try (Connection connection = connect(server);
                ResultSet row = connection.createStatement().executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Connection connect(EmbeddedPostgresDatabase server) throws SQLException {
        return DriverManager.getConnection(server.url(), server.username(), server.password());
    }

    /** What is accepted stays as it is. */
    @TestConfiguration(proxyBeanMethods = false)
    static class TakesNoSteps {

        @Bean
        ApplicationListener<ApplicationStartedEvent> noSteps(Scheduler scheduler) {
            return started -> scheduler.pause();
        }
    }

    /** Everything is done but the transaction that writes the request and its first step. */
    @TestConfiguration(proxyBeanMethods = false)
    static class OnlyAnswers {

        @Bean
        ApplicationListener<ApplicationStartedEvent> onlyAnswers(CamelContext camel) {
            return started -> {
                try {
                    camel.getRouteController().stopRoute("accept-request");
                    camel.removeRoute("accept-request");
                    camel.addRoutes(new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("direct:accept-request")
                                    .routeId("accept-request")
                                    .process(exchange -> exchange.setVariable(
                                            "request",
                                            notWritten(exchange.getMessage().getBody(NewRequest.class))));
                        }
                    });
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            };
        }

        private static DataSubjectRequest notWritten(NewRequest asked) {
            OffsetDateTime now = OffsetDateTime.now();
            return new DataSubjectRequest(
                    UUID.randomUUID(),
                    RequestType.ACCESS,
                    asked.emailAddress(),
                    asked.language(),
                    RequestStatus.RECEIVED,
                    now.toInstant(),
                    now.plusMonths(1).toInstant(),
                    asked.caller(),
                    null,
                    null,
                    1);
        }
    }
}
