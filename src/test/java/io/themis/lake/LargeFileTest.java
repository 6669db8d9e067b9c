package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.themis.devservices.AnotherJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of a gigabyte passes through a heap that is a fraction of it. */
@Tag("big")
class LargeFileTest {

    private static final long LENGTH = 1L << 30;
    private static final RowMatch PERSON = ExactMatch.of(Map.of("id", Set.of("42")));

    @ParameterizedTest
    @ValueSource(classes = {Xml.class, Csv.class, Jsonl.class, GzippedCsv.class, ZippedJsonl.class})
    void aGigabytePasses(Class<? extends Runnable> task) throws Exception {
        Process process = AnotherJvm.start(task, "-Xmx64m");

        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void aGigabyteOfParquetPasses(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("large.parquet");
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute("SET threads = 1");
            statement.execute("SET memory_limit = '512MB'");
            // Hashes do not compress, and people's rows are everywhere in the file
            statement.execute(("COPY (SELECT hash(i) %% 1000 AS id, sha256(i::VARCHAR) AS note, i AS number"
                            + " FROM range(16000000) rows(i)) TO '%s' (FORMAT parquet)")
                    .formatted(file));
            try (ResultSet counted =
                    statement.executeQuery("SELECT count(*) FROM '%s' WHERE id = 42".formatted(file))) {
                counted.next();
                assertThat(Files.size(file)).isGreaterThan(LENGTH);
                Process process = AnotherJvm.start(
                        Parquet.class, "-Xmx128m", "-Dfile=" + file, "-Dexpected=" + counted.getLong(1));
                assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
                assertThat(process.exitValue()).isZero();
            }
        }
    }

    /** A task that writes a file into a search, and counts the rows found. */
    private abstract static class Task implements Runnable, EntrySink {

        private long found;

        @Override
        public void run() {
            try {
                long expected = write();
                if (expected != found || found == 0) {
                    throw new AssertionError("%d rows expected, %d found".formatted(expected, found));
                }
            } catch (IOException | UnreadableFileException e) {
                throw new AssertionError(e);
            }
        }

        /** Gives how many rows are the person's. */
        abstract long write() throws IOException, UnreadableFileException;

        @Override
        public Optional<RowMatch> begin(LakeFile entry) {
            return Optional.of(PERSON);
        }

        @Override
        public void row(Map<String, Object> columns) {
            found++;
        }

        @Override
        public void end(UnreadableFileException problem) {
            if (problem != null) {
                throw new UncheckedIOException(new IOException(problem));
            }
        }

        /** Writes a gigabyte of rows with ids from 0 to 999. */
        static long rows(OutputStream out, String header, String row) throws IOException {
            byte[] thousand;
            StringBuilder text = new StringBuilder();
            for (int id = 0; id < 1000; id++) {
                text.append(row.formatted(id));
            }
            thousand = text.toString().getBytes(UTF_8);
            out.write(header.getBytes(UTF_8));
            long repeats = LENGTH / thousand.length + 1;
            for (long i = 0; i < repeats; i++) {
                out.write(thousand);
            }
            return repeats;
        }
    }

    private static final class Parquet extends Task {
        @Override
        long write() throws IOException, UnreadableFileException {
            try (FileChannel file = FileChannel.open(Path.of(System.getProperty("file")))) {
                long length = file.size();
                new ParquetRowSearch(PERSON, Set.of(), Set.of(), this::row).search(new FileRanges() {
                    @Override
                    public long length() {
                        return length;
                    }

                    @Override
                    public CompletableFuture<byte[]> read(long from, int length) {
                        ByteBuffer bytes = ByteBuffer.allocate(length);
                        try {
                            while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) >= 0) {
                                // until all is there
                            }
                        } catch (IOException e) {
                            return CompletableFuture.failedFuture(e);
                        }
                        return CompletableFuture.completedFuture(bytes.array());
                    }
                });
            }
            return Long.getLong("expected");
        }
    }

    private static final class Xml extends Task {
        @Override
        long write() throws IOException, UnreadableFileException {
            RowSearch search = RowFormat.xmlRows().search(PERSON, this::row);
            long expected =
                    rows(search, "<rows>\n", "<row id=\"%d\" note=\"a &quot;note&quot;\" number=\"12.50\" />\n");
            search.write("</rows>".getBytes(UTF_8));
            search.finish();
            return expected;
        }
    }

    private static final class Csv extends Task {
        @Override
        long write() throws IOException, UnreadableFileException {
            RowSearch search = RowFormat.csv(CsvLayout.PLAIN, Set.of()).search(PERSON, this::row);
            long expected = rows(search, "id,note,number\n", "%d,\"a note, with \"\"quotes\"\"\",12.50\n");
            search.finish();
            return expected;
        }
    }

    private static final class Jsonl extends Task {
        @Override
        long write() throws IOException, UnreadableFileException {
            RowSearch search = RowFormat.jsonl(Set.of()).search(PERSON, this::row);
            long expected = rows(search, "", "{\"id\":%d,\"note\":\"a note\",\"o\":{\"a\":[1,2.50,null]}}\n");
            search.finish();
            return expected;
        }
    }

    private static final class GzippedCsv extends Task {
        @Override
        long write() throws IOException, UnreadableFileException {
            RowSearch search =
                    RowFormat.csv(CsvLayout.PLAIN, Set.of()).gzipped().search(PERSON, this::row);
            long expected;
            try (GZIPOutputStream gzip = new GZIPOutputStream(search)) {
                expected = rows(gzip, "id,note\n", "%d,a note\n");
            }
            search.finish();
            return expected;
        }
    }

    private static final class ZippedJsonl extends Task {
        @Override
        long write() throws IOException, UnreadableFileException {
            LakePath path = LakePath.parse("all.zip!/{day}.jsonl");
            RowSearch search = RowFormat.jsonl(Set.of())
                    .searchZip(path, path.file("all.zip").orElseThrow(), this);
            long expected;
            try (ZipOutputStream zip = new ZipOutputStream(search)) {
                zip.putNextEntry(new ZipEntry("mon.jsonl"));
                expected = rows(zip, "", "{\"id\":\"%d\",\"note\":\"a note\"}\n");
            }
            search.finish();
            return expected;
        }
    }
}
