package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.ThemisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.env.MockEnvironment;

/** Processes of the application are killed, and work side by side. */
class CrashIT {

    private static DevServices services;
    private static HoldingProxy storage;
    private static RequestTraces traces;

    @TempDir
    Path temporary;

    @BeforeAll
    static void start() throws Exception {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
        services = DevServices.startOnFreePorts();
        storage = new HoldingProxy(URI.create(services.azurite().endpoint()).getPort());
        traces = new RequestTraces(services);
    }

    @AfterAll
    static void stop() throws Exception {
        traces.close();
        storage.close();
        services.close();
    }

    @Test
    void aRequestOutlivesProcessesThatAreKilledWhileGatheringAndWhilePackaging() throws Exception {
        String address = services.samplePerson().orElseThrow().emailAddress();
        String id;

        storage.holdAt("^PUT /devstoreaccount1/staging/\\S*posts");
        try (ThemisProcess first = process()) {
            id = client(first).ask(address);
            storage.awaitHeld();
            first.kill();
        }
        assertThat(state(id, "gather-data")).isEqualTo("RUNNING");

        storage.holdAt("^PUT /devstoreaccount1/packages/");
        try (ThemisProcess second = process()) {
            storage.awaitHeld();
            second.kill();
        }
        assertThat(state(id, "gather-data")).isEqualTo("DONE");
        assertThat(state(id, "build-package")).isEqualTo("RUNNING");

        storage.holdNothing();
        try (ThemisProcess third = process()) {
            client(third).await(id, "delivered");
            traces.assertDeliveredOnce(id, address);
            assertThat(attempts(id, "gather-data")).isEqualTo(2);
            assertThat(attempts(id, "build-package")).isEqualTo(2);
            assertThat(third.output()).noneMatch(line -> line.contains(address));
        }
        assertThat(temporaryFilesWithPersonalData(address)).isEmpty();
    }

    /** The profile is asked a second time when the first process ends, with the address that the first round has found. */
    @Test
    @Tag("faults")
    void aRequestOutlivesAProcessThatIsKilledBetweenTwoRoundsOfKeys() throws Exception {
        long account = 1L << 42;
        services.users()
                .load(List.of(
                        new DevUser("round-new@example.org", "R", "R", "N", null, "Oslo", null, account),
                        new DevUser("round-old@example.org", "R", "R", "O", null, "Bergen", null, account + 1)));
        BlobContainerClient lake = services.azurite().client().getBlobContainerClient("lake");
        lake.getBlobClient("late/addresses.csv")
                .upload(BinaryData.fromString("account,address\n%d,round-old@example.org\n".formatted(account)), true);
        lake.getBlobClient("late/merged.csv").upload(BinaryData.fromString("before,after\n"), true);
        Map<String, Object> map = Map.of("themis.data-map", "classpath:datamap/late-keys.yaml");
        String id;

        storage.holdAt("^PUT /devstoreaccount1/staging/\\S*profile(/|%2F)1");
        try (ThemisProcess first = process(map)) {
            id = client(first).ask("round-new@example.org");
            storage.awaitHeld();
            first.kill();
        }
        assertThat(state(id, "gather-data")).isEqualTo("RUNNING");

        storage.holdNothing();
        try (ThemisProcess second = process(map)) {
            Map<String, byte[]> files = client(second).awaitPackage(id, "round-new@example.org");
            assertThat(attempts(id, "gather-data")).isEqualTo(2);
            assertThat(Themis.rows(files.get("data/profile.jsonl")))
                    .extracting(row -> row.get("account_id"))
                    .containsExactlyInAnyOrder(account, account + 1);
            assertThat(Themis.rows(files.get("data/places.jsonl")))
                    .extracting(row -> row.get("city"))
                    .containsExactlyInAnyOrder("Oslo", "Bergen");
            JsonNode manifest = Themis.json(new String(files.get("manifest.json"), StandardCharsets.UTF_8));
            assertThat(manifest.path("rounds").intValue()).isEqualTo(2);
            assertThat(manifest.path("datasets"))
                    .extracting(dataset -> dataset.path("status").asText())
                    .containsOnly("complete", "nothing found");
        }
    }

