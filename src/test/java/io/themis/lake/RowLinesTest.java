package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import microsoft.sql.DateTimeOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowLinesTest {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void eachRowIsOneLineEndedByLineFeed() throws IOException {
        try (RowLines lines = new RowLines(out)) {
            lines.write(Map.of("Id", "1"));
            lines.write(Map.of("Text", "two\nlines\r\n"));
            lines.write(Map.of());
        }

        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"Id\":\"1\"}\n{\"Text\":\"two\\nlines\\r\\n\"}\n{}\n");
    }

    @Test
    void countsRowsAndBytesAndKeepsColumnsInOrderOfFirstAppearance() throws IOException {
        try (RowLines lines = new RowLines(out)) {
            lines.write(row("Id", "1", "Name", "Zoë"));
            assertThat(lines.bytes())
                    .isEqualTo("{\"Id\":\"1\",\"Name\":\"Zoë\"}\n".getBytes(StandardCharsets.UTF_8).length);
            lines.write(row("Age", null, "Id", "2"));

            assertThat(lines.rows()).isEqualTo(2);
            assertThat(lines.bytes()).isEqualTo(out.size());
            assertThat(lines.columns()).containsExactly("Id", "Name", "Age");
        }
    }

    @Test
    void columnsStandInTheOrderOfTheRow() throws IOException {
        assertThat(write(row("Z", "1", "A", "2", "M", "3"))).isEqualTo("{\"Z\":\"1\",\"A\":\"2\",\"M\":\"3\"}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 42 ",
                "\"quoted\" \\ / back",
                "\u0000\u0001\u001f\u007f\u0085\u2028\u2029\uFEFF",
                "tab\there\nthere\r",
                "Zoë жук € 日本語",
                "😀 👨‍👩‍👧 𝄞",
                "half \uD83D pair",
                "half \uDE00\uD83D",
                "\uD83D"
            })
    void textComesBackAsStored(String text) throws IOException {
        String line = write(row("Text", text, text, "as a name too"));

        assertThat(JSON.readTree(line).get("Text").textValue()).isEqualTo(text);
        assertThat(JSON.readTree(line).get(text).textValue()).isEqualTo("as a name too");
    }

    @Test
    void emojiStandInTheFileAsTheyAre() throws IOException {
        assertThat(write(row("Text", "😀"))).isEqualTo("{\"Text\":\"😀\"}\n");
    }

    @Test
    void longTextOfAnyCharactersComesBackAsStored() throws IOException {
        Random random = new Random(1);
        char[] chars = new char[300_000];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000);
        }
        String text = new String(chars);

        assertThat(JSON.readTree(write(row("Text", text))).get("Text").textValue())
                .isEqualTo(text);
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                Arguments.of(42, "42"),
                Arguments.of(Long.MIN_VALUE, "-9223372036854775808"),
                Arguments.of((short) -1, "-1"),
                Arguments.of((byte) 7, "7"),
                Arguments.of(new BigInteger("123456789012345678901234567890"), "123456789012345678901234567890"),
                Arguments.of(new BigDecimal("1.10"), "1.10"),
                Arguments.of(new BigDecimal("0E-10"), "0.0000000000"),
                Arguments.of(new BigDecimal("1E+3"), "1000"),
                Arguments.of(new BigDecimal("1E-20"), "0.00000000000000000001"),
                Arguments.of(new BigDecimal("12345678901234567890.1234567890"), "12345678901234567890.1234567890"),
                Arguments.of(new BigDecimal("1E+1000000000"), "1E+1000000000"),
                Arguments.of(0.1, "0.1"),
                Arguments.of(-0.0, "-0.0"),
                Arguments.of(0.1f, "0.1"),
                Arguments.of(Double.MIN_VALUE, "4.9E-324"),
                Arguments.of(true, "true"),
                Arguments.of(Double.NaN, "\"NaN\""),
                Arguments.of(Float.NEGATIVE_INFINITY, "\"-Infinity\""));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void numbersKeepEveryDigit(Object number, String json) throws IOException {
        assertThat(write(row("N", number))).isEqualTo("{\"N\":" + json + "}\n");
    }

    static Stream<Arguments> times() {
        OffsetDateTime winter = OffsetDateTime.parse("2017-01-27T21:07:34.1234567-03:30");
        return Stream.of(
                Arguments.of(LocalDate.of(2017, 3, 1), "2017-03-01"),
                Arguments.of(LocalTime.of(1, 2, 3), "01:02:03"),
                Arguments.of(LocalDateTime.of(2017, 3, 1, 1, 2, 3, 4), "2017-03-01T01:02:03.000000004"),
                Arguments.of(winter, "2017-01-27T21:07:34.123456700-03:30"),
                Arguments.of(Instant.parse("2017-03-01T01:02:03Z"), "2017-03-01T01:02:03Z"),
                Arguments.of(Timestamp.valueOf("2017-03-01 01:02:03.123456789"), "2017-03-01T01:02:03.123456789"),
                Arguments.of(java.sql.Date.valueOf("2017-03-01"), "2017-03-01"),
                Arguments.of(
                        new Time(LocalDateTime.of(1970, 1, 1, 1, 2, 3, 456_000_000)
                                .atZone(ZoneId.systemDefault())
                                .toInstant()
                                .toEpochMilli()),
                        "01:02:03.456"),
                Arguments.of(new Date(0), "1970-01-01T00:00:00Z"),
                Arguments.of(DateTimeOffset.valueOf(winter), "2017-01-27T21:07:34.123456700-03:30"),
                Arguments.of(
                        DateTimeOffset.valueOf(OffsetDateTime.parse("2017-01-27T21:07:34Z")), "2017-01-27T21:07:34Z"));
    }

    @ParameterizedTest
    @MethodSource("times")
    void timesAreIso8601(Object time, String text) throws IOException {
        assertThat(write(row("T", time))).isEqualTo("{\"T\":\"" + text + "\"}\n");
    }

    @Test
    void otherValuesHaveTheirJsonForm() throws IOException {
        byte[] bytes = {0, -1, 62, 63, -5};
        UUID uuid = UUID.fromString("7f9c24e8-3b12-4fef-91e0-5c1f2d3a4b5c");
        Map<String, Object> nested =
                row("b", bytes, "list", List.of(1, "2", List.of()), "array", new Object[] {null, 3L});

        JsonNode line = JSON.readTree(write(row("nothing", null, "bytes", bytes, "uuid", uuid, "nested", nested)));

        assertThat(line.get("nothing").isNull()).isTrue();
        assertThat(line.get("bytes").textValue()).isEqualTo(Base64.getEncoder().encodeToString(bytes));
        assertThat(line.get("uuid").textValue()).isEqualTo("7f9c24e8-3b12-4fef-91e0-5c1f2d3a4b5c");
        assertThat(line.get("nested").get("b").binaryValue()).isEqualTo(bytes);
        assertThat(line.get("nested").get("list")).isEqualTo(JSON.readTree("[1,\"2\",[]]"));
        assertThat(line.get("nested").get("array")).isEqualTo(JSON.readTree("[null,3]"));
    }

    @Test
    void largeObjectsOfADatabasePassThrough() throws Exception {
        String text = "é😀\n".repeat(50_000);
        byte[] bytes = new byte[100_001];
        new Random(2).nextBytes(bytes);

        try (Connection db = DriverManager.getConnection("jdbc:h2:mem:");
                Statement statement = db.createStatement()) {
            statement.execute("CREATE TABLE t (c CLOB, b BLOB, a INTEGER ARRAY)");
            try (var insert = db.prepareStatement("INSERT INTO t VALUES (?, ?, ARRAY[1, NULL])")) {
                insert.setCharacterStream(1, new StringReader(text));
                insert.setBytes(2, bytes);
                insert.execute();
            }
            try (ResultSet rows = statement.executeQuery("SELECT * FROM t")) {
                rows.next();
                JsonNode line = JSON.readTree(
                        write(row("c", rows.getClob("c"), "b", rows.getBlob("b"), "a", rows.getArray("a"))));

                assertThat(line.get("c").textValue()).isEqualTo(text);
                assertThat(line.get("b").binaryValue()).isEqualTo(bytes);
                assertThat(line.get("a")).isEqualTo(JSON.readTree("[1,null]"));
            }
        }
    }

    @Test
    void whatIsWrittenIsAlwaysUtf8() throws Exception {
        write(row("Text", "😀 half \uD83D pair é"));

        StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(out.toByteArray()));
    }

    static Stream<Object> unknown() {
        return Stream.of(new AtomicLong(1), new int[] {1}, new Object(), List.of(Thread.State.NEW));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void aTypeWithoutAJsonFormIsRefusedAndTheColumnNamed(Object value) throws IOException {
        RowLines lines = new RowLines(out);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> lines.write(row("Odd", value)))
                .withMessageStartingWith("Column Odd holds a ");
    }

    @Test
    void failuresOfTheStreamComeThrough() throws IOException {
        RowLines lines = new RowLines(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("disk full");
            }
        });

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> lines.write(Map.of("Id", "1")))
                .withMessage("disk full");
        assertThat(lines.rows()).isZero();
    }

    private String write(Map<String, ?> row) throws IOException {
        try (RowLines lines = new RowLines(out)) {
            lines.write(row);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(row);
    }
}
