package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.devservices.AnotherJvm;
import io.themis.devservices.EmbeddedPostgresDatabase;
import io.themis.devservices.Port;
import io.themis.enrichment.OneDataset.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A person with a million rows in a database passes through a heap of 512 MiB, which could not hold them. */
@Tag("big")
class MillionRowsIT {

    private static final int ROWS = 1_000_000;

    @Test
    void aMillionRowsOfAPersonPass() throws Exception {
        try (EmbeddedPostgresDatabase database = EmbeddedPostgresDatabase.start(Port.free());
                Connection connection =
                        DriverManager.getConnection(database.url(), database.username(), database.password());
                Statement statement = connection.createStatement()) {
            // Every thousandth row is another's. A row is 400 bytes.
            statement.execute("""
                    CREATE UNLOGGED TABLE posts AS
                      SELECT n AS id,
                             CASE WHEN n %% 1000 = 0 THEN 'bob@example.org' ELSE 'ada@example.org' END AS writer,
                             repeat(md5(n::text), 12) AS body
                      FROM generate_series(1, %d) n""".formatted(ROWS + ROWS / 999));
            Process task =
                    AnotherJvm.start(Task.class, "-Xmx512m", "-XX:TieredStopAtLevel=1", "-Ddatabase=" + database.url());
            String told = new String(task.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(task.waitFor(1, TimeUnit.MINUTES)).isTrue();

            try (ResultSet expected = statement.executeQuery("""
                    SELECT count(*) || ' rows, checksum ' || sum(('x' || left(md5(id || ' ' || body), 8))::bit(32)::bigint)
                    FROM posts WHERE writer = 'ada@example.org'""")) {
                expected.next();
                assertThat(told.lines().toList()).contains(expected.getString(1));
                assertThat(expected.getString(1)).startsWith("1000000 rows");
            }
        }
    }

    /** In the small heap: asks for Ada, and counts and adds up what is staged. */
    static final class Task implements Runnable {

        private static final ObjectMapper JSON = new ObjectMapper();

        private long rows;
        private long checksum;

        @Override
        public void run() {
            DataSources sources = new DataSources(new DataSourceSettings(Map.of(
                    "posts",
                    new DataSourceSettings.Connection(
                            System.getProperty("database"), "postgres", "postgres", Duration.ofMinutes(5)))));
            try (OneDataset dataset =
                    new OneDataset(map(), "posts", sources, List.of(), Map.of(), name -> new Lines())) {
                Outcome outcome = dataset.ask("ada@example.org", Map.of(), Map.of());
                if (outcome.failure() != null || outcome.findings().rows() != rows) {
                    throw new AssertionError("not all was staged", outcome.failure());
                }
                System.out.println(rows + " rows, checksum " + checksum);
            } catch (Exception e) {
                throw new AssertionError(e);
            } finally {
                sources.close();
            }
        }

        private static DataMap map() throws IOException {
            return DataMapLoader.load("map.yaml", new ByteArrayInputStream("""
                            subject: {key: mail}
                            datasets:
                              - name: posts
                                title: Your posts
                                kind: sql
                                dataSource: posts
                                query: SELECT id, writer, body FROM posts WHERE writer = :#mail
                                match: {writer: mail}
                                article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
                            """.getBytes(StandardCharsets.UTF_8)));
        }

        private void take(byte[] line) throws IOException {
            JsonNode row = JSON.readTree(line);
            String text =
                    row.required("id").asLong() + " " + row.required("body").textValue();
            try {
                byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
                checksum += Long.parseLong(HexFormat.of().formatHex(digest, 0, 4), 16);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
            rows++;
        }

        /** Of JSON Lines, one after the other. */
        private final class Lines extends OutputStream {

            private final ByteArrayOutputStream line = new ByteArrayOutputStream();

            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                int from = offset;
                for (int i = offset; i < offset + length; i++) {
                    if (bytes[i] == '\n') {
                        line.write(bytes, from, i - from);
                        take(line.toByteArray());
                        line.reset();
                        from = i + 1;
                    }
                }
                line.write(bytes, from, offset + length - from);
            }
        }
    }
}
