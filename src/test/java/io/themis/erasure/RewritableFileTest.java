package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.erasure.RewritableFile.Rewriting;
import io.themis.lake.FileRanges;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewritableFileTest {

    private static final String FILE = "tea/payments.parquet";

    @TempDir
    Path folder;

    private final StorageAccount account = new StorageAccount();

    @AfterEach
    void close() {
        account.close();
    }

    /** What is read a second time to be written. */
    private static final class Read implements FileRanges {

        private byte[] content;

        private Read(byte[] content) {
            this.content = content;
        }

        @Override
        public long length() {
            return content.length;
        }

        @Override
        public CompletableFuture<byte[]> read(long from, int length) {
            return CompletableFuture.completedFuture(
                    Arrays.copyOfRange(content, Math.toIntExact(from), Math.toIntExact(from) + length));
        }
    }

    @Test
    void aParquetFileIsNotSwappedForAnotherThanWasRead() throws Exception {
        byte[] content = parquet("his");
        account.put(FILE, content);
        Read read = new Read(content);

        Rewriting rewriting = rewriting(read);
        read.content = parquet("hid");

        assertThatThrownBy(() -> rewriting.swap().swap())
                .isInstanceOf(IOException.class)
                .hasMessage("the file is not what was read before");
        assertThat(account.file(FILE).bytes()).isEqualTo(content);
        assertThat(account.calls()).noneMatch(call -> call.contains("comp=blocklist"));

        read.content = content;
        rewriting(read).swap().swap();
        assertThat(rewriting(new Read(account.file(FILE).bytes())).edits().deleted())
                .isZero();
    }

    private Rewriting rewriting(FileRanges content) throws Exception {
        Dataset dataset = DataMapLoader.load("map.yaml", new ByteArrayInputStream("""
                        subject: {key: mail}
                        datasets:
                          - {name: payments, title: t, kind: lake, path: "{site}/payments.parquet", format: parquet,
                             match: {mail: mail}, erasure: {action: delete}, article15:
                             {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}}
                        """.getBytes(StandardCharsets.UTF_8)))
                .dataset("payments");
        StoredFile stored = StoredFile.open(account.client().getBlobClient(FILE), new CopySource(null));
        Keys keys = new Keys(Set.of(new SubjectKey("mail", null, "ada@example.org")), Map.of());
        return RewritableFile.of(dataset, dataset.lakePath().file(FILE).orElseThrow(), stored, content)
                .rewriting(new PeopleInFile(
                        dataset,
                        Map.of(UUID.randomUUID(), keys),
                        new Pseudonyms("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")));
    }

    /** @param text of the row that stays */
    private byte[] parquet(String text) throws SQLException, IOException {
        Path file = folder.resolve(text + ".parquet");
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute("""
                    COPY (SELECT * FROM (VALUES ('bob@example.org', '%s'), ('ada@example.org', 'hers')) v(mail, text))
                    TO '%s' (FORMAT parquet)""".formatted(text, file));
        }
        return Files.readAllBytes(file);
    }
}