    @Test
    @Tag("faults")
    void whenAProcessIsKilledBetweenTwoZipsOfAPackageAnotherWritesAllOfThemAgain() throws Exception {
        DevUser person =
                new DevUser("between-zips@example.org", "B", "B", "Z", "Norway", "Oslo", "Storgata 1", 1L << 43);
        services.users().load(List.of(person));
        BlobContainerClient lake = services.azurite().client().getBlobContainerClient("lake");
        lake.getBlobClient("zips.example/Users.xml")
                .upload(BinaryData.fromString("<users><row Id=\"7\" AccountId=\"%d\" /></users>".formatted(1L << 43)));
        lake.getBlobClient("zips.example/Posts.xml")
                .upload(BinaryData.fromString("<posts>"
                        + "<row Id=\"1\" OwnerUserId=\"7\" Body=\"%s\" />"
                                .formatted("text ".repeat(200))
                                .repeat(2_000)
                        + "</posts>"));
        BlobContainerClient packages = services.azurite().client().getBlobContainerClient("packages");
        String id;

        storage.holdAt("^PUT /devstoreaccount1/packages/\\S*-2-of-");
        try (ThemisProcess first = process(Map.of("themis.delivery.part-size", "1MB"))) {
            id = client(first).ask(person.emailAddress());
            storage.awaitHeld();
            first.kill();
        }
        List<String> whole = names(packages, id);
        assertThat(whole).singleElement().asString().matches(id + "-1-of-\\d+\\.zip");
        assertThat(state(id, "build-package")).isEqualTo("RUNNING");
        assertThat(services.mail().mails(person.emailAddress()))
                .as("the one that it has started")
                .hasSize(1);

        storage.holdNothing();
        try (ThemisProcess second = process(Map.of("themis.delivery.part-size", "1MB"))) {
            client(second).await(id, "delivered");
            int count = Integer.parseInt(whole.get(0).replaceAll(".*-of-(\\d+)\\.zip", "$1"));
            traces.assertDeliveredOnce(
                    id,
                    person.emailAddress(),
                    IntStream.rangeClosed(1, count)
                            .mapToObj(number -> "%s-%d-of-%d.zip".formatted(id, number, count))
                            .toList());
            assertThat(attempts(id, "build-package")).isEqualTo(2);
        } finally {
            lake.getBlobClient("zips.example/Users.xml").delete();
            lake.getBlobClient("zips.example/Posts.xml").delete();
        }
    }

    private static List<String> names(BlobContainerClient container, String prefix) {
        return container.listBlobs(new ListBlobsOptions().setPrefix(prefix), null).stream()
                .map(BlobItem::getName)
                .toList();
    }

    @Test
    @Tag("faults")
    void twoReplicasShareTwentyRequestsAndDoEverythingOnce() throws Exception {
        storage.holdNothing();
        List<DevUser> people = LongStream.range(0, 20)
                .mapToObj(i -> new DevUser(
                        "shared-%d@example.org".formatted(i),
                        "P" + i,
                        "P",
                        "S",
                        "Norway",
                        "Oslo",
                        "Storgata " + i,
                        (1L << 41) + i))
                .toList();
        services.users().load(people);

        try (ThemisProcess one = process();
                ThemisProcess other = process()) {
            List<String> ids = new ArrayList<>();
            for (DevUser person : people) {
                ids.add(client(ids.size() % 2 == 0 ? one : other).ask(person.emailAddress()));
            }
            for (int i = 0; i < people.size(); i++) {
                client(one).await(ids.get(i), "delivered");
                traces.assertDeliveredOnce(ids.get(i), people.get(i).emailAddress());
            }

            List<String> ends = Stream.concat(one.output().stream(), other.output().stream())
                    .filter(line -> line.endsWith(": done"))
                    .map(line -> line.substring(line.indexOf("request ")))
                    .filter(line -> ids.stream().anyMatch(line::contains))
                    .toList();
            assertThat(ends).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(20 * 6);
            assertThat(List.of(one, other))
                    .allSatisfy(replica ->
                            assertThat(replica.output()).anyMatch(line -> line.endsWith("build-package: done")));
        }
    }

