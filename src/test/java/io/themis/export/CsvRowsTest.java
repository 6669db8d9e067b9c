package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.Part;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CsvRowsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> COLUMNS = List.of("a", "\"", "=x", "\"\"\"\"", "é");
    private static final String ALPHABET = "\"\"\"=-,\r\n\t\\aé\u0001\uD83D\uDE00";

    private final Random random = new Random(11);

    @Test
    void theCsvIsNeverLongerThanForetold() throws Exception {
        long longest = 0;
        for (int round = 0; round < 500; round++) {
            StagedParts parts = new StagedParts();
            String[] rows = new String[1 + random.nextInt(3)];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = row();
            }
            Part part = parts.stage(null, COLUMNS, rows);
            DataFile file = new DataFile(null, 1, 1, "data/x", List.of(part));
            CsvRows csv = new CsvRows(file, parts);
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            csv.writeTo(out);

            assertThat((long) out.size()).as(String.join("\n", rows)).isLessThanOrEqualTo(file.csvAtMost());
            longest = Math.max(longest, out.size() - part.bytes());
        }
        assertThat(longest).as("some CSV is longer than its JSON Lines").isPositive();
    }

    private String row() throws Exception {
        Map<String, Object> row = new LinkedHashMap<>();
        for (String column : COLUMNS) {
            switch (random.nextInt(4)) {
                case 0 -> row.put(column, text());
                case 1 -> row.put(column, List.of(text(), Map.of(text(), "\"".repeat(random.nextInt(9)))));
                case 2 -> row.put(column, null);
                default -> {
                    // a row without this column
                }
            }
        }
        return JSON.writeValueAsString(row);
    }

    private String text() {
        List<String> characters = new ArrayList<>();
        for (int length = random.nextInt(6); length > 0; length--) {
            int at = random.nextInt(ALPHABET.length());
            characters.add(
                    ALPHABET.codePointAt(at) > 0xFFFF
                            ? ALPHABET.substring(at, at + 2)
                            : ALPHABET.substring(at, at + 1));
        }
        return String.join("", characters);
    }
}
