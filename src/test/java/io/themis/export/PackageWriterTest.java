package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.Column;
import io.themis.datamap.Dataset;
import io.themis.datamap.Mask;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Part;
import io.themis.request.Shortfall;
import io.themis.request.Volume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.dataformat.zipfile.ZipSplitter;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageWriterTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void holdsEveryFileInTheOrderOfTheDesign() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());

        assertThat(unzipped.files.keySet())
                .containsExactly(
                        "README.txt",
                        "index.html",
                        "assets/style.css",
                        "article-15/information.html",
                        "article-15/information.json",
                        "data/profile.jsonl",
                        "data/profile.csv",
                        "tables/profile/1.html",
                        "data/posts/beer.stackexchange.com.jsonl",
                        "data/posts/beer.stackexchange.com.csv",
                        "tables/posts/beer.stackexchange.com/1.html",
                        "data/posts/coffee.stackexchange.com.jsonl",
                        "data/posts/coffee.stackexchange.com.csv",
                        "tables/posts/coffee.stackexchange.com/1.html",
                        "data/badges/coffee.stackexchange.com.jsonl",
                        "data/badges/coffee.stackexchange.com.csv",
                        "tables/badges/coffee.stackexchange.com/1.html",
                        "notices/partial.html",
                        "notices/nothing-found.html",
                        "manifest.json",
                        "SHA256SUMS");
    }

    @Test
    void leavesOutNoticesThatDoNotApply() throws Exception {
        SamplePackage sample = new SamplePackage();
        sample.notes(sample.parts.stage(null, List.of("a"), "{\"a\":1}"));

        assertThat(UnzippedPackage.of(sample.write()).files.keySet()).noneMatch(path -> path.startsWith("notices/"));
    }

    @Test
    void copiesRowsByteForByteAndJoinsThePartsOfAPartition() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());

        assertThat(unzipped.text("data/posts/coffee.stackexchange.com.jsonl"))
                .isEqualTo("{\"Id\":\"1\",\"Score\":\"-3\",\"Body\":\"=1+1\"}\n"
                        + "{\"Id\":\"2\",\"Score\":\"5\",\"Body\":\"two\\nlines, \\\"quoted\\\"\"}\n"
                        + "{\"Id\":\"3\",\"Tags\":\"<espresso>\"}\n");
    }

    @Test
    void csvHasTheUnionOfColumnsInOrderOfFirstAppearance() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());

        // Body holds LF, a comma and quotes; the reader is a plain RFC 4180 automaton, not the writer's library
        assertThat(Rfc4180.read(unzipped.files.get("data/posts/coffee.stackexchange.com.csv")))
                .containsExactly(
                        List.of("Id", "Score", "Body", "Tags"),
                        List.of("1", "-3", "'=1+1", ""),
                        List.of("2", "5", "two\nlines, \"quoted\"", ""),
                        List.of("3", "", "", "<espresso>"));
    }

    @Test
    void csvStartsWithAByteOrderMarkAndEndsLinesWithCrLf() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());

        assertThat(unzipped.files.get("data/profile.csv"))
                .isEqualTo("\uFEFFaccount_id,display_name,city\r\n4711,Zoë <b>,\r\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void csvKeepsNestedValuesAsJsonAndNumbersDigitForDigit() throws Exception {
        SamplePackage sample = new SamplePackage();
        sample.notes(sample.parts.stage(
                null,
                List.of("n", "big", "o", "l", "t", "e"),
                "{\"n\":-1.10,\"big\":123456789012345678901234567890.5,\"o\":{\"x\":[1.10,null,{\"y\":\"é\\\"\"}],\"z\":1E400},"
                        + "\"l\":[],\"t\":true,\"e\":\"\"}"));

        byte[] csv = UnzippedPackage.of(sample.write()).files.get("data/notes.csv");

        assertThat(Rfc4180.read(csv).get(1))
                .containsExactly(
                        "-1.10",
                        "123456789012345678901234567890.5",
                        "{\"x\":[1.10,null,{\"y\":\"é\\\"\"}],\"z\":1E400}",
                        "[]",
                        "true",
                        "");
        assertThat(new String(csv, StandardCharsets.UTF_8))
                .as("empty text, not nothing")
                .endsWith(",true,\"\"\r\n");
    }

    @Test
    void csvKeepsARowWhoseOnlyCellIsEmpty() throws Exception {
        SamplePackage sample = new SamplePackage();
        sample.notes(sample.parts.stage(null, List.of("a"), "{\"a\":null}", "{\"a\":\"x\"}"));

        assertThat(UnzippedPackage.of(sample.write()).text("data/notes.csv")).isEqualTo("\uFEFFa\r\n\"\"\r\nx\r\n");
    }

    @Test
    void csvKeepsACellLongerThanSpreadsheetsShow() throws Exception {
        String text = "long ".repeat(10_000_000);
        SamplePackage sample = new SamplePackage();
        sample.notes(sample.parts.stage(null, List.of("a"), "{\"a\":\"" + text + "\"}"));

        UnzippedPackage unzipped = UnzippedPackage.of(sample.write());

        assertThat(unzipped.files.get("data/notes.csv")).hasSize(3 + 3 + text.length() + 2);
        assertThat(unzipped.text("README.txt")).contains("32,767 characters");
    }

    @Test
    void manifestHasTheFormOfTheDesign() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());
        JsonNode manifest = JSON.readTree(unzipped.files.get("manifest.json"));

        assertThat(manifest.get("requestId").textValue()).isEqualTo("6f9619ff-8b86-4d01-b42d-00cf4fc964ff");
        assertThat(manifest.get("type").textValue()).isEqualTo("access");
        assertThat(manifest.get("createdAt").textValue()).isEqualTo("2026-03-01T10:15:31Z");
        assertThat(manifest.get("rounds").intValue()).isEqualTo(2);
        assertThat(manifest.get("engine")).isEqualTo(JSON.readTree("{\"name\":\"themis\",\"version\":\"1.2.3\"}"));
        assertThat(manifest.get("datasets").get(1)).isEqualTo(JSON.readTree("""
                {"name": "posts", "title": "Questions and answers", "kind": "lake", "status": "complete",
                 "keys": {"emailAddress": 1}, "searched": {"files": 2, "bytes": 4200000}, "matched": {"rows": 4},
                 "files": ["data/posts/beer.stackexchange.com.jsonl", "data/posts/coffee.stackexchange.com.jsonl"]}
                """));
        assertThat(manifest.get("datasets").get(2).get("keys")).isEqualTo(JSON.readTree("{\"siteUserId\":3}"));
        assertThat(manifest.get("datasets").get(2).get("status").textValue()).isEqualTo("partial");
        assertThat(manifest.get("datasets").get(2).get("reasons").get(0).textValue())
                .isEqualTo("tea.stackexchange.com/Badges.xml ends in the middle of a row.");
        assertThat(manifest.get("datasets").get(3).get("status").textValue()).isEqualTo("nothing found");
    }

    @Test
    void manifestNamesTheColumnsInWhichOthersDataIsHidden() throws Exception {
        JsonNode manifest = JSON.readTree(
                UnzippedPackage.of(SamplePackage.described().write()).files.get("manifest.json"));

        assertThat(manifest.at("/datasets/0/masked")).isEqualTo(JSON.readTree("[\"LastEditorDisplayName\"]"));
    }

    @Test
    void noColumnIsCalledHiddenInWhichNothingIs() throws Exception {
        Mask always = new Mask(Map.of());
        Map<String, Column> columns = new LinkedHashMap<>();
        for (String name : List.of("Editor", "Edtior", "Reviewer")) {
            columns.put(name, SamplePackage.column(name + " of it", Map.of(), null, always));
        }
        SamplePackage sample = new SamplePackage();
        sample.add(
                SamplePackage.dataset("notes", "Notes", Dataset.Kind.LAKE, columns),
                SamplePackage.findings(
                        "notes",
                        sample.parts.stage(
                                "coffee",
                                List.of("Editor", "Reviewer"),
                                Map.of("Editor", 1L, "Reviewer", 0L),
                                "{\"Editor\":\"[masked]\",\"Reviewer\":null}"),
                        sample.parts.stage(
                                "tea",
                                List.of("Editor", "Reviewer"),
                                Map.of("Editor", 0L),
                                "{\"Editor\":\"Ada\",\"Reviewer\":\"Ada\"}")));

        UnzippedPackage unzipped = UnzippedPackage.of(sample.write());

        assertThat(JSON.readTree(unzipped.files.get("manifest.json")).at("/datasets/0/masked"))
                .isEqualTo(JSON.readTree("[\"Editor\"]"));
        String hint = "their part is hidden";
        assertThat(unzipped.text("index.html")).contains(hint);
        assertThat(notice(unzipped, "coffee")).contains("Editor of it").doesNotContain("Edtior", "Reviewer of it");
        assertThat(notice(unzipped, "tea")).isEmpty();
        sample.entries.clear();
        sample.add(
                SamplePackage.dataset("notes", "Notes", Dataset.Kind.LAKE, columns),
                SamplePackage.findings("notes", sample.parts.stage(null, List.of("a"), "{\"a\":1}")));
        assertThat(UnzippedPackage.of(sample.write()).text("index.html")).doesNotContain(hint);
    }

    /** What a table says above it of what is hidden. */
    private static String notice(UnzippedPackage unzipped, String partition) throws Exception {
        return unzipped.text("tables/notes/" + partition + "/1.html")
                .lines()
                .filter(line -> line.contains("class=\"notice\""))
                .collect(Collectors.joining());
    }

    @Test
    void manifestListsEveryFileOfThePersonWithItsTrueMeasures() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());
        Map<String, Long> rows = Map.of(
                "data/profile", 1L,
                "data/posts/beer.stackexchange.com", 1L,
                "data/posts/coffee.stackexchange.com", 3L,
                "data/badges/coffee.stackexchange.com", 1L);
        Map<String, String> mediaTypes = Map.of(
                "jsonl", "application/x-ndjson", "csv", "text/csv", "html", "text/html", "json", "application/json");

        Map<String, JsonNode> listed = new TreeMap<>();
        JSON.readTree(unzipped.files.get("manifest.json"))
                .get("files")
                .forEach(file -> listed.put(file.get("path").textValue(), file));

        assertThat(listed.keySet())
                .containsExactlyInAnyOrderElementsOf(unzipped.files.keySet().stream()
                        .filter(path -> path.matches("(data|tables|article-15)/.*"))
                        .toList());
        for (Map.Entry<String, JsonNode> entry : listed.entrySet()) {
            byte[] content = unzipped.files.get(entry.getKey());
            int dot = entry.getKey().lastIndexOf('.');
            Long expectedRows = rows.get(entry.getKey().substring(0, dot));
            assertThat(entry.getValue().get("bytes").longValue()).isEqualTo(content.length);
            assertThat(entry.getValue().get("sha256").textValue()).isEqualTo(sha256(content));
            assertThat(entry.getValue().get("mediaType").textValue())
                    .isEqualTo(mediaTypes.get(entry.getKey().substring(dot + 1)));
            assertThat(entry.getValue().has("rows")).isEqualTo(expectedRows != null);
            if (expectedRows != null) {
                assertThat(entry.getValue().get("rows").longValue()).isEqualTo(expectedRows);
            }
        }
    }

    @Test
    void checksumsCoverEveryFileButTheirOwn() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());
        StringBuilder expected = new StringBuilder();
        for (Map.Entry<String, byte[]> file : unzipped.files.entrySet()) {
            if (!file.getKey().equals("SHA256SUMS")) {
                expected.append(sha256(file.getValue()) + "  " + file.getKey() + "\n");
            }
        }

        assertThat(unzipped.text("SHA256SUMS")).isEqualTo(expected.toString());
    }

    @Test
    void unpacksWithTheMachinesOwnToolsAndItsChecksumsHold() throws Exception {
        Path zip =
                Files.write(folder.resolve("package.zip"), SamplePackage.full().write());
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));

        MachineTool.run(folder, "unzip", "-tqq", zip.toString());
        MachineTool.run(unpacked, "unzip", "-qq", zip.toString());
        MachineTool.run(unpacked, "sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS");
    }

    @Test
    void pythonReadsIt() throws Exception {
        Path zip =
                Files.write(folder.resolve("package.zip"), SamplePackage.full().write());

        MachineTool.run(
                folder,
                "python3",
                "-c",
                "import sys, zipfile; bad = zipfile.ZipFile(sys.argv[1]).testzip(); sys.exit(bad and 'damaged: ' + bad)",
                zip.toString());
    }

    @Test
    void camelZipfileOpensItFileByFile() throws Exception {
        byte[] zip = SamplePackage.full().write();
        Map<String, byte[]> files = new LinkedHashMap<>();

        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:package")
                            .split(new ZipSplitter())
                            .streaming()
                            .process(file -> files.put(
                                    file.getMessage().getHeader(Exchange.FILE_NAME, String.class),
                                    file.getMessage().getBody(byte[].class)));
                }
            });
            camel.start();
            camel.createProducerTemplate().sendBody("direct:package", new ByteArrayInputStream(zip));
        }

        Map<String, byte[]> expected = UnzippedPackage.of(zip).files;
        assertThat(files.keySet()).containsExactlyElementsOf(expected.keySet());
        files.forEach((path, content) -> assertThat(content).as(path).isEqualTo(expected.get(path)));
    }

    @Test
    void theCentralDirectoryAgreesWithTheEntries() throws Exception {
        byte[] written = SamplePackage.full().write();
        Path path = Files.write(folder.resolve("package.zip"), written);
        UnzippedPackage unzipped = UnzippedPackage.of(written);

        try (ZipFile zip = new ZipFile(path.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactlyElementsOf(unzipped.files.keySet());
            for (ZipEntry entry : zip.stream().toList()) {
                assertThat(zip.getInputStream(entry).readAllBytes()).isEqualTo(unzipped.files.get(entry.getName()));
                assertThat(entry.getTimeLocal()).as("two seconds fine").isEqualTo("2026-03-01T10:15:30");
            }
        }
    }

    @Test
    void theSameContentGivesTheSameBytesInAnyTimeZoneAndLocale() throws Exception {
        TimeZone zone = TimeZone.getDefault();
        Locale locale = Locale.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
            Locale.setDefault(Locale.GERMANY);
            byte[] there = SamplePackage.full().write();
            TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
            Locale.setDefault(new Locale("ar", "EG"));
            byte[] here = SamplePackage.full().write();

            assertThat(Arrays.equals(here, there)).isTrue();
        } finally {
            TimeZone.setDefault(zone);
            Locale.setDefault(locale);
        }
    }

    @Test
    void theSummaryMeasuresTheZip() throws Exception {
        ZipsInMemory store = new ZipsInMemory();

        PackageSummary summary = SamplePackage.full().write(Long.MAX_VALUE, store);

        byte[] zip = store.zips.get(SamplePackage.REQUEST + ".zip");
        long unpacked = UnzippedPackage.of(zip).files.values().stream()
                .mapToLong(content -> content.length)
                .sum();
        assertThat(summary)
                .isEqualTo(new PackageSummary(
                        List.of(new Volume(SamplePackage.REQUEST + ".zip", zip.length, unpacked, sha256(zip))), 6, 21));
    }

    @Test
    void aPartThatCanNotBeOpenedFailsThePackageAndLeavesNoZip() {
        SamplePackage sample = SamplePackage.full();
        sample.notes(new Part("gone", null, 1, 8, List.of("a"), Map.of()));
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                throw new AssertionError("closed, so taken for whole");
            }
        };

        assertThatThrownBy(() -> sample.write(Long.MAX_VALUE, name -> out))
                .isInstanceOf(IOException.class)
                .hasMessage("gone");
        Path broken = folder.resolve("broken.zip");
        assertThatThrownBy(
                        () -> new ZipFile(Files.write(broken, out.toByteArray()).toFile()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aFailureOfTheTargetIsAnIoException() {
        SamplePackage sample = new SamplePackage();
        String noise = randomLetters(400_000);
        sample.notes(sample.parts.stage(null, List.of("a"), "{\"a\":\"" + noise + "\"}"));
        for (int room : new int[] {0, 100_000, 300_000}) {
            assertThatThrownBy(() -> sample.write(Long.MAX_VALUE, name -> full(room)))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(PartDamagedException.class)
                    .hasMessage("no room");
        }
    }

    @Test
    void aPartWithFewerOrMoreRowsOrBytesThanRecordedFailsThePackage() {
        for (String content : List.of(
                "",
                "{\"a\":1}\n",
                "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n",
                "{\"a\":1}\n{\"a\":22}\n",
                "{\"a\":1}\n{\"a\":2 }",
                "{\"a\":1}\n\n{\"a\":2}")) {
            SamplePackage sample = new SamplePackage();
            Part part = sample.parts.stage(null, List.of("a"), "{\"a\":1}", "{\"a\":2}");
            sample.notes(part);
            sample.parts.overwrite(part, content);

            assertThatThrownBy(sample::write)
                    .as(content)
                    .isInstanceOf(PartDamagedException.class)
                    .hasMessageContaining(part.name());
        }
    }

    @Test
    void aPartThatChangesBetweenItsReadingsFailsThePackage() throws Exception {
        for (String later : List.of("{\"a\":1}\n{\"a\":22}\n", "{\"a\":1}\n", "{\"a\":1}{\"a\":22222}\n")) {
            SamplePackage sample = new SamplePackage();
            Part part = sample.parts.stage(null, List.of("a"), "{\"a\":1}", "{\"a\":2}");
            sample.notes(part);
            // Two readings plan the pages, one is the exact data, and then come the spreadsheet and the pages
            List<InputStream> readings = new ArrayList<>();
            for (int reading = 0; reading < 3; reading++) {
                readings.add(sample.parts.open(part.name()));
            }
            readings.add(new ByteArrayInputStream(later.getBytes(StandardCharsets.UTF_8)));

            assertThatThrownBy(() -> new PackageWriter("1", Long.MAX_VALUE)
                            .write(
                                    sample.content(),
                                    opened -> readings.remove(0),
                                    name -> OutputStream.nullOutputStream()))
                    .as(later)
                    .isInstanceOf(PartDamagedException.class);
        }
    }

    @Test
    void aRowThatIsNotOneObjectALineFailsThePackageWithoutQuotingIt() {
        for (String row :
                List.of("{\"a\":\"secret\"", "[\"secret\"]", "\"secret\"", "{\"a\":secret}", "{\"secret\":1}")) {
            SamplePackage sample = new SamplePackage();
            sample.notes(sample.parts.stage(null, List.of("a"), "{\"a\":1}", row));

            assertThatThrownBy(sample::write)
                    .as(row)
                    .isInstanceOf(PartDamagedException.class)
                    .hasMessageMatching(".*line [23] .*")
                    .hasNoCause()
                    .message()
                    .doesNotContain("secret");
        }
    }

    @Test
    void findingsThatContradictThemselvesAreRefused() {
        Dataset notes = SamplePackage.dataset("notes", "Notes", Dataset.Kind.SQL);
        Part row = new Part("p", null, 1, 8, List.of("a"), Map.of());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PackageContent.Entry(notes, SamplePackage.findings("posts", row)))
                .withMessageContaining("posts");
        for (DatasetFindings wrong : List.of(
                new DatasetFindings(
                        "notes",
                        Status.COMPLETE,
                        List.of(),
                        0,
                        0,
                        2,
                        Set.of(),
                        List.of(row),
                        SamplePackage.ASKED,
                        Review.NOTHING),
                new DatasetFindings(
                        "notes",
                        Status.NOTHING_FOUND,
                        List.of(),
                        0,
                        0,
                        1,
                        Set.of(),
                        List.of(row),
                        SamplePackage.ASKED,
                        Review.NOTHING),
                new DatasetFindings(
                        "notes",
                        Status.PARTIAL,
                        List.of(),
                        0,
                        0,
                        1,
                        Set.of(),
                        List.of(row),
                        SamplePackage.ASKED,
                        Review.NOTHING),
                new DatasetFindings(
                        "notes",
                        Status.COMPLETE,
                        List.of(new Shortfall(Shortfall.Kind.KEYS, "Why?")),
                        0,
                        0,
                        1,
                        Set.of(),
                        List.of(row),
                        SamplePackage.ASKED,
                        Review.NOTHING))) {
            assertThatIllegalArgumentException()
                    .as(wrong.toString())
                    .isThrownBy(() -> new PackageContent.Entry(notes, wrong))
                    .withMessageContaining("notes");
        }
        SamplePackage twice = SamplePackage.full();
        twice.add("votes", "Votes again", Dataset.Kind.LAKE);
        assertThatIllegalArgumentException().isThrownBy(twice::content).withMessageContaining("votes");
    }

    @Test
    void passesRowsOnWhileItReadsThem() throws Exception {
        // Letters at random shrink to about 0.6 of their length, so by the end of a part half of it must be out
        SamplePackage sample = new SamplePackage();
        String letters = randomLetters(8_000_000);
        String[] rows = new String[80];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = "{\"a\":\"" + letters.substring(i * 100_000, (i + 1) * 100_000) + "\"}";
        }
        sample.notes(sample.parts.stage(null, List.of("a"), rows));
        AtomicLong written = new AtomicLong();
        List<Long> writtenAtTheEndOfEachReading = new ArrayList<>();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                written.incrementAndGet();
            }
        };

        new PackageWriter("1", Long.MAX_VALUE)
                .write(
                        sample.content(),
                        part -> new FilterInputStream(sample.parts.open(part)) {
                            @Override
                            public int read(byte[] buffer, int offset, int length) throws IOException {
                                int count = super.read(buffer, offset, length);
                                if (count < 0) {
                                    writtenAtTheEndOfEachReading.add(written.get());
                                }
                                return count;
                            }
                        },
                        name -> out);

        // Nothing is written yet while the plan is made
        writtenAtTheEndOfEachReading.removeIf(bytes -> bytes == 0);
        assertThat(writtenAtTheEndOfEachReading.get(0)).isGreaterThan(4_000_000);
        assertThat(writtenAtTheEndOfEachReading.get(1)).isGreaterThan(8_000_000);
    }

    private static String randomLetters(int count) {
        return new Random(7)
                .ints(count, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static OutputStream full(int room) {
        return new OutputStream() {
            private int left = room;

            @Override
            public void write(int b) throws IOException {
                if (left-- <= 0) {
                    throw new IOException("no room");
                }
            }
        };
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