    /** The first replica is killed with a file in its hands, when the other one has read all that nobody had. */
    @Test
    void replicasShareTheFilesOfALargeRequestAndOneThatIsKilledIsStoodInFor() throws Exception {
        int files = 24;
        long account = 1L << 44;
        services.users().load(List.of(new DevUser("visitor@example.org", "V", "V", "V", null, "Oslo", null, account)));
        BlobContainerClient lake = services.azurite().client().getBlobContainerClient("lake");
        for (int day = 0; day < files; day++) {
            lake.getBlobClient("visits/%d.jsonl".formatted(day))
                    .upload(BinaryData.fromString("{\"account\":%d,\"page\":\"mine %d\"}\n".formatted(account, day)
                            + "{\"account\":%d,\"page\":\"another's\"}\n"
                                    .formatted(account + 1)
                                    .repeat(50)));
        }
        Map<String, Object> map =
                Map.of("themis.data-map", "classpath:datamap/shared-search.yaml", "themis.lake.shared-from", "1KB");
        Map<String, Object> oneFileAtATime = new HashMap<>(map);
        oneFileAtATime.put("themis.lake.readers", 1);
        String id;

        storage.holdAt("^GET /devstoreaccount1/lake/visits");
        try (ThemisProcess first = process(oneFileAtATime)) {
            id = client(first).ask("visitor@example.org");
            storage.awaitHeld();
            storage.holdNothing();
            try (ThemisProcess second = process(map)) {
                Awaitility.await().until(() -> searches(id, "answer IS NULL AND step IS NULL") == 0);
                Awaitility.await().until(() -> searches(id, "answer IS NULL") <= 2);
                assertThat(searches(id, "answer IS NULL"))
                        .as("those that the first has taken")
                        .isPositive();
                assertThat(state(id, "gather-data")).isIn("WAITING", "RUNNING");
                assertThat(progress(id)).isBetween((long) files - 2, (long) files - 1);
                first.kill();

                Map<String, byte[]> found = client(second).awaitPackage(id, "visitor@example.org");
                assertThat(found.entrySet().stream()
                                .filter(file -> file.getKey().matches("data/visits/.*jsonl"))
                                .flatMap(file -> Themis.rows(file.getValue()).stream()))
                        .extracting(row -> row.get("page"))
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, files)
                                .mapToObj(day -> "mine " + day)
                                .toList());
                JsonNode visits = Themis.dataset(Themis.manifest(found), "visits");
                assertThat(visits.path("status").textValue()).isEqualTo("complete");
                assertThat(visits.path("searched").path("files").intValue()).isEqualTo(files);
                assertThat(progress(id)).isEqualTo(files);
                assertThat(client(second).request(id).path("steps"))
                        .extracting(step -> step.path("name").textValue())
                        .noneMatch(name -> name.startsWith("search-lake"));
                assertThat(searches(id, "true")).as("nothing is kept").isZero();
            }
        }
    }

    private static long searches(String id, String condition) {
        return count(
                "SELECT count(*) FROM shared_search_file WHERE search_id IN"
                        + " (SELECT id FROM shared_search WHERE request_id = :id) AND " + condition,
                id);
    }

    private static long progress(String id) {
        return count("SELECT files_done FROM lake_progress WHERE request_id = :id AND dataset = 'visits'", id);
    }

    private static long count(String query, String id) {
        return database()
                .sql(query)
                .param("id", UUID.fromString(id))
                .query(Long.class)
                .single();
    }

    private static JdbcClient database() {
        var database = services.database();
        return JdbcClient.create(new DriverManagerDataSource(database.url(), database.username(), database.password()));
    }

    private ThemisProcess process() {
        return process(Map.of());
    }

    private ThemisProcess process(Map<String, ?> more) {
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
        settings.putAll(more);
        return ThemisProcess.start(services, temporary, settings);
    }

    private static Themis client(ThemisProcess process) {
        return new Themis(
                new MockEnvironment().withProperty("local.server.port", String.valueOf(process.port())), services);
    }

    private static String state(String id, String step) {
        return step(id, step, "state", String.class);
    }

    private static int attempts(String id, String step) {
        return step(id, step, "attempts", Integer.class);
    }

    private static <T> T step(String id, String step, String column, Class<T> type) {
        return database()
                .sql("SELECT " + column + " FROM request_step WHERE request_id = :id AND name = :name")
                .param("id", UUID.fromString(id))
                .param("name", step)
                .query(type)
                .single();
    }

    /** Files that name the person, hold a row of the lake, or are packed so that nobody can see what they hold. */
    private List<Path> temporaryFilesWithPersonalData(String address) throws IOException {
        try (Stream<Path> files = Files.walk(temporary)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        String content = content(file);
                        return content.contains(address)
                                || content.contains("CreationDate")
                                || content.startsWith("PK");
                    })
                    .toList();
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
