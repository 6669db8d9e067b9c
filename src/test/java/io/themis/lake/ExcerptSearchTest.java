package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where a person's rows are is known, and only they are read. */
class ExcerptSearchTest {

    private static final RowMatch OF_SEVEN = ExactMatch.of(Map.of("UserId", Set.of("7")));

    @Test
    void readsNothingButTheRowsWhereRowsNameTheirColumns() throws Exception {
        Text xml = new Text(
                "<?xml version=\"1.0\"?>\n<votes>\n",
                "  <row Id=\"1\" UserId=\"6\" />\n",
                "  <row Id=\"2\" UserId=\"7\" />\n",
                "</votes>");
        Text jsonl = new Text(
                "\uFEFF\n", "{\"Id\":\"1\",\"UserId\":6}\n", "{\"Id\":\"2\",\"UserId\":\"7\"}\n", "{\"Id\":\"3\"}\n");

        assertThat(found(RowFormat.xmlRows(), xml)).containsExactly(Map.of("Id", "2", "UserId", "7"));
        assertThat(found(RowFormat.jsonl(Set.of()), jsonl)).containsExactly(Map.of("Id", "2", "UserId", "7"));
        assertThat(xml.reads).containsExactly(xml.range(2));
        assertThat(jsonl.reads).containsExactly(jsonl.range(2));
    }

    @Test
    void readsTheNamesOfColumnsWhereOnlyTheHeadHasThem() throws Exception {
        Text csv = new Text("Id,UserId\n", "1,6\n", "2,7\n", "3,6\n");

        assertThat(found(RowFormat.csv(CsvLayout.PLAIN, Set.of()), csv))
                .containsExactly(Map.of("Id", "2", "UserId", "7"));
        assertThat(csv.reads).containsExactly(csv.range(0), csv.range(2));
    }

    /** Its third part has the row that is known of. */
    private static List<Map<String, Object>> found(RowFormat format, Text file) throws Exception {
        List<Map<String, Object>> rows = new ArrayList<>();
        new ExcerptSearch(format, OF_SEVEN, rows::add, file.range(0).to(), List.of(file.range(2))).search(file);
        return rows;
    }

    /** A file in parts: its head, and rows. */
    private static final class Text implements FileRanges {

        private final List<byte[]> parts;
        private final byte[] all;
        private final List<ByteRange> reads = new ArrayList<>();

        private Text(String... parts) {
            this.parts = Arrays.stream(parts).map(part -> part.getBytes(UTF_8)).toList();
            all = String.join("", parts).getBytes(UTF_8);
        }

        private ByteRange range(int part) {
            long from = parts.subList(0, part).stream()
                    .mapToLong(bytes -> bytes.length)
                    .sum();
            return new ByteRange(from, from + parts.get(part).length);
        }

        @Override
        public long length() {
            return all.length;
        }

        @Override
        public CompletableFuture<byte[]> read(long from, int count) {
            reads.add(new ByteRange(from, from + count));
            return CompletableFuture.completedFuture(Arrays.copyOfRange(all, (int) from, (int) from + count));
        }
    }
}
