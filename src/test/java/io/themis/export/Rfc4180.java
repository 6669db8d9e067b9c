package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads CSV by the letter of RFC 4180, after a byte order mark; shares nothing with the library that writes it. */
public final class Rfc4180 {

    private Rfc4180() {}

    public static List<List<String>> read(byte[] csv) {
        String text = new String(csv, StandardCharsets.UTF_8);
        assertThat(text).startsWith("\uFEFF").endsWith("\r\n");
        List<List<String>> records = new ArrayList<>();
        List<String> record = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                assertThat(quoted || cell.isEmpty())
                        .as("quote within a bare cell")
                        .isTrue();
                quoted = !quoted;
            } else if (quoted || c != ',' && c != '\r') {
                cell.append(c);
            } else {
                record.add(cell.toString());
                cell.setLength(0);
                if (c == '\r') {
                    assertThat(text.charAt(++i)).isEqualTo('\n');
                    records.add(record);
                    record = new ArrayList<>();
                }
            }
        }
        assertThat(quoted).as("open quote").isFalse();
        return records;
    }
}
