package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random files some of whose rows go and some of which are masked: what comes out is, byte for byte, what the writer of the file
 * would have written without them; also within gzip and zip.
 */
@Tag("fuzz")
class FileEditsFuzzTest {

    private static final int FILES = 100 * Integer.getInteger("themis.fuzz.times", 1);
    private static final long SEED = Long.getLong("themis.fuzz.seed", 20_261_124);

    private enum Kind {
        XML(EditedXml::random),
        JSONL(EditedJsonl::random),
        CSV(EditedCsv::random);

        private final Function<Random, EditedFile> writer;

        Kind(Function<Random, EditedFile> writer) {
            this.writer = writer;
        }
    }

    private interface Check {
        void of(EditedFile file, Random dice) throws Exception;
    }

    /** Takes only what stands in the file at that very place, as a store would copy it, and in its order. */
    private record Kept(byte[] before, ByteArrayOutputStream target) implements NewContent {

        @Override
        public void kept(long offset, byte[] bytes, int from, int length) {
            assertThat(Arrays.copyOfRange(bytes, from, from + length))
                    .isEqualTo(Arrays.copyOfRange(before, (int) offset, (int) offset + length));
            target.write(before, (int) offset, length);
        }

        @Override
        public void instead(byte[] bytes) {
            target.writeBytes(bytes);
        }
    }

    private static void forEach(Kind kind, Check check) {
        long deleted = 0;
        long masked = 0;
        for (int i = 0; i < FILES; i++) {
            Random dice = Dice.of(SEED + i);
            EditedFile file = kind.writer.apply(dice);
            deleted += file.deleted();
            masked += file.masked();
            try {
                check.of(file, dice);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed %d, file%n%s".formatted(SEED + i, new String(file.before(), StandardCharsets.UTF_8)), e);
            }
        }
        assertThat(deleted).isGreaterThan(FILES / 2);
        assertThat(masked).isGreaterThan(FILES / 4);
    }

    @ParameterizedTest
    @EnumSource
    void rowsGoAndTheRestStaysByteForByte(Kind kind) {
        forEach(kind, (file, dice) -> {
            FileEdits edits = file.format().edits(trickle(file.before(), dice), file.match(), file.judge());
            byte[] rewritten = rewrite(file.format(), file.before(), edits, dice);
            assertThat(new String(rewritten, StandardCharsets.ISO_8859_1))
                    .isEqualTo(new String(file.after(), StandardCharsets.ISO_8859_1));
            assertThat(edits.length()).isEqualTo(file.before().length);
            assertFits(edits, file);
            checkNothingIsLeft(file, file.format(), rewritten, edits);
        });
    }

