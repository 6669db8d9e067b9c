package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonlFormatTest {

    private static final Map<String, Set<String>> PERSON = Map.of("id", Set.of("42"));

    private Map<String, Set<String>> match = PERSON;

    @Test
    void everyValueIsKeptAsItIsWritten() throws IOException {
        Found found = search("""
                {"id":42,"big":123456789012345678901234567890,"long":9223372036854775807,"price":1.10,"e":1.5E+2,"t":true,\
                "n":null,"s":"Zo\\u00eb \\ud83d\\ude00 \\"q\\" \\n","a":[1,"2",[],{"x":0.0}],"o":{"p":{"q":false}}}
                """);

        assertThat(found.problem()).isNull();
        Map<String, Object> row = found.rows().get(0);
        assertThat(row.keySet()).containsExactly("id", "big", "long", "price", "e", "t", "n", "s", "a", "o");
        assertThat(row)
                .containsEntry("id", 42L)
                .containsEntry("big", new BigInteger("123456789012345678901234567890"))
                .containsEntry("long", Long.MAX_VALUE)
                .containsEntry("price", new BigDecimal("1.10"))
                .containsEntry("e", new BigDecimal("1.5E+2"))
                .containsEntry("t", true)
                .containsEntry("n", null)
                .containsEntry("s", "Zoë 😀 \"q\" \n")
                .containsEntry("a", List.of(1L, "2", List.of(), Map.of("x", new BigDecimal("0.0"))))
                .containsEntry("o", Map.of("p", Map.of("q", false)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "\"42\"", "42.0", "42.00", "4.2e1", "4200E-2", "\"4\\u0032\""})
    void aKeyIsTheSameAsANumberAndAsAText(String key) throws IOException {
        assertThat(search("{\"id\":" + key + "}").rows()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":420}",
                "{\"id\":4.2}",
                "{\"id\":-42}",
                "{\"id\":\"42.0\"}",
                "{\"id\":\"042\"}",
                "{\"id\":\"42 \"}",
                "{\"id\":\"\"}",
                "{\"id\":null}",
                "{}",
                "{\"Id\":42}",
                "{\"id\":7,\"note\":\"{\\\"id\\\":42}\"}",
                "{\"user\":{\"id\":42}}",
                "{\"id\":7,\"friends\":[42,{\"id\":42}]}"
            })
    void anotherRowIsNobodysKey(String line) throws IOException {
        Found found = search(line);

        assertThat(found.problem()).isNull();
        assertThat(found.rows()).isEmpty();
        assertThat(found.searched().rows()).isEqualTo(1);
    }

    @Test
    void aPathLeadsThroughObjects() throws IOException {
        match = Map.of("user.id", Set.of("42"), "first\\.name.id", Set.of("43"));

        Found found = search("""
                {"user":{"id":42}}
                {"user":{"id":7},"user.id":42}
                {"user":null}
                {"first.name":{"id":"43"}}
                {"first":{"name":{"id":43}}}
                """);

        assertThat(found.problem()).isNull();
        assertThat(found.rows())
                .containsExactly(Map.of("user", Map.of("id", 42L)), Map.of("first.name", Map.of("id", "43")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"user\":[{\"id\":42}]} | line 2 has no object at \"user\", where the path user.id leads through",
                "{\"user\":42} | line 2 has no object at \"user\", where the path user.id leads through",
                "{\"user\":{\"id\":[42]}} | line 2 holds something else than a key in user.id",
                "{\"user\":{\"id\":{\"x\":42}}} | line 2 holds something else than a key in user.id",
                "{\"user\":{\"id\":true}} | line 2 holds something else than a key in user.id",
                "{\"user\":{\"id\":1E+1000000000}} | line 2 holds something else than a key in user.id"
            })
    void whereAKeyCanNotBeToldNothingIsGuessed(String line, String problem) throws IOException {
        match = Map.of("user.id", Set.of("42"));

        Found found = search("{\"user\":{\"id\":42}}\n" + line + "\n");

        assertThat(found.rows()).hasSize(1);
        assertThat(found.problem()).isEqualTo(problem + ", after row 2");
    }

    @Test
    void aKeyToReadIsHeldAgainstTheSameRule() throws IOException {
        RowFormat format = RowFormat.jsonl(Set.of("account.id"));

        assertThat(Found.in(format, PERSON, "{\"id\":42,\"account\":{\"id\":1}}".getBytes(UTF_8), 1)
                        .rows())
                .hasSize(1);
        assertThat(Found.in(format, PERSON, "{\"id\":42}".getBytes(UTF_8), 1).rows())
                .hasSize(1);
        assertThat(Found.in(format, PERSON, "{\"id\":42,\"account\":{\"id\":[1]}}".getBytes(UTF_8), 1)
                        .problem())
                .contains("line 1 holds something else than a key in account.id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":42}",
                "{\"id\":42}\n",
                "\n \n{\"id\":42}\r\n\r\n",
                "  {\"id\" : 42 }\t\n",
                "\n\n{\"id\":42}\n "
            })
    void theLastLineNeedsNoEndAndEmptyLinesAreNoRows(String file) throws IOException {
        Found found = search(file);

        assertThat(found.problem()).isNull();
        assertThat(found.rows()).containsExactly(Map.of("id", 42L));
        assertThat(found.searched().rows()).isEqualTo(1);
    }

    @Test
    void anEmptyFileHasNoRows() throws IOException {
        assertThat(search("").searched()).isEqualTo(new Searched(0, 0, 0));
    }

    @Test
    void aByteOrderMarkTellsTheEncoding() throws IOException {
        String text = "\uFEFF{\"id\":42,\"s\":\"Zoë 😀\"}\n";

        for (var charset : List.of(UTF_8, UTF_16LE, UTF_16BE)) {
            assertThat(search(text.getBytes(charset)).rows())
                    .as(charset.name())
                    .containsExactly(Map.of("id", 42L, "s", "Zoë 😀"));
        }
        assertThat(search("{\"id\":42}\n".getBytes(UTF_16LE)).problem()).contains("line 1 is not JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":42 | is not JSON",
                "{\"id\":\"a | is not JSON",
                "{'id':42} | is not JSON",
                "{\"id\":042} | is not JSON",
                "{\"id\":NaN} | is not JSON",
                "{\"id\":42,} | is not JSON",
                "{\"id\":42}} | is not JSON",
                "id,name | is not JSON",
                "{\"id\":42}{\"id\":42} | is more than one JSON object",
                "[{\"id\":42}] | is not a JSON object",
                "null | is not a JSON object",
                "42 | is not a JSON object",
                "{\"id\":7,\"id\":42} | has the same name twice in one object",
                "{\"id\":7,\"o\":{\"a\":1,\"\\u0061\":2}} | has the same name twice in one object"
            })
    void aLineThatIsNotOneObjectEndsTheReading(String line, String problem) throws IOException {
        Found found = search("{\"id\":42}\n\n" + line + "\n{\"id\":42}\n");

        assertThat(found.rows()).hasSize(1);
        assertThat(found.problem()).isEqualTo("line 3 %s, after row 1".formatted(problem));
    }

    @Test
    void bytesThatAreNotOfTheEncodingEndTheReadingAfterTheRowsBefore() throws IOException {
        Found found = search("{\"id\":42}\n{\"id\":\"ë\"}\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(found.rows()).hasSize(1);
        assertThat(found.problem()).isEqualTo("the file is not valid UTF-8, after row 1");

        assertThat(search(Arrays.copyOf("{\"id\":42}\né".getBytes(UTF_8), 11)).problem())
                .contains("not valid UTF-8");
    }

    @Test
    void aLineThatNeverEndsDoesNotFillTheMemory() throws IOException {
        Found found = search("{\"id\":42}\n{\"id\":42,\"s\":\"" + "x".repeat(17 << 20));
        assertThat(found.rows()).hasSize(1);
        assertThat(found.problem()).isEqualTo("line 2 is longer than 16 Mi characters, after row 1");

        assertThat(search("{\"id\":42,\"s\":\"" + "x".repeat(15 << 20) + "\"}\n{\"id\":42}")
                        .rows())
                .hasSize(2);
        assertThat(search("{\"a\":" + "[".repeat(1 << 20)).problem()).contains("is not JSON");
        assertThat(search("{\"a\":" + "9".repeat(1 << 20) + "}").problem()).contains("is not JSON");
    }

    private Found search(String file) throws IOException {
        return search(file.getBytes(UTF_8));
    }

    /** However the file is cut, the same is found. */
    private Found search(byte[] file) throws IOException {
        Found whole = Found.in(RowFormat.jsonl(Set.of()), match, file, Math.max(1, file.length));
        if (file.length < 1000) {
            assertThat(Found.in(RowFormat.jsonl(Set.of()), match, file, 1)).isEqualTo(whole);
        }
        return whole;
    }
}
