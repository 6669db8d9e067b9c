package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
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

/** Random rows, written by a few lines of this class, and a random person: the rows found are that person's, value by value. */
class JsonlFormatFuzzTest {

    private static final int TABLES = 2_000;
    private static final List<Charset> CHARSETS =
            List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE);
    private static final String[] PIECES = {
        "a",
        "42",
        "{\"id\":42}",
        " ",
        ",",
        "\"",
        "\\",
        "/",
        "\n",
        "\r",
        "\t",
        "\b",
        "\f",
        "\u0000",
        "é",
        "ж",
        "日本",
        "😀",
        "\u2028",
        "\uFEFF",
        "}",
        "]",
        ":"
    };
    private static final String[] NAMES = {"a", "b", "user", "id", "user.id", "first name", "é", "\"", "", "\n", "😀"};

    private final Random random = new Random(20_260_103);

    /** A key as it may stand in a file, and the text that it is. */
    private record Key(Object value, String json, String text) {}

    private static final List<Key> KEYS = List.of(
            new Key(42L, "42", "42"),
            new Key("42", "\"42\"", "42"),
            new Key(new BigDecimal("42.0"), "42.0", "42"),
            new Key(new BigDecimal("4.2E1"), "4.2e1", "42"),
            new Key("42.0", "\"42.0\"", "42.0"),
            new Key(420L, "420", "420"),
            new Key(new BigDecimal("4.2"), "4.20".substring(0, 3), "4.2"),
            new Key(new BigDecimal("4.20"), "4.20", "4.2"),
            new Key(-42L, "-42", "-42"),
            new Key(new BigInteger("12345678901234567890123"), "12345678901234567890123", "12345678901234567890123"),
            new Key("a\"é\n😀", "\"a\\\"\\u00e9\\n\\ud83d\\uDE00\"", "a\"é\n😀"),
            new Key(null, "null", null));

    @Test
    void findsThePersonsRowsHoweverTheyAreWrittenAndCut() throws IOException {
        int rows = 0;
        for (int table = 0; table < TABLES; table++) {
            boolean nested = random.nextBoolean();
            Set<String> person =
                    Set.of(any("42", "420", "4.2", "42.0"), any("-42", "12345678901234567890123", "a\"é\n😀"));
            Charset charset = CHARSETS.get(random.nextInt(CHARSETS.size()));
            boolean mark = charset != StandardCharsets.UTF_8 || random.nextBoolean();

            List<Map<String, Object>> expected = new ArrayList<>();
            StringBuilder text = new StringBuilder(mark ? "\uFEFF" : "");
            int count = random.nextInt(8);
            for (int i = 0; i < count; i++) {
                Key key = KEYS.get(random.nextInt(KEYS.size()));
                Map<String, Object> row = new LinkedHashMap<>();
                String json = row(nested, key, row);
                if (key.text() != null && person.contains(key.text())) {
                    expected.add(row);
                }
                text.append(json).append(i < count - 1 || random.nextBoolean() ? any("\n", "\r\n", "\n\n", " \n") : "");
            }
            byte[] file = text.toString().getBytes(charset);

            RowFormat format = RowFormat.jsonl(Set.of());
            if (random.nextInt(4) == 0) {
                format = format.gzipped();
                file = gzip(file);
            }
            Found found = Found.in(format, Map.of(nested ? "k\\.e.y" : "key", person), file, random);
            assertThat(found.problem()).as("%s", text).isNull();
            assertThat(found.rows()).as("%s", text).isEqualTo(expected);
            assertThat(found.searched()).isEqualTo(new Searched(file.length, count, expected.size()));
            rows += expected.size();
        }
        assertThat(rows).isGreaterThan(TABLES / 2);
    }

    private String row(boolean nested, Key key, Map<String, Object> row) {
        List<String> members = new ArrayList<>();
        int place = random.nextInt(4);
        for (int i = 0; i < 4; i++) {
            if (i == place) {
                row.put(nested ? "k.e" : "key", nested ? mapOf("y", key.value()) : key.value());
                members.add(nested ? "\"k.e\":{ \"y\" :" + key.json() + "}" : "\"key\":" + key.json());
            } else {
                String name = any(NAMES);
                if (!row.containsKey(name)) {
                    members.add(string(name) + space() + ":" + value(3, value -> row.put(name, value)));
                }
            }
        }
        return "{" + space() + String.join(space() + "," + space(), members) + space() + "}";
    }

    private static Map<String, Object> mapOf(String name, Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(name, value);
        return map;
    }

    /** Gives the JSON, and what it means to the taker. */
    private String value(int depth, java.util.function.Consumer<Object> taker) {
        switch (random.nextInt(depth > 0 ? 9 : 7)) {
            case 0 -> {
                taker.accept(null);
                return "null";
            }
            case 1 -> {
                boolean bool = random.nextBoolean();
                taker.accept(bool);
                return String.valueOf(bool);
            }
            case 2 -> {
                long number = random.nextBoolean() ? random.nextInt(100) - 50 : random.nextLong();
                taker.accept(number);
                return String.valueOf(number);
            }
            case 3 -> {
                String digits =
                        (random.nextBoolean() ? "-" : "") + (1 + random.nextInt(9)) + digits(19 + random.nextInt(40));
                taker.accept(new BigInteger(digits));
                return digits;
            }
            case 4 -> {
                String number =
                        random.nextInt(1000) + "." + digits(1 + random.nextInt(30)) + any("", "", "e5", "E-7", "e+300");
                taker.accept(new BigDecimal(number));
                return number;
            }
            case 7 -> {
                List<Object> items = new ArrayList<>();
                List<String> json = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    json.add(value(depth - 1, items::add));
                }
                taker.accept(items);
                return "[" + String.join(",", json) + space() + "]";
            }
            case 8 -> {
                Map<String, Object> members = new LinkedHashMap<>();
                List<String> json = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    String name = any(NAMES);
                    if (!members.containsKey(name)) {
                        json.add(string(name) + ":" + value(depth - 1, value -> members.put(name, value)));
                    }
                }
                taker.accept(members);
                return "{" + String.join(",", json) + "}";
            }
            default -> {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(5); i > 0; i--) {
                    text.append(any(PIECES));
                }
                taker.accept(text.toString());
                return string(text.toString());
            }
        }
    }

    private String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            boolean must = c < ' ' || c == '"' || c == '\\';
            // A surrogate pair is either two references or none
            json.append(
                    must || !Character.isSurrogate(c) && random.nextInt(8) == 0
                            ? String.format("\\u%04x", (int) c)
                            : c);
        }
        return json.append('"').toString();
    }

    private String digits(int count) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < count; i++) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    private String space() {
        return random.nextInt(4) > 0 ? "" : any(" ", "\t", "  ");
    }

    private static byte[] gzip(byte[] file) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(file);
        }
        return packed.toByteArray();
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
