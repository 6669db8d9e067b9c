package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scan finds a key however it is written, and nothing that is not one. */
class RowScanTest {

    private static final RowMatch PERSON = ExactMatch.of(Map.of("Key", Set.of("42")));
    private static final RowFormat JSONL = RowFormat.jsonl(Set.of());
    private static final RowFormat CSV = RowFormat.csv(CsvLayout.PLAIN, Set.of());

    private final List<Map<String, Object>> rows = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<row Key=\"42\" />",
                "<row Key=\"&#52;2\" />",
                "<row Key=\"4&#x32;\" />",
                "<row Key='42' Body=\" x\" />",
                "<row Key = \"42\" />",
                "<row\nKey\t=\n\"42\"/>",
                "<row Body=\"/>\" Key=\"42\" />",
                "<row Body='Key=\"4\"' Key=\"42\" />",
                "<row XKey=\"4\" KeyX=\"4\" Key=\"42\"></row>",
                "<!-- c --><row Key=\"42\" />"
            })
    void anXmlKeyIsFoundHoweverItIsWritten(String row) throws Exception {
        scan(RowFormat.xmlRows(), PERSON, "<rows><row Key=\"4\" />\n" + row + "\n<row Key=\"422\" /></rows>");

        assertThat(rows).singleElement().extracting("Key").isEqualTo("42");
    }

    @Test
    void rowsInAnXmlCommentAreNone() throws Exception {
        scan(
                RowFormat.xmlRows(),
                PERSON,
                "<rows><row Key=\"4\" /><!-- \n<row Key=\"42\" />\n<row Key=\"42\" />\n--><row Key=\"5\" /></rows>");

        assertThat(rows).isEmpty();
    }

    @Test
    void aTabInAnXmlKeyIsASpace() throws Exception {
        scan(RowFormat.xmlRows(), ExactMatch.of(Map.of("Key", Set.of("4 2"))), "<rows><row Key=\"4\t2\" /> </rows>");

        assertThat(rows).hasSize(1);
    }

    @Test
    void aColumnThatIsNoXmlNameIsNowhere() throws Exception {
        scan(RowFormat.xmlRows(), ExactMatch.of(Map.of("<row", Set.of("42"))), "<rows><row Key=\"42\" /></rows>");

        assertThat(rows).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Key\":42}",
                "{\"Key\":\"42\"}",
                "{\"Key\" :\t42.0}",
                "{\"Key\":4.2E1}",
                "{\"Key\":\"\\u0034\\u0032\"}",
                "{\"\\u004Bey\":\"42\"}",
                "{\"K\\u0065y\":42}",
                "{\"a\":{\"Key\":1},\"Key\":42}",
                "{\"a\":\"Key\",\"b\":[\"Key\"],\"c\":\"\\\"Key\\\":1\",\"Key\":42}",
                " \t{\"Key\":42} \r"
            })
    void aJsonKeyIsFoundHoweverItIsWritten(String row) throws Exception {
        scan(JSONL, PERSON, "{\"Key\":4}\n" + row + "\n{\"Key\":null}\n{\"Key\":422}\n");

        assertThat(rows).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"42,x", "\"42\",x", "42,\"x\n4,\"\"x\"", "42,", "\"42\",\"\""})
    void aCsvKeyIsFoundHoweverItIsWritten(String row) throws Exception {
        scan(CSV, PERSON, "Key,Body\r4,\"\n42,x\"\n\n" + row + "\r\n422,\"\"\n");

        assertThat(rows).singleElement().extracting("Key").isEqualTo("42");
    }

    @Test
    void aCsvKeyWithAQuoteIsFound() throws Exception {
        scan(CSV, ExactMatch.of(Map.of("Key", Set.of("4\"2"))), "Key\n\"4\"\"2\"\n4\n");

        assertThat(rows).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":{\"b\":1}", "{\"a\":\"x}", "{\"Key\":4", "[{}]", "{}\n[]\n", "x\n"})
    void jsonLinesThatAreCutOffOrNoObjectsAreUnreadable(String file) {
        assertThatThrownBy(() -> scan(JSONL, PERSON, "{\"Key\":1}\n" + file))
                .isInstanceOf(UnreadableFileException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "<rows><row Key=\"4\" />",
                "<rows><row Key=\"4\" />\n</row",
                "<!DOCTYPE rows><rows></rows>",
                "<?xml version=\"1.0\" encoding=\"UTF-16\"?><rows></rows>",
                "<rows><row Id=\"1\"><a/></row></rows>",
                "<rows><row Id=\"1\" />text</rows>",
                "<rows><row Id=\"\u0001\" /></rows>"
            })
    void xmlThatMayHideRowsIsUnreadable(String file) {
        assertThatThrownBy(() -> scan(RowFormat.xmlRows(), PERSON, file)).isInstanceOf(UnreadableFileException.class);
    }

    /** What a store leaves in the place of text that it has lost: there, the person's row is missing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<rows><row Key=\"4\" Body=\"ab_____________________\" />\n<row Key=\"5\" /></rows>",
                "{\"Key\":4,\"Body\":\"ab__________________________________________________________________\"}\n{\"Key\":5}\n",
                "{\"Key\":4}\n_______________\n{\"Key\":5}\n",
                "Key,Body\n4,ab__________________________________________________________\n5,x\n",
                "Key,Body\n4,\"__\"\n5,x\n",
                "Key,Body\n4,x\n__,y\n",
                "Key,Bo__\n4,x\n"
            })
    void aHoleOfZerosIsNoticedByScanAndParserWhereverAChunkEnds(String text) throws Exception {
        byte[] file = text.replace('_', '\0').getBytes(UTF_8);
        RowFormat format = text.startsWith("<") ? RowFormat.xmlRows() : text.startsWith("{") ? JSONL : CSV;

        assertThat(Found.in(format, Map.of("Key", Set.of("42")), file, file.length)
                        .problem())
                .isNotNull();
        for (int border = 1; border <= file.length; border++) {
            int chunk = border;
            assertThat(Found.write(format.scan(PERSON, rows::add), rows, file, () -> chunk)
                            .problem())
                    .as("chunks of %d bytes", chunk)
                    .isNotNull();
        }
    }

    @Test
    void aSingleZeroInCsvIsAnEmptyTextOfSomePrograms() throws Exception {
        scan(CSV, PERSON, "Key,Body,More\n\0,x,\0\n42,\0,\0\n");

        assertThat(rows).hasSize(1);
    }

    @Test
    void aCommentThatHidesNoRowKeepsNoFileOutOfTheIndex() throws Exception {
        assertThat(offsets("<rows><!-- 1 > 0 -->\n<row Key=\"1\" /><!-- x --><row Key=\"2\" /></rows>"))
                .isEqualTo("21 46");
        assertThat(offsets("<rows><row Key=\"1\" /><!-- <row Key=\"2\" /> --></rows>"))
                .isEqualTo("6 unknown");
    }

    private static String offsets(String xml) throws Exception {
        List<String> told = new ArrayList<>();
        RowKeys keys = new RowKeys() {
            @Override
            public void row(long offset) {
                told.add(String.valueOf(offset));
            }

            @Override
            public void key(long hash) {}

            @Override
            public void withoutOffsets() {
                if (!told.contains("unknown")) {
                    told.add("unknown");
                }
            }
        };
        RowSearch scan = RowFormat.xmlRows().scan(PERSON, row -> {}, Map.of("Key", NormalForm.EXACT), keys);
        scan.write(xml.getBytes(UTF_8));
        scan.finish();
        return String.join(" ", told);
    }

    @Test
    void aFaultInCsvIsAtTheLineThatAnEditorShows() {
        assertThatThrownBy(() -> scan(CSV, PERSON, "Key,Body\r\n1,\"\r\n\"\r\n2,b\r\n3\r\n"))
                .hasMessageContaining("line 5 ");
    }

    @Test
    void bytesThatAreNoTextAreToldFromAQuoteThatIsNeverClosed() {
        byte[] file = "Key\n\"4_".getBytes(UTF_8);
        file[file.length - 1] = (byte) 0xFF;

        assertThatThrownBy(() -> {
                    RowSearch scan = CSV.scan(PERSON, rows::add);
                    scan.write(file);
                    scan.finish();
                })
                .hasMessageContaining("not valid UTF-8");
    }

    @Test
    void whatIsPackedIsFoundUpToWhereThePackBreaksOff() throws Exception {
        String row = "<row Key=\"42\" Body=\"%s\" />".formatted("x".repeat(25_000));
        byte[] packed = packed("<rows>" + row + "<row Key=\"1\" Body=\"%s\" /></rows>".formatted("x".repeat(9_000)));

        assertThatThrownBy(() -> scanPacked(Arrays.copyOf(packed, 28_000))).hasMessageContaining("cut off");
        assertThat(rows).hasSize(1);
    }

    @Test
    void whatIsPackedAndUnreadableMayBreakOffToo() throws Exception {
        String row = "<row Key=\"42\" Body=\"%s\" />".formatted("x".repeat(25_000));
        byte[] packed = packed("<rows>" + row + "<wrong/>" + "<row Body=\"%s\" />".formatted("x".repeat(9_000)));

        assertThatThrownBy(() -> scanPacked(Arrays.copyOf(packed, 28_000))).isInstanceOf(UnreadableFileException.class);
        assertThat(rows).hasSize(1);
    }

    @Test
    void timeGrowsWithTheFileAndNotWithItsSquare() {
        byte[] xml = "<rows>%s<row Key=\"42\" Body=\"%s\" /></rows>"
                .formatted("<row Key=\"4\" />\n".repeat(10_000), "x".repeat(15 << 20))
                .getBytes(UTF_8);
        byte[] jsonl = "%s{\"Key\":42,\"Body\":\"%s\"}\n"
                .formatted("{\"Key\":4}\n".repeat(10_000), "x".repeat(15 << 20))
                .getBytes(UTF_8);
        byte[] csv = "Key,Body\n%s42,%s\n"
                .formatted("4,\n".repeat(10_000), "x".repeat(15 << 20))
                .getBytes(UTF_8);

        assertTimeout(Duration.ofSeconds(60), () -> {
            trickle(RowFormat.xmlRows(), xml);
            trickle(JSONL, jsonl);
            trickle(CSV, csv);
        });
        assertThat(rows).hasSize(3);
    }

    /** The first million bytes come one by one. */
    private void trickle(RowFormat format, byte[] file) throws Exception {
        RowSearch scan = format.scan(PERSON, rows::add);
        int at = 0;
        for (; at < 1_000_000; at++) {
            scan.write(file[at]);
        }
        for (int length; at < file.length; at += length) {
            length = Math.min(1 << 10, file.length - at);
            scan.write(file, at, length);
        }
        scan.finish();
    }

    private static byte[] packed(String file) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed) {
            {
                def.setLevel(Deflater.NO_COMPRESSION);
            }
        }) {
            gzip.write(file.getBytes(UTF_8));
        }
        return packed.toByteArray();
    }

    private void scanPacked(byte[] file) throws Exception {
        RowSearch scan = RowFormat.xmlRows().gzipped().scan(PERSON, rows::add);
        scan.write(file);
        scan.finish();
    }

    /** Once as a whole, and once byte by byte, which is to be the same. */
    private void scan(RowFormat format, RowMatch match, String file) throws Exception {
        List<Map<String, Object>> whole = new ArrayList<>();
        RowSearch scan = format.scan(match, whole::add);
        scan.write(file.getBytes(UTF_8));
        RowSearch trickle = format.scan(match, rows::add);
        for (byte b : file.getBytes(UTF_8)) {
            trickle.write(b);
        }
        trickle.finish();
        scan.finish();
        assertThat(rows).isEqualTo(whole);
    }
}
