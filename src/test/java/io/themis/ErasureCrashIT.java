package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.EventGridSubscriber;
import io.themis.devservices.SampleLake;
import io.themis.devservices.SharedDevServices;
import io.themis.devservices.ThemisProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.env.MockEnvironment;

/** Processes of the application are killed at moments of an erasure at which a crash could leave half of something. */
class ErasureCrashIT {

    /** One file for each of three moments, all of them in one process. */
    private static final String BEFORE_SWAP = "tea.example/Posts.xml";

    private static final String AT_SWAP = "bicycles.example/Comments.xml";
    private static final String AFTER_SWAP = "maps.example/PostHistory.xml";

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static DevServices services;
    private static HoldingProxy storage;
    private static HoldingProxy requests;
    private static EventGridSubscriber events;

    @TempDir
    Path temporary;

    @BeforeAll
    static void start() throws Exception {
        services = DevServices.startOnFreePorts();
        storage = new HoldingProxy(URI.create(services.azurite().endpoint()).getPort());
        requests = new HoldingProxy(URI.create(services.database().url().substring("jdbc:".length()))
                .getPort());
        events = new EventGridSubscriber();
        services.eventGrid().subscribe("erasure-crash", events.uri());
    }

    @AfterAll
    static void stop() throws Exception {
        requests.close();
        storage.close();
        services.close();
        events.close();
    }

    @Test
    void erasuresOutliveCrashesAroundTheSwapOfFilesAtTheDatabaseAndAtTheCertificate() throws Exception {
        DevUser person = services.samplePerson().orElseThrow();
        DevUser other = new SampleLake(SharedDevServices.SAMPLE_SIZE)
                .users().stream()
                        .filter(user -> user.emailAddress().startsWith("thomas.okafor"))
                        .findFirst()
                        .orElseThrow();
        Map<String, byte[]> before = lake();
        DumpWithout withoutPerson = new DumpWithout(before, accounts(person));
        DumpWithout withoutOther = new DumpWithout(before, accounts(other));
        Map<String, byte[]> expected = new DumpWithout(before, accounts(person, other)).files();
        String id;
        String otherId;

        storage.alsoHoldFirst("^PUT /devstoreaccount1/lake/" + inUrl(BEFORE_SWAP) + "\\S*comp=block&");
        storage.alsoLoseFirstAnswerTo("^PUT /devstoreaccount1/lake/" + inUrl(AT_SWAP) + "\\S*comp=blocklist");
        storage.alsoHoldFirstAfter(
                "^PUT /devstoreaccount1/lake/" + inUrl(AFTER_SWAP) + "\\S*comp=blocklist",
                "^HEAD /devstoreaccount1/lake/" + inUrl(AFTER_SWAP));
        try (ThemisProcess first = process()) {
            Erasing erasing = erasing(first);
            id = erasing.ask(person.emailAddress());
            otherId = erasing.ask(other.emailAddress());
            erasing.awaitPlan(otherId);
            erasing.approve(id);
            storage.awaitHeld();
            // Waits for the files that are held
            erasing.approve(otherId);
            Awaitility.await("it has begun, too")
                    .atMost(PATIENCE)
                    .until(() -> count("request_step", "name = 'erase-data' AND state = 'RUNNING'", otherId) == 1);
            first.kill();
        }
        Map<String, byte[]> between = lake();
        assertThat(between.get(BEFORE_SWAP)).as("old").isEqualTo(before.get(BEFORE_SWAP));
        for (String path : List.of(AT_SWAP, AFTER_SWAP)) {
            assertThat(between.get(path))
                    .as("new: %s", path)
                    .isEqualTo(withoutPerson.files().get(path))
                    .isNotEqualTo(expected.get(path));
        }
        between.forEach((path, bytes) -> assertThat(bytes)
                .as(path)
                .isIn(
                        before.get(path),
                        withoutPerson.files().get(path),
                        withoutOther.files().get(path),
                        expected.get(path)));
        assertThat(verifiedFiles(id)).doesNotContain(BEFORE_SWAP, AT_SWAP, AFTER_SWAP);
        assertThat(isKnown(person)).as("what the person is found by goes last").isTrue();

        storage.holdNothing();
        requests.holdAt("DO UPDATE SET done = true");
        try (ThemisProcess second = process()) {
            Awaitility.await("both are gone").atMost(PATIENCE).until(() -> !isKnown(person) && !isKnown(other));
            requests.awaitHeld();
            second.kill();
        }
        assertThat(lake()).containsExactlyEntriesOf(expected);
        for (String each : List.of(id, otherId)) {
            assertThat(count("erasure_dataset", "done", each)).as("noted").isZero();
            assertThat(count("erasure", "report IS NOT NULL", each))
                    .as("verified")
                    .isZero();
        }

        requests.holdAt("UPDATE erasure SET certificate");
        try (ThemisProcess third = process()) {
            for (String each : List.of(id, otherId)) {
                Awaitility.await("being certified")
                        .atMost(PATIENCE)
                        .until(() ->
                                count("request_step", "name = 'certify-erasure' AND state = 'RUNNING'", each) == 1);
            }
            requests.awaitHeld();
            third.kill();
        }
        for (String each : List.of(id, otherId)) {
            assertThat(count("erasure", "report IS NOT NULL", each))
                    .as("verified")
                    .isOne();
            assertThat(count("erasure", "certificate IS NOT NULL", each))
                    .as("certified")
                    .isZero();
            assertThat(count("request_step", "name IN ('publish-erased-event', 'send-erased-mail')", each))
                    .as("told")
                    .isZero();
        }

        requests.holdNothing();
        try (ThemisProcess fourth = process()) {
            assertEnded(erasing(fourth), id, person, withoutPerson.rows());
            assertEnded(erasing(fourth), otherId, other, withoutOther.rows());
        }
        assertThat(lake()).containsExactlyEntriesOf(expected);
    }

