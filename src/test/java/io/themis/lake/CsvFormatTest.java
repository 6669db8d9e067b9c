package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFormatTest {

    private static final Charset WINDOWS = Charset.forName("windows-1252");

    private CsvLayout layout = CsvLayout.PLAIN;

    @Test
    void aRowHasEveryColumnInTheOrderOfTheHeader() throws IOException {
        Found found = search("id,name,note\n42,Zoë,x\n7,Ann,y\n42,Zoë,z\n");

        assertThat(found.rows())
                .containsExactly(
                        row("id", "42", "name", "Zoë", "note", "x"), row("id", "42", "name", "Zoë", "note", "z"));
        assertThat(found.rows().get(0).keySet()).containsExactly("id", "name", "note");
        assertThat(found.searched().rows()).isEqualTo(3);
        assertThat(found.searched().matched()).isEqualTo(2);
        assertThat(found.searched().bytes())
                .isEqualTo("id,name,note\n42,Zoë,x\n7,Ann,y\n42,Zoë,z\n".getBytes(UTF_8).length);
    }

    @Test
    void quotesLineBreaksAndSeparatorsBelongToTheirValue() throws IOException {
        assertThat(search("id,note\r\n42,\"a \"\"quoted\"\" word\"\r\n42,\"two\r\nlines\n\"\r\n42,\"a,b;c\"\r\n")
                        .rows())
                .extracting(row -> row.get("note"))
                .containsExactly("a \"quoted\" word", "two\r\nlines\n", "a,b;c");
    }

    @Test
    void aQuotedKeyIsTheKey() throws IOException {
        assertThat(search("\"id\",note\n\"42\",a\n\"4\"\"2\",b\n").rows())
                .containsExactly(row("id", "42", "note", "a"));
    }

    @Test
    void anotherRowIsNobodysKey() throws IOException {
        assertThat(search("id,note\n420,a\n142,b\n\"42 \",c\n 42,d\n042,e\n42.0,f\n,g\n\"\",h\n"
                                + "7,42\n7,\"x\n42,y\"\n7,\"id,42\"\n")
                        .rows())
                .isEmpty();
    }

    @Test
    void aCellWithNothingInItIsNullAndAQuotedOneIsEmpty() throws IOException {
        assertThat(search("id,a,b,c\n42,,\"\", \n").rows())
                .containsExactly(row("id", "42", "a", null, "b", "", "c", " "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id,n\n42,1", "id,n\r42,1\r", "id,n\r\n42,1\r\n", "\n\nid,n\n\n42,1\n\n", "id,n\n42,\"1\""})
    void theLastLineNeedsNoEndAndEmptyLinesAreNoRecords(String file) throws IOException {
        assertThat(search(file).rows()).containsExactly(row("id", "42", "n", "1"));
        assertThat(search(file).problem()).isNull();
    }

    @Test
    void aLineThatWasCutOutIsReadByTheNamesInTheHead() throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        CutRows lines = cutRows("id,note\r", rows).orElseThrow();

        assertThat(lines.read("42,\"a \"\"b\"\"\"\r".getBytes(UTF_8))).isTrue();
        assertThat(lines.read("420,42".getBytes(UTF_8))).as("somebody else's").isTrue();
        for (String noRow : List.of("42", "42,a,b", "42,\"a", "42,a\"b", "", "\r", "42,a\n42,b")) {
            assertThat(lines.read(noRow.getBytes(UTF_8))).as(noRow).isFalse();
        }
        assertThat(lines.read(new byte[] {'4', '2', ',', (byte) 0xE9}))
                .as("not UTF-8")
                .isFalse();
        assertThat(lines.read("42,c".getBytes(UTF_8))).isTrue();
        assertThat(rows).containsExactly(row("id", "42", "note", "a \"b\""), row("id", "42", "note", "c"));
    }

    @Test
    void namesInAHeadAreThoseThatRowsHave() {
        RowFormat csv = RowFormat.csv(layout, Set.of());
        assertThat(csv.columns("id,mail,\"mail\",\r".getBytes(UTF_8))).contains(List.of("id", "mail", "mail (2)", ""));
        assertThat(csv.columns(new byte[0])).isEmpty();
        assertThat(csv.columns("\r".getBytes(UTF_8))).isEmpty();
    }

    @Test
    void linesUnderAHeadWithoutTheKeyAreNotRead() throws IOException {
        assertThat(cutRows("name,note", new ArrayList<>())).isEmpty();
        assertThat(cutRows("", new ArrayList<>())).isEmpty();
        layout = new CsvLayout(',', '"', WINDOWS, List.of());
        assertThat(cutRows("id,note", new ArrayList<>())).isEmpty();
    }

    private Optional<CutRows> cutRows(String head, List<Map<String, Object>> rows) {
        return RowFormat.csv(layout, Set.of())
                .cutRows(head.getBytes(UTF_8), ExactMatch.of(Map.of("id", Set.of("42"))), rows::add);
    }

    @Test
    void theMapSaysDelimiterAndQuote() throws IOException {
        layout = new CsvLayout(';', '\'', null, List.of());
        assertThat(search("id;note\n'42';'it''s; \"so\", '\n").rows())
                .containsExactly(row("id", "42", "note", "it's; \"so\", "));

        layout = new CsvLayout('\t', '"', null, List.of());
        assertThat(search("id\tnote\n42\ta,b\n").rows()).containsExactly(row("id", "42", "note", "a,b"));
    }

    @Test
    void theMapNamesTheColumnsOfAFileWithoutHeader() throws IOException {
        layout = new CsvLayout(',', '"', null, List.of("id", "note"));

        assertThat(search("42,a\n7,b\n").rows()).containsExactly(row("id", "42", "note", "a"));
        assertThat(search("").problem()).isNull();
        assertThat(search("id\n").problem()).contains("line 1 has 1 cells, and there are 2 columns");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheHeader() throws IOException {
        String text = "\uFEFFid,note\n42,Zoë 😀\n";

        for (Charset charset : List.of(UTF_8, UTF_16LE, UTF_16BE)) {
            assertThat(search(text.getBytes(charset)).rows())
                    .as(charset.name())
                    .containsExactly(row("id", "42", "note", "Zoë 😀"));
        }
    }

    /** Its first four bytes are also the mark of UTF-32. */
    @Test
    void aNulAfterTheMarkIsText() throws IOException {
        layout = new CsvLayout(',', '"', null, List.of("note", "id"));

        assertThat(search("\uFEFF\u0000a,42\n".getBytes(UTF_16LE)).rows())
                .containsExactly(row("note", "\u0000a", "id", "42"));
    }

    @Test
    void theMapNamesTheEncoding() throws IOException {
        layout = new CsvLayout(',', '"', WINDOWS, List.of());
        assertThat(search("id,note\n42,Zoë €\n".getBytes(WINDOWS)).rows())
                .containsExactly(row("id", "42", "note", "Zoë €"));

        layout = new CsvLayout(',', '"', UTF_16LE, List.of());
        assertThat(search("id,note\n42,Zoë\n".getBytes(UTF_16LE)).rows())
                .containsExactly(row("id", "42", "note", "Zoë"));

        layout = new CsvLayout(',', '"', Charset.forName("UTF-16"), List.of());
        assertThat(search("\uFEFFid,note\n42,Zoë\n".getBytes(UTF_16LE)).rows())
                .containsExactly(row("id", "42", "note", "Zoë"));
    }

    @Test
    void aMarkThatContradictsTheMapIsNotGuessedAt() throws IOException {
        layout = new CsvLayout(',', '"', WINDOWS, List.of());

        assertThat(search("\uFEFFid,note\n42,a\n".getBytes(UTF_8)).problem())
                .contains("encoded in UTF-8, as its byte order mark says, not in windows-1252");
    }

    @Test
    void bytesThatAreNotOfTheEncodingEndTheReadingAfterTheRowsBefore() throws IOException {
        Found found = search("id,note\n42,a\n42,ë\n".getBytes(WINDOWS));
        assertThat(found.rows()).containsExactly(row("id", "42", "note", "a"));
        assertThat(found.problem()).isEqualTo("the file is not valid UTF-8, after row 1");

        assertThat(search(Arrays.copyOf("id\n42\në".getBytes(UTF_8), 7)).problem())
                .contains("not valid UTF-8");
        byte[] half = Arrays.copyOf("\uFEFFid\n42\n".getBytes(UTF_16LE), 15);
        assertThat(search(half).problem()).contains("not valid UTF-16LE");

        layout = new CsvLayout(',', '"', WINDOWS, List.of());
        assertThat(search(new byte[] {'i', 'd', '\n', (byte) 0x81, '\n'}).problem())
                .contains("not valid windows-1252");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "id,n\\n42,1\\n42\\n42,2 | the record at line 3 has 1 cells, and there are 2 columns, after row 1",
                "id,n\\n42,1\\n42,2,3\\n42,2 | the record at line 3 has 3 cells, and there are 2 columns, after row 1",
                "id,n\\n42,1\\n42,\"a\"b\\n | the record at line 3 has a broken quote, after row 1",
                "id,n\\n42,1\\n42,a\"b\\n | the record at line 3 has a broken quote, after row 1",
                "id,n\\n42,1\\n42, \"a\"\\n | the record at line 3 has a broken quote, after row 1",
                "id,n\\n42,1\\n42,\"a\\n42,3\\n | the record at line 3 has a broken quote, after row 1"
            })
    void aRecordThatIsNotWhatTheHeaderSaysEndsTheReading(String file, String problem) throws IOException {
        Found found = search(file.replace("\\n", "\n"));

        assertThat(found.problem()).isEqualTo(problem);
        assertThat(found.rows()).containsExactly(row("id", "42", "n", "1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | the file is empty: it has no header, before the first row",
                "Id,n\\n42,1\\n | the header does not have the column \"id\", before the first row",
                "id,n,id\\n42,1,7\\n | the header has the column \"id\" twice, before the first row"
            })
    void withoutTheColumnToMatchNothingCanBeFound(String file, String problem) throws IOException {
        Found found = search(file.replace("\\n", "\n"));

        assertThat(found.problem()).isEqualTo(problem);
        assertThat(found.rows()).isEmpty();
    }

    @Test
    void aColumnThatKeysAreReadFromMustBeThereToo() throws IOException {
        assertThat(search("id,n\n42,1\n", "account").problem()).contains("does not have the column \"account\"");
    }

    @Test
    void aColumnThatIsHiddenMustNotBeThereTwice() throws IOException {
        Found found = search("id,editor,editor\n42,Ben,Cem\n", "editor");

        assertThat(found.problem()).contains("the header has the column \"editor\" twice");
        assertThat(found.rows()).isEmpty();
    }

    @Test
    void otherColumnsOfTheSameNameAreKeptApart() throws IOException {
        assertThat(search("id,n,n,n (2),,\n42,1,2,3,4,5\n").rows())
                .containsExactly(row("id", "42", "n", "1", "n (2)", "2", "n (2) (2)", "3", "", "4", " (2)", "5"));
    }

    @Test
    void memoryThatEndsIsNoFaultOfTheFile() {
        InputStream full = new InputStream() {
            @Override
            public int read() {
                throw new OutOfMemoryError("of the test");
            }
        };

        assertThatThrownBy(() -> RowFormat.csv(layout, Set.of())
                        .read(full, new PersonRows(ExactMatch.of(Map.of("id", Set.of("42"))), row -> {})))
                .isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aQuoteThatIsNeverClosedDoesNotFillTheMemory() throws IOException {
        String start = "id,n\n42,1\n42,\"";

        Found found = search(start + "x".repeat(17 << 20));

        assertThat(found.problem()).isEqualTo("a record is longer than 16 Mi characters, after row 1");
        assertThat(search("id\n" + ",".repeat(17 << 20)).problem()).contains("longer than 16 Mi characters");
        assertThat(search(start + "x".repeat(15 << 20) + "\"\n").rows()).hasSize(2);
    }

    /** @param further columns that must be there */
    private Found search(String file, String... further) throws IOException {
        return search(file.getBytes(UTF_8), further);
    }

    /** However the file is cut, the same is found. */
    private Found search(byte[] file, String... further) throws IOException {
        RowFormat format = RowFormat.csv(layout, Set.of(further));
        Found whole = Found.in(format, Map.of("id", Set.of("42", "43")), file, Math.max(1, file.length));
        if (file.length < 1000) {
            assertThat(Found.in(format, Map.of("id", Set.of("42", "43")), file, 1))
                    .isEqualTo(whole);
        }
        return whole;
    }

    private static Map<String, Object> row(Object... columns) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put((String) columns[i], columns[i + 1]);
        }
        return row;
    }
}