    @ParameterizedTest
    @EnumSource
    void aScanFindsTheSameEditsAndWritesTheFileWhileItReads(Kind kind) {
        forEach(kind, (file, dice) -> {
            FileEdits expected = file.format().edits(trickle(file.before(), dice), file.match(), file.judge());
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            FileEdits edits = file.format()
                    .scanEdits(
                            trickle(file.before(), dice), file.match(), file.judge(), new Kept(file.before(), target));
            assertThat(target.toString(StandardCharsets.ISO_8859_1))
                    .isEqualTo(new String(file.after(), StandardCharsets.ISO_8859_1));
            assertThat(edits).usingRecursiveComparison().isEqualTo(expected);
            assertFits(edits, file);

            byte[] packed = gzip(file.before(), new GzipParameters(), dice);
            assertThat(file.format()
                            .gzipped()
                            .scanEdits(
                                    trickle(packed, dice),
                                    file.match(),
                                    file.judge(),
                                    new Kept(file.before(), new ByteArrayOutputStream())))
                    .usingRecursiveComparison()
                    .isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @EnumSource
    void rowsGoFromGzipAndItsHeaderStays(Kind kind) {
        forEach(kind, (file, dice) -> {
            GzipParameters header = new GzipParameters();
            header.setFileName("rows.txt");
            header.setComment("nightly");
            header.setModificationTime(1_700_000_000L);
            header.setCompressionLevel(dice.nextBoolean() ? 9 : 1);
            byte[] packed = gzip(file.before(), header, dice);
            RowFormat format = file.format().gzipped();
            FileEdits edits = format.edits(trickle(packed, dice), file.match(), file.judge());
            byte[] rewritten = rewrite(format, packed, edits, dice);
            try (GzipCompressorInputStream unpacked =
                    new GzipCompressorInputStream(new ByteArrayInputStream(rewritten))) {
                assertThat(unpacked.readAllBytes()).isEqualTo(file.after());
                GzipParameters kept = unpacked.getMetaData();
                assertThat(kept.getFileName()).isEqualTo(header.getFileName());
                assertThat(kept.getComment()).isEqualTo(header.getComment());
                assertThat(kept.getModificationTime()).isEqualTo(header.getModificationTime());
                assertThat(kept.getCompressionLevel()).isEqualTo(header.getCompressionLevel());
            }
            assertFits(edits, file);
            checkNothingIsLeft(file, format, rewritten, edits);
        });
    }

    @ParameterizedTest
    @EnumSource
    void rowsGoFromZipsAndOtherEntriesStay(Kind kind) {
        LakePath path = LakePath.parse("all/{day}.zip!/{shop}/rows.txt");
        LakeFile zip = path.file("all/mon.zip").orElseThrow();
        forEach(kind, (file, dice) -> {
            boolean isGzipped = dice.nextInt(4) == 0;
            RowFormat format = isGzipped ? file.format().gzipped() : file.format();
            long shape = dice.nextLong();
            byte[] old = isGzipped ? gzip(file.before(), new GzipParameters(), dice) : file.before();
            byte[] before = zip(old, old, new Random(shape));
            ZipEditor editor = new ZipEditor(
                    format,
                    path,
                    zip,
                    entry -> entry.partition().equals("mon/fr")
                            ? Optional.empty()
                            : Optional.of(new JudgedRows(file.match(), file.judge())));

            ZipEdits edits = editor.survey(new BytesAsFile(before));
            ByteArrayOutputStream rewritten = new ByteArrayOutputStream();
            editor.rewrite(new BytesAsFile(before), edits, rewritten);

            if (!isGzipped) {
                assertThat(rewritten.toByteArray()).isEqualTo(zip(old, file.after(), new Random(shape)));
            }
            assertThat(List.of(edits.rows(), edits.deleted(), edits.masked()))
                    .isEqualTo(List.of(file.rows(), file.deleted(), file.masked()));
            ZipEdits again = editor.survey(new BytesAsFile(rewritten.toByteArray()));
            assertThat(again.changed()).isEmpty();
            assertThat(again.sha256()).isEqualTo(edits.sha256());
            assertThat(again.rows()).isEqualTo(file.rows() - file.deleted());
            assertThat(owners(format, path, zip, file, rewritten.toByteArray())).doesNotContain(EditedFile.DELETED);
        });
    }

    /** Rows that the search finds in the zip, outside of the partition that nobody asks about. */
    private static List<String> owners(RowFormat format, LakePath path, LakeFile zip, EditedFile file, byte[] bytes)
            throws Exception {
        List<String> verdicts = new ArrayList<>();
        RowSearch search = format.searchZip(path, zip, new EntrySink() {
            @Override
            public Optional<RowMatch> begin(LakeFile entry) {
                return entry.partition().equals("mon/fr") ? Optional.empty() : Optional.of(file.match());
            }

            @Override
            public void row(Map<String, Object> row) {
                verdicts.add(file.judge().of(row).isDeleted() ? EditedFile.DELETED : EditedFile.KEPT);
            }

            @Override
            public void end(UnreadableFileException problem) {
                assertThat(problem).isNull();
            }
        });
        search.write(bytes);
        search.finish();
        return verdicts;
    }

    private static byte[] zip(byte[] unasked, byte[] asked, Random shape) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("readme.txt", "owner\n1\n".getBytes(StandardCharsets.UTF_8));
        entries.put("fr/rows.txt", unasked);
        entries.put("de/", new byte[0]);
        entries.put("de/rows.txt", asked);
        List<String> names = new ArrayList<>(entries.keySet());
        java.util.Collections.shuffle(names, shape);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setComment(shape.nextBoolean() ? "nightly" : null);
            for (String name : names) {
                ZipEntry header = new ZipEntry(name);
                header.setTime(1_700_000_000_000L);
                if (shape.nextBoolean()) {
                    CRC32 checksum = new CRC32();
                    checksum.update(entries.get(name));
                    header.setMethod(ZipEntry.STORED);
                    header.setSize(entries.get(name).length);
                    header.setCrc(checksum.getValue());
                }
                zip.putNextEntry(header);
                zip.write(entries.get(name));
            }
        }
        return bytes.toByteArray();
    }

    private static void assertFits(FileEdits edits, EditedFile file) throws Exception {
        assertThat(List.of(edits.rows(), edits.deleted(), edits.masked()))
                .isEqualTo(List.of(file.rows(), file.deleted(), file.masked()));
        assertThat(edits.sha256())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(file.after())));
    }

    private static void checkNothingIsLeft(EditedFile file, RowFormat format, byte[] rewritten, FileEdits edits)
            throws Exception {
        FileEdits again = format.edits(new ByteArrayInputStream(rewritten), file.match(), file.judge());
        assertThat(again.edits()).isEmpty();
        assertThat(again.deleted() + again.masked()).isZero();
        assertThat(again.sha256()).isEqualTo(edits.sha256());
        assertThat(again.rows()).isEqualTo(edits.rows() - edits.deleted());
        List<RowVerdict> verdicts = new ArrayList<>();
        RowSearch search =
                format.search(file.match(), row -> verdicts.add(file.judge().of(row)));
        search.write(rewritten);
        assertThat(search.finish().rows()).isEqualTo(again.rows());
        assertThat(verdicts).doesNotContain(RowVerdict.DELETE);
    }

    private static byte[] rewrite(RowFormat format, byte[] file, FileEdits edits, Random dice) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        format.rewrite(trickle(file, dice), edits, target);
        return target.toByteArray();
    }

    @Test
    void aRowThatWouldBeReadAsAByteOrderMarkAtTheStartOfTheFileIsNotMovedThere() throws Exception {
        RowMatch match = ExactMatch.of(Map.of("owner", Set.of("1")));
        CsvLayout utf8 = new CsvLayout(',', '"', null, List.of("id", "owner"));
        CsvLayout latin1 = new CsvLayout(',', '"', StandardCharsets.ISO_8859_1, List.of("id", "owner"));
        for (CsvLayout layout : List.of(utf8, latin1)) {
            String mark = layout == utf8 ? "\uFEFF" : "\u00FF\u00FE";
            byte[] file = ("7,1\n" + mark + "8,2\n")
                    .getBytes(layout == utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
            assertThatThrownBy(() -> RowFormat.csv(layout, Set.of())
                            .edits(new ByteArrayInputStream(file), match, row -> RowVerdict.DELETE))
                    .isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining("would begin with what looks like a byte order mark");
        }
    }

    @Test
    void aMaskThatXmlDoesNotAllowIsNotWritten() {
        byte[] file = "<rows><row owner=\"1\" note=\"x\"/></rows>".getBytes(StandardCharsets.UTF_8);
        for (String mask : List.of("\u0001", "\uFFFF", "\uD83D")) {
            RowVerdict verdict = new RowVerdict(false, Map.of(EditedFile.column("note"), mask));
            assertThatThrownBy(() -> RowFormat.xmlRows()
                            .edits(
                                    new ByteArrayInputStream(file),
                                    ExactMatch.of(Map.of("owner", Set.of("1"))),
                                    row -> verdict))
                    .isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining("has a character that XML does not allow");
        }
    }

    @Test
    void aMaskThatStandsThereAlreadyIsNoEdit() throws Exception {
        RowVerdict verdict = new RowVerdict(false, Map.of(EditedFile.column("note"), "gone"));
        byte[] file = "owner,note\n1,gone\n1,here\n".getBytes(StandardCharsets.UTF_8);

        FileEdits edits = RowFormat.csv(CsvLayout.PLAIN, Set.of())
                .edits(new ByteArrayInputStream(file), ExactMatch.of(Map.of("owner", Set.of("1"))), row -> verdict);

        assertThat(edits.edits()).hasSize(1);
        assertThat(edits.masked()).isEqualTo(1);
    }

    @Test
    void aFileWithoutRowsStaysAsItIs() throws Exception {
        RowMatch match = ExactMatch.of(Map.of("owner", Set.of("1")));
        CsvLayout named = new CsvLayout(',', '"', null, List.of("owner"));
        Map<RowFormat, List<String>> files = Map.of(
                RowFormat.jsonl(Set.of()), List.of("", "\n", "\uFEFF"),
                RowFormat.csv(named, Set.of()), List.of("", "\r\n", "\uFEFF"),
                RowFormat.csv(CsvLayout.PLAIN, Set.of()), List.of("owner", "owner\n"),
                RowFormat.xmlRows(), List.of("<rows/>", "\uFEFF<rows></rows>"));
        for (RowFormat format : files.keySet()) {
            for (String text : files.get(format)) {
                byte[] file = text.getBytes(StandardCharsets.UTF_8);
                FileEdits edits = format.edits(new ByteArrayInputStream(file), match, row -> RowVerdict.DELETE);
                assertThat(edits.rows()).isZero();
                assertThat(rewrite(format, file, edits, new Random(1))).isEqualTo(file);
            }
        }
    }

    /** Gives no more at once than it pleases. */
    private static InputStream trickle(byte[] file, Random dice) {
        int most = 1 + dice.nextInt(dice.nextBoolean() ? 5 : 2000);
        return new FilterInputStream(new ByteArrayInputStream(file)) {
            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                return super.read(target, from, Math.min(length, 1 + dice.nextInt(most)));
            }
        };
    }

    /** In one to three members, of which the first has the header. */
    private static byte[] gzip(byte[] content, GzipParameters header, Random dice) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        int at = 0;
        for (int left = dice.nextInt(3); left >= 0; left--) {
            int end = left == 0 ? content.length : at + dice.nextInt(content.length - at + 1);
            try (GzipCompressorOutputStream gzip = new GzipCompressorOutputStream(
                    packed, at == 0 && packed.size() == 0 ? header : new GzipParameters())) {
                gzip.write(content, at, end - at);
            }
            at = end;
        }
        return packed.toByteArray();
    }
}
