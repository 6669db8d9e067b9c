package io.themis.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.enrichment.EngineFailedException;
import io.themis.enrichment.LakeEngine;
import io.themis.enrichment.LakeJob;
import io.themis.enrichment.SparkSettings;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch;
import io.themis.lake.RowMatch.Wanted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What ends badly in Spark: files, workers, the server, time. Nothing is taken for searched that was not. */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SparkFaultsIT {

    private static final int FILES = 12;
    private static final int ROWS = 40_000;
    private static final int OWNERS = 1_000;
    private static final String MANY_TASKS = "spark.sql.files.maxPartitionBytes=1m";

    @TempDir
    static Path lake;

    private static final List<String> NAMES = new ArrayList<>();

    @BeforeAll
    static void fill() throws IOException {
        StringBuilder rows = new StringBuilder("<posts>\n");
        for (int i = 0; i < ROWS; i++) {
            rows.append("  <row Id=\"%d\" Owner=\"%d\" Body=\"%s\" />\n"
                    .formatted(i, i % OWNERS, "text ".repeat(i % 20)));
        }
        byte[] file = rows.append("</posts>\n").toString().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < FILES; i++) {
            String name = "posts-%02d.xml%s".formatted(i, i % 3 == 0 ? ".gz" : "");
            Files.write(lake.resolve(name), i % 3 == 0 ? gzip(file) : file);
            NAMES.add(name);
        }
    }

    private static byte[] gzip(byte[] file) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(file);
        }
        return packed.toByteArray();
    }

    @Test
    void filesThatAreGoneOrDamagedAreNotTakenAndAllOthersAre() throws IOException {
        byte[] packed = Files.readAllBytes(lake.resolve(NAMES.get(0)));
        Files.write(lake.resolve("cut.xml.gz"), Arrays.copyOf(packed, packed.length / 2));
        Posts posts = new Posts();
        posts.lengths.put("gone.xml", 100L);
        posts.lengths.put("cut.xml.gz", (long) packed.length / 2);
        try (SparkServer spark = SparkServer.alone()) {
            engine(spark, Duration.ofMinutes(5)).search(posts);
        }
        posts.hasAll();
    }

    @Test
    void whatAJobHasReadIsToldWhileItRuns() throws IOException {
        try (SparkServer spark = SparkServer.alone(MANY_TASKS, "spark.connect.progress.reportInterval=20ms")) {
            Posts posts = new Posts();
            engine(spark, Duration.ofMinutes(5)).search(posts);
            posts.hasAll();
            assertThat(posts.read).isSorted();
            assertThat(posts.read).filteredOn(bytes -> bytes > 0 && bytes < posts.length()).hasSizeGreaterThan(2);
            assertThat(posts.read).allMatch(bytes -> bytes <= posts.length());
        }
    }

    /** It is the smallest, and Spark begins with the largest. */
    @Test
    void aFileThatIsDeletedWhileAJobRunsIsNotTakenAndAllOthersAre() throws IOException {
        Path deleted = Files.writeString(lake.resolve("deleted.xml"), "<posts><row Owner=\"7\" /></posts>");
        Posts posts = new Posts();
        posts.lengths.put("deleted.xml", Files.size(deleted));
        posts.onRead = bytes -> {
            if (bytes > 0 && bytes < posts.length()) {
                assertThat(deleted.toFile().delete() || !deleted.toFile().exists()).isTrue();
            }
        };
        try (SparkServer spark = SparkServer.alone(MANY_TASKS, "spark.connect.progress.reportInterval=20ms")) {
            engine(spark, Duration.ofMinutes(5)).search(posts);
        }
        assertThat(deleted).doesNotExist();
        posts.hasAll();
    }

    /** Else Themis would read a lake by itself that it was not meant to. */
    @Test
    void aLakeThatSparkDoesNotFindFailsTheJobAndSaysWhereToLook() {
        try (SparkServer spark = SparkServer.alone()) {
            LakeEngine elsewhere = new SparkProvider()
                    .connect(new SparkSettings(
                            spark.address("sc"),
                            null,
                            lake.resolve("elsewhere").toUri() + "/",
                            Duration.ofMinutes(5)));
            Posts posts = new Posts();
            assertThatThrownBy(() -> elsewhere.search(posts))
                    .isInstanceOf(EngineFailedException.class)
                    .hasMessageContaining("themis.spark.lake");
            assertThat(posts.rows).isEmpty();
        }
    }

    /** However few files there are: Themis is not to read a lake that was not meant for it. */
    @Test
    void whereThereIsNoServerAJobFails() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        LakeEngine nowhere = new SparkProvider()
                .connect(new SparkSettings(
                        "sc://127.0.0.1:" + port, null, lake.toUri().toString(), Duration.ofMinutes(5)));
        Posts one = new Posts();
        one.lengths.keySet().retainAll(List.of(NAMES.get(1)));
        assertThatThrownBy(() -> nowhere.search(one))
                .isInstanceOf(EngineFailedException.class)
                .hasMessageContaining("themis.spark.server");
        assertThat(one.rows).isEmpty();
    }

    @Test
    void aJobGoesOnWithoutAWorkerThatIsKilled() throws Exception {
        try (SparkServer master = SparkServer.master();
                SparkServer worker = SparkServer.worker(master);
                SparkServer killed = SparkServer.worker(master);
                SparkServer spark = SparkServer.of(master)) {
            Posts before = new Posts();
            engine(spark, Duration.ofMinutes(5)).search(before);
            before.hasAll();

            Posts posts = new Posts();
            CompletableFuture<Void> search = posts.searchBy(engine(spark, Duration.ofMinutes(5)));
            posts.begun.acquire();
            killed.kill();
            search.get();
            posts.hasAll();
            assertThat(worker.isAlive()).isTrue();
        }
    }

    @Test
    void aJobFailsWithTheServerAndTheNextOneFindsTheNextServer() throws Exception {
        LakeEngine engine;
        SparkServer next;
        try (SparkServer spark = SparkServer.alone()) {
            engine = engine(spark, Duration.ofMinutes(5));
            Posts posts = new Posts();
            CompletableFuture<Void> search = posts.searchBy(engine);
            posts.begun.acquire();
            spark.kill();
            assertThatThrownBy(search::get)
                    .as("maybe for what the job looked for")
                    .hasCauseInstanceOf(SparkFailure.class);
            next = spark.again();
        }
        try (next) {
            Posts posts = new Posts();
            engine.search(posts);
            posts.hasAll();
        }
    }

    /** From the second time on with half of the files: one of them might be what kills it. */
    @Test
    void aJobGoesOnWithTheNextServerAlsoIfThatIsKilledToo() throws Exception {
        SparkServer server = SparkServer.alone();
        try {
            Posts posts = new Posts();
            CompletableFuture<Void> search = posts.searchBy(engine(server, Duration.ofMinutes(5)));
            for (int time = 0; time < 2; time++) {
                posts.begun.acquire();
                server.kill();
                posts.begun.drainPermits();
                server = server.again();
            }
            search.get();
            posts.hasAll();
        } finally {
            server.close();
        }
    }

    @Test
    void aJobThatTakesTooLongOrIsNotWantedAnyMoreIsStopped() throws Exception {
        try (SparkServer spark = SparkServer.alone()) {
            assertThatThrownBy(() -> engine(spark, Duration.ofMillis(50)).search(new Posts()))
                    .isInstanceOf(EngineFailedException.class)
                    .hasMessageContaining("themis.spark.query-timeout");

            Posts posts = new Posts();
            CompletableFuture<Void> search = posts.searchBy(engine(spark, Duration.ofMinutes(5)));
            posts.begun.acquire();
            posts.thread.interrupt();
            assertThatThrownBy(search::get).hasRootCauseInstanceOf(InterruptedIOException.class);

            Posts after = new Posts();
            engine(spark, Duration.ofMinutes(5)).search(after);
            after.hasAll();
        }
    }

    @Test
    void whatIsTooMuchForOneAnswerComesInSeveral() throws Exception {
        try (SparkServer spark = SparkServer.alone("spark.driver.maxResultSize=60k")) {
            Posts posts = new Posts();
            engine(spark, Duration.ofMinutes(5)).search(posts);
            posts.hasAll();
        }
    }

    private static LakeEngine engine(SparkServer spark, Duration timeout) {
        return new SparkProvider()
                .connect(new SparkSettings(
                        spark.address("sc"), null, lake.toUri().toString(), timeout));
    }

    /** The search for one owner's posts. */
    private static final class Posts implements LakeJob {

        /** A permit for each query, at least. */
        private final Semaphore begun = new Semaphore(0);

        private final Map<String, Integer> rows = new TreeMap<>();
        private final Map<String, Long> lengths = new TreeMap<>();
        private final List<Long> read = new CopyOnWriteArrayList<>();
        private LongConsumer onRead = bytes -> {};
        private Thread thread;

        private Posts() {
            NAMES.forEach(name -> lengths.put(name, lake.resolve(name).toFile().length()));
        }

        private CompletableFuture<Void> searchBy(LakeEngine engine) {
            CompletableFuture<Void> search = new CompletableFuture<>();
            thread = new Thread(() -> {
                try {
                    engine.search(this);
                    search.complete(null);
                } catch (IOException | RuntimeException e) {
                    search.completeExceptionally(e);
                }
            });
            thread.start();
            return search;
        }

        private long length() {
            return lengths.values().stream().mapToLong(Long::longValue).sum();
        }

        private void hasAll() {
            assertThat(rows.keySet()).containsExactlyElementsOf(NAMES);
            assertThat(rows.values()).containsOnly(ROWS / OWNERS);
        }

        @Override
        public Dataset dataset() {
            return SparkDatasets.of(Format.XML_ROWS, "Owner");
        }

        @Override
        public List<Source> files() {
            return lengths.entrySet().stream()
                    .map(file -> new Source(file.getKey(), null, file.getValue()))
                    .toList();
        }

        /** Asked for when the job is made up. */
        @Override
        public Optional<RowMatch> match(String partition) {
            begun.release();
            return Optional.of(new RowMatch(Map.of("Owner", new Wanted(NormalForm.EXACT, Set.of("7")))));
        }

        @Override
        public void hasRead(long bytes) {
            read.add(bytes);
            onRead.accept(bytes);
        }

        @Override
        public void take(Source file, Cut cut) {
            int found = 0;
            while (cut.next() != null) {
                found++;
            }
            if (cut.isSure()) {
                rows.put(file.name(), found);
            }
        }
    }
}
