package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Random tables, written by a few lines of this class, and a random person: the rows found are that person's, cell by cell. */
class CsvFormatFuzzTest {

    private static final int TABLES = 2_000;
    private static final Charset WINDOWS = Charset.forName("windows-1252");
    private static final String[] PIECES = {
        "a", "42", "4", "2", " ", ",", ";", "\t", "|", "\"", "'", "\"\"", "\n", "\r\n", "\r", "é", "€", "id", "null",
        "=1+1"
    };
    private static final String[] WIDE_PIECES = {"ж", "日本", "😀", "\uFFFD", "\u2028", "\u0000.", "\uFEFF"};
    private static final String[] KEYS = {"42", "420", "4", "042", "4 2", "é", "a,b", "\"42\"", "4\n2", "42 "};
    private static final List<Charset> CHARSETS =
            List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, WINDOWS);

    private final Random random = new Random(20_260_102);

    @Test
    void findsThePersonsRowsHoweverTheTableIsWrittenAndCut() throws IOException {
        int rows = 0;
        for (int table = 0; table < TABLES; table++) {
            char delimiter = any(',', ';', '\t', '|', ' ');
            char quote = any('"', '\'', '`');
            Charset charset = CHARSETS.get(random.nextInt(CHARSETS.size()));
            boolean mark = charset != WINDOWS && (charset != StandardCharsets.UTF_8 || random.nextBoolean());
            boolean header = random.nextBoolean();
            String lineEnd = any("\n", "\r\n", "\r");
            boolean lastLineEnds = random.nextBoolean();

            List<String> columns = columns();
            List<List<String>> cells = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                cells.add(cells(columns.size(), charset));
            }
            Map<String, Set<String>> person = Map.of(
                    columns.get(0), Set.of(any(KEYS), any(KEYS) + "x"),
                    columns.get(columns.size() - 1), Set.of(any(KEYS)));

            StringBuilder text = new StringBuilder(mark ? "\uFEFF" : "");
            List<List<String>> records = new ArrayList<>(header ? List.of(columns) : List.of());
            records.addAll(cells);
            for (int i = 0; i < records.size(); i++) {
                text.append(i == 0 ? "" : lineEnd).append(record(records.get(i), delimiter, quote));
            }
            text.append(lastLineEnds && !records.isEmpty() ? lineEnd : "");
            if (!mark && text.indexOf("\uFEFF") == 0) {
                continue; // a value that looks like a mark is one
            }
            byte[] file = text.toString().getBytes(charset);

            List<Map<String, Object>> expected = new ArrayList<>();
            for (List<String> row : cells) {
                if (person.getOrDefault(columns.get(0), Set.of()).contains(String.valueOf(row.get(0)))
                        || person.get(columns.get(columns.size() - 1))
                                .contains(String.valueOf(row.get(columns.size() - 1)))) {
                    Map<String, Object> columnsOfRow = new LinkedHashMap<>();
                    for (int i = 0; i < columns.size(); i++) {
                        columnsOfRow.put(columns.get(i), row.get(i));
                    }
                    expected.add(columnsOfRow);
                }
            }

            CsvLayout layout = new CsvLayout(
                    delimiter,
                    quote,
                    mark || charset == StandardCharsets.UTF_8 ? null : charset,
                    header ? List.of() : columns);
            RowFormat format = RowFormat.csv(layout, Set.of());
            if (random.nextInt(4) == 0) {
                format = format.gzipped();
                file = gzip(file);
            }
            Found found = Found.in(format, person, file, random);
            assertThat(found.problem()).as("%s", text).isNull();
            assertThat(found.rows()).as("%s", text).isEqualTo(expected);
            assertThat(found.searched()).isEqualTo(new Searched(file.length, cells.size(), expected.size()));
            rows += expected.size();
        }
        assertThat(rows).isGreaterThan(TABLES / 4);
    }

    private List<String> columns() {
        List<String> columns = new ArrayList<>(List.of("id", "na,me", "no\"te", "lo\nng", "user.id"));
        return columns.subList(0, 2 + random.nextInt(4));
    }

    private List<String> cells(int count, Charset charset) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean matched = i == 0 || i == count - 1;
            cells.add(
                    random.nextInt(6) < (matched ? 4 : 1) ? any(KEYS) : random.nextInt(6) == 0 ? null : text(charset));
        }
        return cells;
    }

    private String text(Charset charset) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(charset != WINDOWS && random.nextInt(3) == 0 ? any(WIDE_PIECES) : any(PIECES));
        }
        return text.toString();
    }

    /** A cell is quoted if it must be, or just so. */
    private String record(List<String> cells, char delimiter, char quote) {
        StringBuilder record = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            record.append(i == 0 ? "" : String.valueOf(delimiter));
            if (cell != null) {
                boolean must = cell.isEmpty()
                        || cell.chars().anyMatch(c -> c == delimiter || c == quote || c == '\n' || c == '\r');
                record.append(
                        must || random.nextInt(4) == 0
                                ? quote + cell.replace("" + quote, "" + quote + quote) + quote
                                : cell);
            }
        }
        return record.toString();
    }

    private static byte[] gzip(byte[] file) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(file);
        }
        return packed.toByteArray();
    }

    private char any(char... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
