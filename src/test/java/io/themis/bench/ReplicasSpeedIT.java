package io.themis.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import io.themis.Themis;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.TcpProxy;
import io.themis.devservices.ThemisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * How much sooner two replicas have searched a dataset for one request than one has. A lake is far away, and a replica gets so many bytes
 * a second of it and no more: here a proxy for each replica sees to that, as two cores are not two machines.
 */
@Tag("bench")
class ReplicasSpeedIT {

    private static final int ROUNDS = 3;
    private static final int FILES = 48;
    private static final int FILE_BYTES = 16 << 20;
    private static final long BYTES_PER_SECOND = 24L << 20;
    private static final long ACCOUNT = 1L << 45;
    private static final String PERSON = "visitor@example.org";

    @TempDir
    Path temporary;

    /** All connections of one replica together get so many bytes a second. */
    private static final class SlowLake extends TcpProxy {

        private long freeAt = System.nanoTime();

        SlowLake(int target) {
            super(target, ServerSocketFactory.getDefault());
        }

        @Override
        protected void passAnswers(InputStream upstream, OutputStream client) throws IOException {
            byte[] buffer = new byte[64 << 10];
            for (int read = upstream.read(buffer); read >= 0; read = upstream.read(buffer)) {
                long wait = take(read) - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                }
                client.write(buffer, 0, read);
            }
        }

        /** @return when the bytes may be passed on */
        private synchronized long take(int bytes) {
            freeAt = Math.max(freeAt, System.nanoTime()) + bytes * 1_000_000_000L / BYTES_PER_SECOND;
            return freeAt;
        }
    }

    @Test
    void twoReplicasSearchForOneRequest() throws Exception {
        try (DevServices services = DevServices.startOnFreePorts()) {
            services.users().load(List.of(new DevUser(PERSON, "V", "V", "V", null, "Oslo", null, ACCOUNT)));
            JdbcClient database = JdbcClient.create(new DriverManagerDataSource(
                    services.database().url(),
                    services.database().username(),
                    services.database().password()));
            List<Double> alone = new ArrayList<>();
            List<Double> together = new ArrayList<>();
            int port = URI.create(services.azurite().endpoint()).getPort();
            try (SlowLake firstLake = new SlowLake(port);
                    SlowLake secondLake = new SlowLake(port);
                    ThemisProcess first = replica(services, firstLake, "first")) {
                seconds(services, database, first);
                for (int round = 0; round < ROUNDS; round++) {
                    alone.add(seconds(services, database, first));
                    try (ThemisProcess second = replica(services, secondLake, "second" + round)) {
                        together.add(seconds(services, database, first));
                    }
                }
            }
            PerformancePage page = new PerformancePage("87-replicas", "One request, two replicas");
            page.say(
                    "%d files of JSON lines, %d MB each, are searched for one person; a replica gets %d MB of the lake a second, through a proxy of its own. From the call to the end of the search; %d rounds in turns after one that does not count."
                            .formatted(FILES, FILE_BYTES >> 20, BYTES_PER_SECOND >> 20, ROUNDS));
            page.header("replicas", "seconds, median", "fastest and slowest");
            page.row("1", "%.1f".formatted(median(alone)), range(alone));
            page.row("2", "%.1f".formatted(median(together)), range(together));
            page.told("one replica ÷ two replicas, seconds", median(alone) / median(together));
            page.write();
        }
    }

    private static double median(List<Double> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    private static String range(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        return "%.1f to %.1f".formatted(sorted.get(0), sorted.get(sorted.size() - 1));
    }

    private ThemisProcess replica(DevServices services, SlowLake lake, String name) throws IOException {
        Map<String, Object> settings = new HashMap<>();
        settings.put("themis.data-map", "classpath:datamap/shared-search.yaml");
        settings.put("themis.lake.shared-from", "100MB");
        settings.put(
                "themis.lake.endpoint", services.azurite().endpoint().replaceFirst(":\\d+/", ":" + lake.port() + "/"));
        return ThemisProcess.start(
                services, Files.createDirectory(temporary.resolve(name)), settings, List.of("-XX:TieredStopAtLevel=4"));
    }

    /** Anew, since what a search has learnt of a file spares the next one its bytes. */
    private static double seconds(DevServices services, JdbcClient database, ThemisProcess asked) throws Exception {
        BlobContainerClient lake = services.azurite().client().getBlobContainerClient("lake");
        byte[] others = "{\"account\":1,\"page\":\"somebody else's, with what such a page has to say\"}\n"
                .repeat(FILE_BYTES / 78)
                .getBytes(StandardCharsets.UTF_8);
        String mine = "{\"account\":%d,\"page\":\"mine %s\"}\n".formatted(ACCOUNT, UUID.randomUUID());
        BinaryData content = BinaryData.fromBytes(concat(others, mine.getBytes(StandardCharsets.UTF_8)));
        for (int file = 0; file < FILES; file++) {
            lake.getBlobClient("visits/%d.jsonl".formatted(file)).upload(content, true);
        }
        long begin = System.nanoTime();
        HttpResponse<String> accepted = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + asked.port() + "/api/v1/requests"))
                                .headers(Themis.JSON_WITH_KEY)
                                .POST(HttpRequest.BodyPublishers.ofString(Themis.accessRequest(PERSON)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(accepted.statusCode()).isEqualTo(202);
        UUID request =
                UUID.fromString(Themis.json(accepted.body()).required("id").textValue());
        Awaitility.await()
                .atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> isGathered(database, request));
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(database.sql(
                                "SELECT findings->>'rows' FROM dataset_findings WHERE request_id = :id AND dataset = 'visits'")
                        .param("id", request)
                        .query(Long.class)
                        .single())
                .isEqualTo(FILES);
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> database.sql("SELECT closed_at IS NOT NULL FROM data_subject_request WHERE id = :id")
                        .param("id", request)
                        .query(Boolean.class)
                        .single());
        return seconds;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static boolean isGathered(JdbcClient database, UUID request) {
        return database.sql(
                        "SELECT EXISTS (SELECT FROM request_step WHERE request_id = :id AND name = 'build-package')")
                .param("id", request)
                .query(Boolean.class)
                .single();
    }
}