    private static void assertEnded(Erasing erasing, String id, DevUser person, int rows) {
        erasing.await(id, "done");
        Awaitility.await("the last step ends")
                .atMost(PATIENCE)
                .until(() -> count("request_step", "state <> 'DONE'", id) == 0);
        assertCertified(erasing.certificate(id).path("certificate"), rows);
        assertThat(services.mail().mails(person.emailAddress()))
                .extracting(Themis::messageId)
                .containsExactlyInAnyOrder("<erased.%s@themis>".formatted(id), "<started.%s@themis>".formatted(id));
        Awaitility.await("event").atMost(PATIENCE).until(() -> !events(id).isEmpty());
        assertThat(events(id)).hasSize(1);
        assertThat(attempts(id, "erase-data")).isEqualTo(3);
        assertThat(attempts(id, "certify-erasure")).isEqualTo(2);
    }

    /** Every row is counted once, and no file has anything to excuse. */
    private static void assertCertified(JsonNode certificate, int expected) {
        long rows = 0;
        for (JsonNode dataset : certificate.required("datasets")) {
            if (dataset.required("name").textValue().equals("profile")) {
                assertThat(dataset.required("deleted").longValue()).isOne();
            } else {
                rows += dataset.required("deleted").longValue();
            }
            assertThat(dataset.required("masked").longValue()).isZero();
            assertThat(dataset.path("files"))
                    .as("files of %s", dataset.required("name"))
                    .noneMatch(file -> file.has("remark"));
        }
        assertThat(rows).isEqualTo(expected);
    }

    private ThemisProcess process() {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "themis.steps.first-delay", "100ms",
                "themis.steps.max-delay", "1s",
                "db-scheduler.threads", 2,
                "db-scheduler.polling-interval", "200ms",
                // A process that is gone for two seconds has lost its steps.
                "db-scheduler.heartbeat-interval", "500ms",
                "db-scheduler.missed-heartbeats-limit", 4));
        String endpoint = services.azurite().endpoint().replaceFirst(":\\d+/", ":" + storage.port() + "/");
        settings.put("themis.storage.endpoint", endpoint);
        settings.put("themis.lake.endpoint", endpoint);
        settings.put(
                "spring.datasource.url", services.database().url().replaceFirst(":\\d+/", ":" + requests.port() + "/"));
        return ThemisProcess.start(services, temporary, settings);
    }

    private static Erasing erasing(ThemisProcess process) {
        return new Erasing(
                new Themis(
                        new MockEnvironment().withProperty("local.server.port", String.valueOf(process.port())),
                        services),
                services.identity());
    }

    private static Set<String> accounts(DevUser... people) {
        return Stream.of(people)
                .map(person -> String.valueOf(person.accountId()))
                .collect(Collectors.toSet());
    }

    private static String inUrl(String path) {
        return path.replace("/", "(?:/|%2F)");
    }

    private static Map<String, byte[]> lake() {
        BlobContainerClient container = services.azurite().client().getBlobContainerClient("lake");
        Map<String, byte[]> files = new TreeMap<>();
        for (BlobItem blob : container.listBlobs()) {
            files.put(
                    blob.getName(),
                    container.getBlobClient(blob.getName()).downloadContent().toBytes());
        }
        return files;
    }

    private static boolean isKnown(DevUser person) {
        return JdbcClient.create(new DriverManagerDataSource(
                                services.users().url(),
                                services.users().username(),
                                services.users().password()))
                        .sql("SELECT count(*) FROM users WHERE email_address = :address")
                        .param("address", person.emailAddress())
                        .query(Long.class)
                        .single()
                > 0;
    }

    private static List<String> verifiedFiles(String id) {
        return database()
                .sql("SELECT file FROM erasure_file WHERE request_id = :id AND state = 'VERIFIED'")
                .param("id", UUID.fromString(id))
                .query(String.class)
                .list();
    }

    private static long count(String table, String condition, String id) {
        return database()
                .sql("SELECT count(*) FROM " + table + " WHERE request_id = :id AND " + condition)
                .param("id", UUID.fromString(id))
                .query(Long.class)
                .single();
    }

    private static int attempts(String id, String step) {
        return database()
                .sql("SELECT attempts FROM request_step WHERE request_id = :id AND name = :name")
                .param("id", UUID.fromString(id))
                .param("name", step)
                .query(Integer.class)
                .single();
    }

    private static JdbcClient database() {
        var database = services.database();
        return JdbcClient.create(new DriverManagerDataSource(database.url(), database.username(), database.password()));
    }

    private static List<JsonNode> events(String id) {
        return events.received().stream()
                .map(EventGridSubscriber.Received::event)
                .filter(event -> event.at("/data/requestId").asText().equals(id))
                .toList();
    }
}
