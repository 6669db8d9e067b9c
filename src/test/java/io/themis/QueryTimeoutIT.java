package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.EmbeddedPostgresDatabase;
import io.themis.devservices.Port;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** A company database that takes a query and never answers it. */
@ThemisTest
@TestPropertySource(
        properties = {
            "themis.data-map=classpath:datamap/slow-database.yaml",
            "themis.data-sources.staff.query-timeout=1s"
        })
class QueryTimeoutIT {

    private static final EmbeddedPostgresDatabase STAFF = EmbeddedPostgresDatabase.start(Port.free());
    private static final HoldingProxy PROXY =
            new HoldingProxy(URI.create(STAFF.url().substring("jdbc:".length())).getPort());

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    private final String address = "person-" + UUID.randomUUID() + "@example.org";
    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);

    @DynamicPropertySource
    static void staffDatabase(DynamicPropertyRegistry registry) {
        staff(
                "CREATE TABLE IF NOT EXISTS shift (account text, day text); CREATE TABLE IF NOT EXISTS pace (seconds int);"
                        + " INSERT INTO pace VALUES (0)");
        registry.add(
                "themis.data-sources.staff.url",
                () -> "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(PROXY.port()));
        registry.add("themis.data-sources.staff.username", STAFF::username);
        registry.add("themis.data-sources.staff.password", STAFF::password);
    }

    @AfterAll
    static void close() throws IOException {
        PROXY.close();
        STAFF.close();
    }

    @BeforeEach
    void somebodyOfTheStaff() {
        services.users().load(List.of(new DevUser(address, "Ann", "Ann", "Lee", null, null, null, account)));
        staff("INSERT INTO shift VALUES ('%d', 'Monday')".formatted(account));
    }

    @Test
    void aQueryThatNeverEndsIsCancelledAndTriedAgain() {
        staff("UPDATE pace SET seconds = 86400");

        String id = themis.ask(address);
        JsonNode failed = awaitFailure(id);

        assertThat(failed.path("lastError").asText())
                .contains("canceling statement")
                .doesNotContain(address);
        staff("UPDATE pace SET seconds = 0");
        assertDelivered(id);
    }

    @Test
    void aDatabaseThatTakesAQueryAndFallsSilentIsAskedAgain() throws InterruptedException {
        PROXY.holdAt("pg_sleep");

        String id = themis.ask(address);
        PROXY.awaitHeld();
        JsonNode failed = awaitFailure(id);

        assertThat(failed.path("lastError").asText()).contains("timed out").doesNotContain(address);
        PROXY.holdNothing();
        assertDelivered(id);
    }

    private JsonNode awaitFailure(String id) {
        return await("the query is given up")
                .atMost(Duration.ofSeconds(30))
                .until(() -> gathering(id), step -> step.hasNonNull("lastError"));
    }

    private JsonNode gathering(String id) {
        for (JsonNode step : themis.request(id).path("steps")) {
            if (step.path("name").asText().equals("gather-data")) {
                return step;
            }
        }
        return MissingNode.getInstance();
    }

    private void assertDelivered(String id) {
        themis.await(id, "delivered");
        Map<String, byte[]> files = themis.awaitPackage(id, address);
        assertThat(new String(files.get("data/shifts.jsonl"), StandardCharsets.UTF_8))
                .contains("Monday");
        assertThat(gathering(id).path("attempts").asInt()).isGreaterThan(1);
    }

    private static void staff(String sql) {
        try (Connection connection = DriverManager.getConnection(STAFF.url(), STAFF.username(), STAFF.password())) {
            connection.createStatement().execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
