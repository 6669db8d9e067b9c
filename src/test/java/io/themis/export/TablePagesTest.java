package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.themis.datamap.Column;
import io.themis.datamap.Column.DateForm;
import io.themis.datamap.Dataset;
import io.themis.request.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of tables, read by a parser that is not ours. */
class TablePagesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PLACE = "tables/posts/coffee.stackexchange.com/";

    @Test
    void everyCellIsTheStoredValueInRandomTables() throws Exception {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            List<ObjectNode> rows = randomRows(random);
            Set<String> columns = new LinkedHashSet<>();
            rows.forEach(row -> row.fieldNames().forEachRemaining(columns::add));
            SamplePackage sample = new SamplePackage();
            sample.notes(sample.parts.stage(
                    null,
                    List.copyOf(columns),
                    rows.stream().map(ObjectNode::toString).toArray(String[]::new)));

            Document page = Jsoup.parse(UnzippedPackage.of(sample.write()).text("tables/notes/1.html"));

            List<String> filled = columns.stream()
                    .filter(column -> rows.stream().anyMatch(row -> row.hasNonNull(column)))
                    .toList();
            assertThat(page.select("thead th").stream().skip(1).map(Element::wholeText))
                    .as("columns, seed %d", seed)
                    .containsExactlyElementsOf(filled);
            List<Element> shown = page.select("tbody tr");
            assertThat(shown).as("rows, seed %d", seed).hasSize(rows.size());
            for (int i = 0; i < rows.size(); i++) {
                List<String> expected = new ArrayList<>();
                for (String column : filled) {
                    expected.add(expected(rows.get(i).path(column)));
                }
                assertThat(shown.get(i).select("> td").stream().map(TablePagesTest::shown))
                        .as("row %d, seed %d", i, seed)
                        .containsExactlyElementsOf(expected);
            }
        }
    }

    private static List<ObjectNode> randomRows(Random random) {
        List<String> columns = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            columns.add("c" + i + (random.nextInt(4) == 0 ? "<b>&\"'.x" : ""));
        }
        List<ObjectNode> rows = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            ObjectNode row = JSON.createObjectNode();
            for (String column : columns) {
                if (random.nextInt(4) > 0) {
                    row.set(column, randomValue(random, 0));
                }
            }
            rows.add(row);
        }
        rows.get(0).put(columns.get(0), "x");
        return rows;
    }

    private static JsonNode randomValue(Random random, int depth) {
        return switch (random.nextInt(depth < 3 ? 8 : 6)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 2 -> JSON.getNodeFactory().numberNode(random.nextLong());
            case 6 -> {
                ArrayNode list = JSON.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(randomValue(random, depth + 1));
                }
                yield list;
            }
            case 7 -> {
                ObjectNode object = JSON.createObjectNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.set("k" + i + "<i>", randomValue(random, depth + 1));
                }
                yield object;
            }
            default -> JSON.getNodeFactory().textNode(randomText(random));
        };
    }

    private static String randomText(Random random) {
        String[] pieces = {
            "a",
            " ",
            "\n",
            "\t",
            "<",
            ">",
            "&",
            "\"",
            "'",
            "&amp;",
            "<script>alert(1)</script>",
            "</td>",
            "<!--",
            "é",
            "\uD83D\uDE00",
            "${7*7}",
            "<#if>",
            "–",
            "]]>",
            "\u202E",
            "</details>"
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 400 : 6); i > 0; i--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    private static String expected(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "–";
        }
        if (value.isObject() && !value.isEmpty()) {
            List<String> entries = new ArrayList<>();
            value.fields().forEachRemaining(entry -> entries.add(entry.getKey() + "=" + expected(entry.getValue())));
            return entries.toString();
        }
        if (value.isArray() && !value.isEmpty()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(expected(item)));
            return items.toString();
        }
        return value.isContainerNode() ? "no entries" : value.asText().isEmpty() ? "empty text" : value.asText();
    }

    /** What a reader sees of a value, with what is folded open. */
    private static String shown(Element place) {
        Element value = place.select("> details").isEmpty() ? place : place.selectFirst("> details");
        Element text = value.selectFirst("> .text");
        if (text != null) {
            return text.wholeText();
        }
        Element list = value.selectFirst("> ul");
        if (list != null) {
            return list.select("> li").stream()
                    .map(TablePagesTest::shown)
                    .toList()
                    .toString();
        }
        Element object = value.selectFirst("> dl");
        if (object != null) {
            List<String> entries = new ArrayList<>();
            object.select("> dt")
                    .forEach(name -> entries.add(name.wholeText() + "=" + shown(name.nextElementSibling())));
            return entries.toString();
        }
        return place.wholeText();
    }

    @Test
    void whatIsInTheDataIsNeverMarkup() throws Exception {
        String evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
        SamplePackage sample = new SamplePackage();
        ObjectNode row = JSON.createObjectNode().put(evil, evil).put("nul", "a\u0000b\uD83Dc");
        sample.notes(
                sample.parts.stage(evil, List.of(evil, "nul"), row.toString().replace("\uD83D", "\\uD83D")));
        UnzippedPackage unzipped = UnzippedPackage.of(sample.write());

        Document page = Jsoup.parse(unzipped.text(unzipped.files.keySet().stream()
                .filter(path -> path.startsWith("tables/"))
                .findFirst()
                .orElseThrow()));

        assertThat(page.select("script, img, [onerror]")).isEmpty();
        assertThat(page.selectFirst("tbody td").wholeText()).isEqualTo(evil);
        assertThat(page.selectFirst("tbody td").attr("data-label")).isEqualTo(evil);
        assertThat(page.select("tbody td").get(1).wholeText()).isEqualTo("a\uFFFDb\uFFFDc");
    }

    @Test
    void codesAndDatesAreInWordsAndEveryStoredNameIsThere() throws Exception {
        Document page = Jsoup.parse(
                UnzippedPackage.of(SamplePackage.described().write()).text(PLACE + "1.html"));

        assertThat(page.select("thead th").eachText())
                .containsExactly(
                        "No.",
                        "Id",
                        "Kind of post PostTypeId",
                        "Written CreationDate",
                        "Score",
                        "Body",
                        "Name of the last editor LastEditorDisplayName",
                        "Meta");
        assertThat(page.select("tbody tr").get(0).select("> td").eachText())
                .containsExactly(
                        "1",
                        "question (1)",
                        "1 May 2019, 08:09:10",
                        "-3",
                        "<p>Short.</p>",
                        "hidden, as it may be about somebody else",
                        "tags espresso filter seen times 0 from –");
        assertThat(page.select("tbody tr").get(2).select("> td").get(1).text())
                .as("a code that the map does not explain")
                .isEqualTo("3");
        assertThat(page.select("tbody tr").get(1).select("summary").text())
                .startsWith("<p>Grind finer")
                .endsWith("…");
        assertThat(page.select(".notice").text()).contains("Article 15(4) GDPR", "Name of the last editor");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ISO                | 2026-03-01                      | 1 March 2026                     | 1. März 2026
            ISO                | 2026-03-01T08:09:10.123         | 1 March 2026, 08:09:10           | 1. März 2026, 08:09:10
            ISO                | 2026-03-01 08:09:10             | 1 March 2026, 08:09:10           | 1. März 2026, 08:09:10
            ISO                | 2026-03-01T08:09:10Z            | 1 March 2026, 08:09:10 UTC       | 1. März 2026, 08:09:10 UTC
            ISO                | 2026-03-01T08:09:10+02:00       | 1 March 2026, 08:09:10 UTC+02:00 | 1. März 2026, 08:09:10 UTC+02:00
            ISO                | soon                            | soon                             | soon
            ISO                | 2026-02-30                      | 2026-02-30                       | 2026-02-30
            EPOCH_SECONDS      | 1772352550                      | 1 March 2026, 08:09:10 UTC       | 1. März 2026, 08:09:10 UTC
            EPOCH_MILLISECONDS | 1772352550999                   | 1 March 2026, 08:09:10 UTC       | 1. März 2026, 08:09:10 UTC
            EPOCH_SECONDS      | -0.5                            | 31 December 1969, 23:59:59 UTC   | 31. Dezember 1969, 23:59:59 UTC
            EPOCH_SECONDS      | 1E999999999                     | 1E999999999                      | 1E999999999
            EPOCH_MILLISECONDS | x                               | x                                | x
            """)
    void aDateIsInWordsWithAZoneOnlyIfOneIsStored(DateForm form, String stored, String english, String german)
            throws Exception {
        for (Locale language : List.of(Locale.ENGLISH, Locale.GERMAN)) {
            SamplePackage sample = new SamplePackage();
            sample.language = language;
            Map<String, Column> columns = Map.of("d", SamplePackage.column("Day", Map.of(), form, null));
            sample.add(
                    SamplePackage.dataset("notes", "Notes", Dataset.Kind.LAKE, columns),
                    SamplePackage.findings(
                            "notes", sample.parts.stage(null, List.of("d"), "{\"d\":\"%s\"}".formatted(stored))));

            Document page = Jsoup.parse(UnzippedPackage.of(sample.write()).text("tables/notes/1.html"));

            assertThat(page.selectFirst("tbody td").text())
                    .isEqualTo(language.equals(Locale.GERMAN) ? german : english);
        }
    }

    @Test
    void aHundredRowsAreAPageAndThePagesLeadToEachOther() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.described().write());
        List<String> numbers = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            Document page = Jsoup.parse(unzipped.text(PLACE + i + ".html"));
            numbers.addAll(page.select("tbody th").eachText());
            assertThat(page.select("nav a[rel=next]").eachAttr("href"))
                    .allMatch((i + 1 + ".html")::equals)
                    .hasSize(i < 3 ? 2 : 0);
            assertThat(page.select("nav a[rel=prev]").eachAttr("href"))
                    .allMatch((i - 1 + ".html")::equals)
                    .hasSize(i > 1 ? 2 : 0);
            assertThat(page.selectFirst("nav a").attr("href")).isEqualTo("../../../index.html");
            assertThat(page.select("[aria-current]").eachText()).containsOnly(String.valueOf(i));
        }

        assertThat(numbers).hasSize(250).startsWith("1", "2").endsWith("249", "250");
        assertThat(unzipped.files).doesNotContainKey(PLACE + "4.html");
    }

    @Test
    void aMillionRowsAreAHundredPagesThatSaySoAndNoMoreIsReadForThem() throws Exception {
        int rows = 1_000_000;
        byte[] row = "{\"a\":\"0123456789\",\"b\":7}\n".getBytes(StandardCharsets.UTF_8);
        Part part = new Part("million", null, rows, (long) rows * row.length, List.of("a", "b"), Map.of());
        SamplePackage sample = new SamplePackage();
        sample.notes(part);
        List<RepeatedRow> readings = new ArrayList<>();
        Map<String, Long> pages = new LinkedHashMap<>();
        PackageZip zip = new PackageZip(OutputStream.nullOutputStream(), SamplePackage.CREATED);
        DatasetFiles notes = DatasetFiles.of(sample.content(), Long.MAX_VALUE).get(0);
        DataFile file = notes.files().get(0);
        PackagePages words = new PackagePages(sample.content(), List.of(notes), false);
        PartStore store = opened -> {
            readings.add(new RepeatedRow(row, rows));
            return readings.get(readings.size() - 1);
        };
        try (TablePages tables = new TablePages(file, notes.dataset(), words, store)) {
            for (int i = 1; i <= tables.count(); i++) {
                int number = i;
                MeasuredFile page = zip.add(file.page(i), 1_000_000, out -> tables.write(number, out));
                pages.put(page.path(), page.bytes());
            }
        }

        assertThat(pages).hasSize(100).containsKey("tables/notes/100.html");
        assertThat(pages.values()).allMatch(bytes -> bytes < 100_000);
        assertThat(readings)
                .as("once to see which columns have values, once to write")
                .hasSize(2)
                .allSatisfy(reading -> assertThat(reading.read)
                        .as("bytes read for the pages, with a buffer")
                        .isLessThan(10_000L * row.length + 64 * 1024));
        assertThat(Jsoup.parse(firstPage(notes, words)).select(".notice").text())
                .contains("the first 10,000 of 1,000,000 records", "the spreadsheet has all");
    }

    private static String firstPage(DatasetFiles notes, PackagePages words) throws IOException {
        byte[] row = "{\"a\":\"0123456789\",\"b\":7}\n".getBytes(StandardCharsets.UTF_8);
        DataFile file = notes.files().get(0);
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        PartStore store = part -> new RepeatedRow(row, (int) file.rows());
        try (TablePages tables = new TablePages(file, notes.dataset(), words, store)) {
            tables.write(1, page);
        }
        return page.toString(StandardCharsets.UTF_8);
    }

    /** A file of one row again and again, which is never there as a whole. */
    private static final class RepeatedRow extends InputStream {

        private final byte[] row;
        private final long length;
        private long read;

        private RepeatedRow(byte[] row, int rows) {
            this.row = row;
            length = (long) row.length * rows;
        }

        @Override
        public int read() {
            return read == length ? -1 : row[(int) (read++ % row.length)];
        }

        @Override
        public int read(byte[] buffer, int offset, int wanted) {
            int count = (int) Math.min(wanted, length - read);
            for (int i = 0; i < count; i++) {
                buffer[offset + i] = row[(int) (read++ % row.length)];
            }
            return count == 0 ? -1 : count;
        }
    }

    @Test
    void aValueTooLongForABrowserIsCutAndSaysSo() throws Exception {
        SamplePackage sample = new SamplePackage();
        String list = "[" + "1,".repeat(100_000) + "1]";
        sample.notes(sample.parts.stage(
                null, List.of("a", "b"), "{\"a\":\"" + "long ".repeat(100_000) + "\",\"b\":" + list + "}"));

        Document page = Jsoup.parse(UnzippedPackage.of(sample.write()).text("tables/notes/1.html"));

        assertThat(page.selectFirst("div.text").wholeText()).hasSize(TableCells.LONGEST);
        assertThat(page.select("tbody li").size()).isBetween(1_000, 10_000);
        assertThat(page.select("tbody a.cut").eachText()).hasSize(2).containsOnly("cut here; the spreadsheet has all");
    }

    @Test
    void deepNestingIsReadableAndDoesNotEndTheProgram() throws Exception {
        SamplePackage sample = new SamplePackage();
        sample.notes(sample.parts.stage(
                null, List.of("a"), "{\"a\":" + "[".repeat(900) + "{\"x\":\"deep\"}" + "]".repeat(900) + "}"));

        Document page = Jsoup.parse(UnzippedPackage.of(sample.write()).text("tables/notes/1.html"));

        assertThat(page.selectFirst("tbody td").wholeText()).contains("[{\"x\":\"deep\"}]");
    }
}
