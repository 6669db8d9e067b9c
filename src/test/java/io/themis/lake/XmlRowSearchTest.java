package io.themis.lake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class XmlRowSearchTest {

    private static final RowMatch USER_42 = ExactMatch.of(Map.of("UserId", Set.of("42")));
    private static final Path REAL_DATA = Path.of("../shared/data/stackexchange");

    private final List<Map<String, Object>> found = new ArrayList<>();

    @Test
    void findsTheRowsThatHoldTheKey() throws Exception {
        Searched searched = search("""
                <?xml version="1.0" encoding="utf-8"?>
                <badges>
                  <row Id="1" UserId="42" Name="Student" />
                  <row Id="2" UserId="7" Name="Teacher" />
                  <row Id="3" Name="Nobody's" />
                  <row Id="4" UserId="42"></row>
                </badges>
                """);

        assertThat(found)
                .containsExactly(
                        Map.of("Id", "1", "UserId", "42", "Name", "Student"), Map.of("Id", "4", "UserId", "42"));
        assertThat(searched.rows()).isEqualTo(4);
        assertThat(searched.matched()).isEqualTo(2);
    }

    @Test
    void countsTheBytesOfTheFile() throws Exception {
        assertThat(search("\uFEFF<users><row Id='é'/></users>\n").bytes()).isEqualTo(33);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UserId='4'",
                "UserId='421'",
                "UserId='142'",
                "UserId=' 42'",
                "UserId='42 '",
                "UserId='042'",
                "UserId='+42'",
                "UserId='42.0'",
                "UserId='٤٢'",
                "UserId=''",
                "UserId='&#10;42'",
                "XUserId='42'",
                "UserIdX='42'",
                "userid='42'",
                "Id='42'",
                "Body='UserId=&quot;42&quot;'",
                "Body='&lt;row UserId=&quot;42&quot; />'",
                "Body=' UserId=\"42\" '",
                "Body='42'",
                ""
            })
    void aRowThatOnlyLooksAlikeIsNotThePersons(String attributes) throws Exception {
        assertThat(search("<r><row " + attributes + "/></r>"))
                .extracting(Searched::matched)
                .isEqualTo(0L);
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UserId=\"42\"",
                "UserId='42'",
                "UserId = '42'",
                "\tUserId\n=\r\n'42'\n",
                "UserId='&#52;2'",
                "UserId='4&#x32;'",
                "UserId='&#000052;&#x00000032;'",
                "A='1'\tB='2'\nUserId='42'\rC='3'",
                "Body='>' UserId='42'",
                "Body='/>' UserId='42'",
                "UserIdX='7' UserId='42' XUserId='8'"
            })
    void theWayAKeyIsWrittenDoesNotMatter(String attributes) throws Exception {
        search("<r><row " + attributes + "/></r>");

        assertThat(found).hasSize(1);
        assertThat(found.get(0)).containsEntry("UserId", "42");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<!-- <row UserId='42'/> -->", "<?x <row UserId='42'/> ?>", "<!--<row><row><!-->", "<?x?>"})
    void whatIsCommentedOutIsNoRow(String between) throws Exception {
        Searched searched =
                search(between + "<r>" + between + "<row UserId='42' Id='1'/>" + between + "</r>" + between);

        assertThat(found).containsExactly(Map.of("UserId", "42", "Id", "1"));
        assertThat(searched.rows()).isEqualTo(1);
    }

    @Test
    void oneColumnWithOneOfTheValuesIsEnough() throws Exception {
        RowMatch match = ExactMatch.of(Map.of("UserId", Set.of("42", "43"), "EditorId", Set.of("9")));
        search(
                match,
                bytes("<r><row UserId='43'/><row UserId='9'/><row UserId='1' EditorId='9'/><row EditorId='42'/></r>"));

        assertThat(found).containsExactly(Map.of("UserId", "43"), Map.of("UserId", "1", "EditorId", "9"));
    }

    @Test
    void aRowHasItsColumnsInTheOrderOfTheFile() throws Exception {
        search("<r><row Z='1' UserId='42' A='2' M='3' B='4'/></r>");

        assertThat(found.get(0).keySet()).containsExactly("Z", "UserId", "A", "M", "B");
    }

    /** XML 1.0, sections 2.11 (line ends), 3.3.3 (attribute values) and 4.1 (references). */
    @Test
    void valuesAreWhatXmlSaysTheyAre() throws Exception {
        search(
                "<r><row UserId='42' Lines='a\nb\r\nc\rd\te' Kept='&#xA;&#xD;&#9;&#32;' Space='  a  b  '"
                        + " Named='&lt;p&gt;&amp;amp;&quot;&apos;' Far='&#x1F600;&#128512;😀&#x10FFFF;' Quote='\"' Empty=''/></r>");

        assertThat(found)
                .containsExactly(Map.of(
                        "UserId", "42",
                        "Lines", "a b c d e",
                        "Kept", "\n\r\t ",
                        "Space", "  a  b  ",
                        "Named", "<p>&amp;\"'",
                        "Far", "\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uDBFF\uDFFF",
                        "Quote", "\"",
                        "Empty", ""));
    }

    @Test
    void whereTheDownloadCutsTheFileDoesNotMatter() throws Exception {
        byte[] file = bytes("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<!-- é<row/> -->\r\n<posts>\r\n"
                + "  <row Id=\"1\" UserId=\"42\" Body=\"é€😀&#x1F600;&amp;&lt;\r\n&#xA;\" />\r\n  <?p <é?>"
                + "<row Größe='&#52;2' UserId='4&#50;'\r\n></row>\r\n</posts>\r\n");
        List<Map<String, Object>> expected = List.of(
                Map.of("Id", "1", "UserId", "42", "Body", "é€😀😀&< \n"), Map.of("Größe", "42", "UserId", "42"));

        for (int first = 0; first <= file.length; first++) {
            for (int second = first; second <= Math.min(file.length, first + 5); second++) {
                found.clear();
                XmlRowSearch search = new XmlRowSearch(USER_42, found::add);
                search.write(file, 0, first);
                search.write(file, first, second - first);
                search.write(file, second, file.length - second);

                assertThat(search.finish()).isEqualTo(new Searched(file.length, 2, 2));
                assertThat(found).isEqualTo(expected);
            }
        }
        found.clear();
        XmlRowSearch search = new XmlRowSearch(USER_42, found::add);
        for (byte b : file) {
            search.write(b);
        }
        assertThat(search.finish()).isEqualTo(new Searched(file.length, 2, 2));
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<users></users>",
                "<users/>",
                "\uFEFF<users/>",
                "<?xml version='1.0'?>\n<users count='0'>\n</users>\n",
                "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><users/>\r",
                "<users/> \r"
            })
    void aTableWithoutRowsIsSearchedToItsEnd(String file) throws Exception {
        assertThat(search(file).rows()).isZero();
    }

    static Stream<Arguments> unreadable() {
        String row = "<row UserId='42' Name='s3cr3t'/>";
        return Stream.of(
                arguments("", 0, "the file is empty"),
                arguments("\uFEFF", 0, "the file ends before its root element"),
                arguments("\uFEFF<?xml version='1.0'?>\n", 0, "the file ends before its root element"),
                arguments(" \n", 0, "the file ends before its root element"),
                arguments("s3cr3t", 0, "not well-formed"),
                arguments("{\"Name\": \"s3cr3t\"}\n", 0, "not well-formed"),
                arguments("<r>" + row + row, 2, "ends before its root element is closed"),
                arguments("<r>" + row + "<row UserId='42' Name='s3cr", 1, "ends before its root element is closed"),
                arguments("<r>" + row + "</r", 1, "ends before its root element is closed"),
                arguments("<r>" + row + "</r><!-- s3cr3t", 1, "ends in the middle"),
                arguments("<r>" + row + "</r><", 1, "ends in the middle"),
                arguments("<r>" + row + "</r>s3cr3t", 1, "not well-formed"),
                arguments("<r>" + row + "</r><r/>", 1, "not well-formed"),
                arguments("<r>" + row + "<row s3cr3t></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId=42/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row A='1'UserId='42'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' UserId='43'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='<'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='&s3cr3t;'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='&nbsp;'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='a & b'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='&#x;'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='&#52;&#50;&#x;'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='&#0;'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='&#xD83D;&#xDE00;'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='&#x110000;'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row UserId='42' A='\u0001'/></r>", 1, "control character"),
                arguments("<r>" + row + "<row UserId='42' A='\uFFFF'/></r>", 1, "not well-formed"),
                arguments("<r>" + row + "<row\u0000 UserId='42'/></r>", 1, "control character"),
                arguments("<users>" + row + "</user\u0000s>", 1, "control character"),
                arguments("<r>" + row + "</wrong>", 1, "not well-formed"),
                arguments("\n<?xml version='1.0'?><r>" + row + "</r>", 0, "not well-formed"),
                arguments("<!DOCTYPE r><r>" + row + "</r>", 0, "DOCTYPE"),
                arguments("<!DOCTYPE r [<!ENTITY a 's3cr3t'>]><r><row UserId='42' A='&a;'/></r>", 0, "DOCTYPE"),
                arguments("<!DOCTYPE r SYSTEM \"file:///s3cr3t\"><r>" + row + "</r>", 0, "DOCTYPE"),
                arguments("<!DOCTYPE r [<!ATTLIST row UserId CDATA '42'>]><r><row/></r>", 0, "DOCTYPE"),
                arguments("<?xml version='1.1'?><r>" + row + "</r>", 0, "XML 1.1"),
                arguments("<?xml version='1.0' encoding='ISO-8859-1'?><r>" + row + "</r>", 0, "in ISO-8859-1,"),
                arguments("<?xml version='1.0' encoding='us-ascii'?><r>" + row + "</r>", 0, "in us-ascii,"),
                arguments("\uFEFF<?xml version=\"1.0\"  encoding = \"UTF-16\"?><r/>", 0, "in UTF-16,"),
                arguments("<?xml version='1.0' encoding='windows-1252'?><r>" + row + "</r>", 0, "in windows-1252,"),
                Arguments.of("\uFEFF<r/>".getBytes(UTF_16LE), 0, "in UTF-16,"),
                Arguments.of("\uFEFF<r/>".getBytes(UTF_16BE), 0, "in UTF-16,"),
                Arguments.of("<r/>".getBytes(UTF_16LE), 0, "in UTF-16 or UTF-32,"),
                Arguments.of("<r/>".getBytes(UTF_16BE), 0, "in UTF-16 or UTF-32,"),
                Arguments.of(new byte[] {-1, -2, 0, 0, '<', 0, 0, 0}, 0, "in UTF-32,"),
                latin("<r>" + row + "<row UserId='42' A='caf\u00e9'/></r>", 1, "not valid UTF-8"),
                latin("<r>" + row + "<row UserId='42' A='\u00c0\u00bc'/></r>", 1, "not valid UTF-8"),
                latin("<r>" + row + "<row UserId='42' A='\u00e0\u0080\u00bc'/></r>", 1, "not valid UTF-8"),
                latin("<r>" + row + "<row UserId='42' A='\u00ed\u00a0\u00bd'/></r>", 1, "not valid UTF-8"),
                latin("<r>" + row + "<row UserId='42' A='\u00f4\u0090\u0080\u0080'/></r>", 1, "not valid UTF-8"),
                latin("<r>" + row + "<row UserId='42' A='\u00f0\u009f\u0098'/></r>", 1, "not valid UTF-8"),
                latin("\u001f\u008b\b\0\0\0", 0, "not valid UTF-8"),
                arguments("<row UserId='42' Name='s3cr3t'/>", 0, "the root element is itself a row"),
                arguments("<row>" + row + "</row>", 0, "the root element is itself a row"),
                arguments("<r>" + row + "<s3cr3t UserId='42'/></r>", 1, "not a row"),
                arguments("<r>" + row + "<Row UserId='42'/></r>", 1, "not a row"),
                arguments("<r>" + row + "<row UserId='42'><Name>s3cr3t</Name></row></r>", 2, "inside a row"),
                arguments("<r>" + row + "<row UserId='42'>" + row + "</row></r>", 2, "inside a row"),
                arguments("<r>" + row + "<row UserId='42'>s3cr3t</row></r>", 2, "text outside"),
                arguments("<r>" + row + "s3cr3t" + row + "</r>", 1, "text outside"),
                arguments("<r>" + row + "&amp;" + row + "</r>", 1, "text outside"),
                arguments("<r>" + row + "<![CDATA[<row UserId='42'/>]]></r>", 1, "text outside"),
                arguments("<r xmlns:x='u'>" + row + "<row x:UserId='42'/></r>", 1, "namespace"),
                arguments("<r xmlns:x='u'>" + row + "<x:row UserId='42'/></r>", 1, "namespace"),
                arguments("<r>" + row + "<row UserId='42' xmlns='u'/></r>", 1, "namespace"),
                arguments("<r>" + row + "<row UserId='42' xml:lang='en'/></r>", 1, "namespace"),
                arguments("<r>" + row + "<row x:UserId='42'/></r>", 1, "not well-formed"));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void aFileThatMightHideARowIsUnreadableAndKeepsWhatWasFound(byte[] file, int rowsBefore, String reason) {
        for (int chunk : new int[] {1, 3, 1000}) {
            found.clear();
            UnreadableFileException unreadable =
                    catchThrowableOfType(UnreadableFileException.class, () -> search(USER_42, file, chunk));

            assertThat(unreadable).hasMessageContaining(reason);
            assertThat(unreadable.rows()).isEqualTo(rowsBefore);
            assertThat(unreadable.offset()).isBetween(0L, (long) file.length);
            assertThat(unreadable.getMessage()).doesNotContain("s3cr", "42");
            assertThat(unreadable.getCause()).isNull();
            assertThat(found).hasSize(rowsBefore);
        }
    }

    @Test
    void theMessageTellsWhereTheFileGoesWrong() {
        assertThatExceptionOfType(UnreadableFileException.class)
                .isThrownBy(() -> search("<r>\n<row A='é'/>\n<row A='1'/>\n<oops/></r>"))
                .withMessage("there is an element under the root that is not a row, at byte 31, after row 2");
        assertThatExceptionOfType(UnreadableFileException.class)
                .isThrownBy(() -> search("\uFEFF<!DOCTYPE r><r/>"))
                .withMessage("the file has a DOCTYPE, which is refused, at byte 3, before the first row");
        assertThatExceptionOfType(UnreadableFileException.class)
                .isThrownBy(() -> search("<r>\n<row A='"))
                .withMessage("the file ends before its root element is closed, at byte 12, before the first row");
    }

    @Test
    void aFileThatEndsAnywhereButAtItsEndIsUnreadable() throws Exception {
        byte[] file = bytes(
                "<?xml version='1.0'?>\r\n<r>\r\n<row UserId='42' A='é'/><!-- c --><row UserId='42'></row>\r\n</r>");

        for (int length = 0; length < file.length; length++) {
            byte[] start = Arrays.copyOf(file, length);
            assertThatExceptionOfType(UnreadableFileException.class)
                    .as("the first %d bytes", length)
                    .isThrownBy(() -> search(USER_42, start));
        }
        assertThat(search(USER_42, file).rows()).isEqualTo(2);
    }

    @Test
    void theRestOfAnUnreadableFileIsTakenInAndIgnored() throws Exception {
        XmlRowSearch search = new XmlRowSearch(USER_42, found::add);
        search.write(bytes("<r><row UserId='42'/><oops/>"));
        search.write(bytes("<row UserId='42'/>"));
        search.write(bytes("</r>"));

        assertThatExceptionOfType(UnreadableFileException.class).isThrownBy(search::finish);
        assertThat(found).hasSize(1);
    }

    @Test
    void aValueOfTenMegabytesIsFoundWhole() throws Exception {
        String body = "0123456789é😀&amp;".repeat(500_000);
        byte[] file = bytes("<r><row UserId='42' Body='" + body + "'/><row UserId='42' Body='next'/></r>");

        assertThat(search(USER_42, file, 32 * 1024).matched()).isEqualTo(2);
        assertThat(found.get(0).get("Body")).isEqualTo(body.replace("&amp;", "&"));
        assertThat(found.get(1)).containsEntry("Body", "next");
    }

    @ParameterizedTest
    @ValueSource(ints = {32 * 1024, Integer.MAX_VALUE})
    void anElementLongerThanTheLimitIsUnreadable(int chunk) {
        byte[] file = bytes("<r><row UserId='42'/><row UserId='42' Body='" + "b".repeat(16 * 1024 * 1024) + "'/></r>");

        assertThatExceptionOfType(UnreadableFileException.class)
                .isThrownBy(() -> search(USER_42, file, chunk))
                .withMessage("an element is longer than 16 MiB, at byte 21, after row 1");
        assertThat(found).hasSize(1);
    }

    @Test
    @Timeout(60)
    void anElementWithTooManyAttributesIsUnreadableAndDoesNotBlock() {
        StringBuilder row = new StringBuilder("<row UserId='42'");
        for (int i = 0; i < 1_000_000; i++) {
            row.append(" a").append(i).append("=''");
        }

        assertThatExceptionOfType(UnreadableFileException.class)
                .isThrownBy(() -> search("<r>" + row + "/></r>"))
                .withMessageStartingWith("an element has more than 10000 attributes");
    }

    @Test
    void failuresOfTheSinkComeThroughAndAreNotTheFilesFault() throws Exception {
        IOException full = new IOException("staging is full");
        XmlRowSearch search = new XmlRowSearch(USER_42, row -> {
            throw full;
        });

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> search.write(bytes("<r><row UserId='42'/><row UserId='42'/></r>")))
                .isSameAs(full);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> search.write(bytes("</r>")))
                .isSameAs(full);
        assertThatExceptionOfType(IOException.class).isThrownBy(search::finish).isSameAs(full);
    }

    @Test
    void anIndexThatBreaksIsNoFaultOfTheFileAndNeverEndsInACompleteSearch() {
        RowKeys broken = new RowKeys() {
            @Override
            public void row(long offset) {}

            @Override
            public void key(long hash) {
                throw new IllegalStateException("bug");
            }

            @Override
            public void withoutOffsets() {}
        };
        KeyColumns keys = new KeyColumns(USER_42, Map.of("UserId", NormalForm.EXACT), broken);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() ->
                        new XmlRowSearch(USER_42, keys, found::add).write("<r><row UserId='42'/></r>".getBytes(UTF_8)))
                .withMessage("bug");
    }

    @Test
    void aSinkThatBreaksNeverEndsInACompleteSearch() throws Exception {
        XmlRowSearch search = new XmlRowSearch(USER_42, row -> {
            throw new IllegalStateException("bug");
        });

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> search.write(bytes("<r><row UserId='42'/></r>")));
        assertThatExceptionOfType(IOException.class).isThrownBy(search::finish);
    }

    @Test
    void searchingForNothingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ExactMatch.of(Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> ExactMatch.of(Map.of("UserId", Set.of())));
        assertThatIllegalArgumentException().isThrownBy(() -> ExactMatch.of(Map.of("UserId", Set.of("42", ""))));
        assertThatIllegalArgumentException().isThrownBy(() -> ExactMatch.of(Map.of("UserId", Set.of("\t "))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Users", "Posts", "Comments", "Badges", "Votes", "PostLinks", "Tags"})
    void findsInARealDumpWhatTheJdksParserFinds(String table) throws Exception {
        Path file = REAL_DATA.resolve("coffee.stackexchange.com").resolve(table + ".xml");
        assumeThat(file).as("skipped: no real dump at %s", file).exists();
        byte[] content = Files.readAllBytes(file);
        StaxRows expected = StaxRows.of(content);
        assertThat(expected.isReadToTheEnd()).isTrue();
        for (String column : List.of("Id", "AccountId", "OwnerUserId", "LastEditorUserId", "UserId", "PostTypeId")) {
            Set<String> keys = Set.of("1", "2", "5", "9", "11", "33", "42", "262", "-1");
            List<Map<String, Object>> persons = expected.rows().stream()
                    .filter(row -> keys.contains(Objects.requireNonNullElse(row.get(column), "absent")))
                    .toList();
            found.clear();

            Searched searched = search(ExactMatch.of(Map.of(column, keys)), content, 8191);

            assertThat(found).isEqualTo(persons);
            assertThat(searched)
                    .isEqualTo(new Searched(content.length, expected.rows().size(), persons.size()));
        }
    }

    private Searched search(String file) throws IOException, UnreadableFileException {
        return search(USER_42, bytes(file));
    }

    private Searched search(RowMatch match, byte[] file) throws IOException, UnreadableFileException {
        return search(match, file, Integer.MAX_VALUE);
    }

    private Searched search(RowMatch match, byte[] file, int chunk) throws IOException, UnreadableFileException {
        XmlRowSearch search = new XmlRowSearch(match, found::add);
        for (int from = 0; from < file.length; ) {
            int length = Math.min(chunk, file.length - from);
            search.write(file, from, length);
            from += length;
        }
        return search.finish();
    }

    private static Arguments arguments(String file, int rowsBefore, String reason) {
        return Arguments.of(bytes(file), rowsBefore, reason);
    }

    private static Arguments latin(String file, int rowsBefore, String reason) {
        return Arguments.of(file.getBytes(ISO_8859_1), rowsBefore, reason);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
