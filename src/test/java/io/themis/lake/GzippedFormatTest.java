package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GzippedFormatTest {

    private static final Map<String, Set<String>> PERSON = Map.of("id", Set.of("42"));

    static Stream<Arguments> formats() {
        return Stream.of(
                Arguments.of(
                        RowFormat.xmlRows(), "<rows>\n<row id=\"42\"/>", "\n<row id=\"7\"/><row id=\"42\"/></rows>"),
                Arguments.of(RowFormat.csv(CsvLayout.PLAIN, Set.of()), "id,n\n42,a\n4", "2,b\n7,42\n"),
                Arguments.of(RowFormat.jsonl(Set.of()), "{\"id\":42}\n{\"i", "d\":42}\n{\"id\":7}"));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyTextFormatCanBeGzippedInOneMemberOrSeveral(RowFormat format, String start, String end)
            throws IOException {
        byte[] one = gzip(start + end);
        byte[] several = join(gzip(start), gzip(""), gzip(end));

        for (byte[] file : new byte[][] {one, several}) {
            for (int piece : new int[] {1, 7, file.length}) {
                Found found = Found.in(format.gzipped(), PERSON, file, piece);
                assertThat(found.problem()).isNull();
                assertThat(found.rows()).hasSize(2);
                assertThat(found.searched().bytes()).as("the stored file's").isEqualTo(file.length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aPlainFileIsNotGzip(RowFormat format, String start, String end) throws IOException {
        assertThat(search(format, (start + end).getBytes(UTF_8)).problem())
                .isEqualTo("the file is not gzip, before the first row");
        assertThat(search(format, new byte[0]).problem()).contains("not gzip");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatIsCutOffKeepsTheRowsBefore(RowFormat format, String start, String end) throws IOException {
        byte[] file = join(gzip(start), gzip(end));

        Found found = search(format, Arrays.copyOf(file, file.length - 1));
        assertThat(found.problem()).contains("the gzip data is cut off");
        assertThat(found.rows()).hasSizeGreaterThanOrEqualTo(1);
        assertThat(search(format, Arrays.copyOf(file, 5)).problem()).contains("not gzip");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatFollowsTheGzipDataIsNotPassedOver(RowFormat format, String start, String end) throws IOException {
        Found found = search(format, join(gzip(start + end), "garbage".getBytes(UTF_8)));

        assertThat(found.problem()).contains("followed by something else");
        assertThat(found.rows()).hasSizeGreaterThanOrEqualTo(1);
    }

    @Test
    void changedBytesAreNoticed() throws IOException {
        StringBuilder text = new StringBuilder("id,n\n");
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            text.append("42,").append(random.nextLong()).append('\n');
        }
        byte[] file = gzip(text.toString());
        for (int i = 0; i < 200; i++) {
            byte[] changed = file.clone();
            // not in the header, where a changed time means nothing
            changed[10 + random.nextInt(file.length - 10)] ^= (byte) (1 << random.nextInt(8));
            assertThat(search(RowFormat.csv(CsvLayout.PLAIN, Set.of()), changed).problem())
                    .isNotNull();
        }
    }

    private static Found search(RowFormat format, byte[] file) throws IOException {
        return Found.in(format.gzipped(), PERSON, file, 100);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return packed.toByteArray();
    }

    private static byte[] join(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return all.toByteArray();
    }

    @Test
    void whatTheStoreFailsWithIsNotTakenForDamage() throws IOException {
        byte[] packed = gzip("<rows>\n" + "  <row Id=\"1\" />\n".repeat(10_000) + "</rows>\n");
        InputStream failing = new FilterInputStream(new ByteArrayInputStream(packed)) {
            private int left = packed.length / 2;

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                if (left <= 0) {
                    throw new IOException("the store is away");
                }
                int read = super.read(target, from, Math.min(length, left));
                left -= read;
                return read;
            }
        };

        assertThatThrownBy(() -> RowFormat.xmlRows()
                        .gzipped()
                        .edits(failing, ExactMatch.of(Map.of("Id", Set.of("2"))), row -> RowVerdict.KEEP))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("the store is away");
    }
}
