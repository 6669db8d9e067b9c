package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.UnicodePathExtraField;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;

/**
 * The zip that is expected is written by the writer of the first one, from the content that is to be left. Where that writer packs
 * with zlib as usual, all of it is the same, byte for byte.
 */
class ZipEditorTest {

    private static final LakePath PATH = LakePath.parse("exports/{day}.zip!/orders-{shop}.csv");
    private static final LakeFile ZIP = PATH.file("exports/mon.zip").orElseThrow();
    private static final String BEFORE = "id,n\n42,1\n7,2\n43,3\n42,4\n";
    private static final String AFTER = "id,n\n7,2\n43,\n";
    private static final String OTHERS = "id,n\n7,2\n8,3\n";

    private final RowFormat csv = RowFormat.csv(CsvLayout.PLAIN, Set.of());
    private final List<String> asked = new ArrayList<>();
    private Set<String> partitions = Set.of("mon/de", "mon/fr");

    private Optional<JudgedRows> ask(LakeFile entry) {
        asked.add(entry.name());
        RowVerdict mask = new RowVerdict(false, java.util.Collections.singletonMap(ColumnPath.parse("n"), null));
        return partitions.contains(entry.partition())
                ? Optional.of(new JudgedRows(
                        ExactMatch.of(Map.of("id", Set.of("42", "43"))),
                        row -> row.get("id").equals("42") ? RowVerdict.DELETE : mask))
                : Optional.empty();
    }

    private ZipEditor editor(RowFormat format) {
        return new ZipEditor(format, PATH, ZIP, this::ask);
    }

    /** What a zip has, by name. */
    private interface Writer {
        byte[] write(Map<String, String> entries) throws IOException;
    }

    private static final Map<String, Writer> WRITERS = Map.ofEntries(
            Map.entry("deflated, with descriptors", entries -> jdk(entries, false)),
            Map.entry("stored", entries -> jdk(entries, true)),
            Map.entry("deflated, without descriptors", entries -> commons(entries, Zip64Mode.Never, true, false)),
            Map.entry("zip64 throughout", entries -> commons(entries, Zip64Mode.Always, true, false)),
            Map.entry("zip64, with descriptors", entries -> commons(entries, Zip64Mode.Always, false, false)),
            Map.entry(
                    "zip64 where its length is not needed",
                    entries -> commons(entries, Zip64Mode.AsNeeded, true, false)),
            Map.entry(
                    "zip64 for lengths alone",
                    entries -> commons(entries, Zip64Mode.AlwaysWithCompatibility, true, false)),
            Map.entry("packed hard", entries -> commons(entries, Zip64Mode.AsNeeded, false, true)),
            Map.entry("descriptors without signatures", ZipEditorTest::unsigned));

    private static Map<String, String> entries(String de, String fr) {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("orders-de.csv/", "");
        entries.put("a.txt", "id,n\n42,9\n");
        entries.put("orders-de.csv", de);
        entries.put("empty", "");
        entries.put("ördérs-€.csv", "id,n\n42,9\n".repeat(1000));
        entries.put("orders-it.csv", "id,n\n42,9\n");
        entries.put("orders-fr.csv", fr);
        entries.put("z.txt", OTHERS);
        return entries;
    }

    @Test
    void onlyTheRowsGoHoweverTheZipIsWritten() throws Exception {
        String de = BEFORE + "7,\"x\ny\"\n".repeat(8_000);
        String deAfter = AFTER + "7,\"x\ny\"\n".repeat(8_000);
        for (Map.Entry<String, Writer> writer : WRITERS.entrySet()) {
            byte[] before = writer.getValue().write(entries(de, BEFORE));
            byte[] after = writer.getValue().write(entries(deAfter, AFTER));

            ZipEdits edits = editor(csv).survey(new BytesAsFile(before));
            byte[] rewritten = rewrite(csv, before, edits);

            assertThat(rewritten).as(writer.getKey()).isEqualTo(after);
            assertThat(edits.length()).isEqualTo(before.length);
            assertThat(edits.rows()).isEqualTo(8_008);
            assertThat(edits.deleted()).isEqualTo(4);
            assertThat(edits.masked()).isEqualTo(2);
            checkNothingIsLeft(csv, rewritten, edits);
        }
    }

    @Test
    void aZipInWhichNothingChangesIsTheSame() throws Exception {
        for (Map.Entry<String, Writer> writer : WRITERS.entrySet()) {
            byte[] zip = writer.getValue().write(entries(OTHERS, OTHERS));

            ZipEdits edits = editor(csv).survey(new BytesAsFile(zip));

            assertThat(edits.changed()).isEmpty();
            assertThat(rewrite(csv, zip, edits)).as(writer.getKey()).isEqualTo(zip);
        }
    }

    @Test
    void theChecksumIsOfNamesAndContentsAndNotOfHowTheyArePacked() throws Exception {
        Set<String> checksums = new java.util.HashSet<>();
        for (Writer writer : WRITERS.values()) {
            checksums.add(editor(csv)
                    .survey(new BytesAsFile(writer.write(entries(BEFORE, AFTER))))
                    .sha256());
        }
        assertThat(checksums).hasSize(1);
        for (Map<String, String> other :
                List.of(entries(BEFORE, OTHERS), entries(BEFORE + "\n", AFTER), Map.of("orders-de.csv", BEFORE))) {
            assertThat(checksums.add(editor(csv)
                            .survey(new BytesAsFile(jdk(other, false)))
                            .sha256()))
                    .isTrue();
        }
    }

    @Test
    void theChecksumIsTheSameWhoeverAsks() throws Exception {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("orders-de.csv", gzip(OTHERS));
        entries.put("orders-fr.csv", gzip(AFTER));
        entries.put("orders-it.csv", "not gzip");
        byte[] zip = latin1(entries);
        String everybody = editor(csv.gzipped()).survey(new BytesAsFile(zip)).sha256();

        partitions = Set.of();

        assertThat(editor(csv.gzipped()).survey(new BytesAsFile(zip)).sha256()).isEqualTo(everybody);
    }

    @Test
    void gzippedEntriesAreRewrittenToo() throws Exception {
        Map<String, String> before = new LinkedHashMap<>();
        before.put("orders-de.csv", gzip(BEFORE));
        before.put("orders-it.csv", gzip(BEFORE));
        byte[] zip = latin1(before);

        ZipEdits edits = editor(csv.gzipped()).survey(new BytesAsFile(zip));
        byte[] rewritten = rewrite(csv.gzipped(), zip, edits);

        assertThat(edits.deleted()).isEqualTo(2);
        checkNothingIsLeft(csv.gzipped(), rewritten, edits);
        Map<String, String> found = latin1Contents(rewritten);
        assertThat(gunzip(found.get("orders-de.csv"))).isEqualTo(AFTER);
        assertThat(found.get("orders-it.csv")).isEqualTo(before.get("orders-it.csv"));
    }

    @Test
    void onlyEntriesOfThePathAreAskedAbout() throws Exception {
        editor(csv).survey(new BytesAsFile(jdk(entries(BEFORE, BEFORE), false)));

        assertThat(asked)
                .containsExactly(
                        "exports/mon.zip!/orders-de.csv",
                        "exports/mon.zip!/orders-it.csv",
                        "exports/mon.zip!/orders-fr.csv");
    }

    @Test
    void aNameThatIsThereTwiceIsTwoFiles() throws Exception {
        byte[] before = twice(BEFORE, "id,n\n42,5\n8,6\n");

        ZipEdits edits = editor(csv).survey(new BytesAsFile(before));

        assertThat(edits.deleted()).isEqualTo(3);
        assertThat(rewrite(csv, before, edits)).isEqualTo(twice(AFTER, "id,n\n8,6\n"));
    }

    private static byte[] twice(String first, String second) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            for (String content : List.of(first, second)) {
                put(zip, "orders-de.csv", content);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void entriesMayBeListedInAnotherOrderThanTheyStandIn() throws Exception {
        byte[] before = swapped(jdk(twoFiles(BEFORE, OTHERS), true));

        ZipEdits edits = editor(csv).survey(new BytesAsFile(before));

        assertThat(rewrite(csv, before, edits)).isEqualTo(swapped(jdk(twoFiles(AFTER, OTHERS), true)));
    }

    private static Map<String, String> twoFiles(String de, String fr) {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("orders-de.csv", de);
        entries.put("orders-fr.csv", fr);
        return entries;
    }

    /** The two entries of the list, which are of the same length, change places. */
    private static byte[] swapped(byte[] zip) {
        ByteBuffer all = littleEndian(zip);
        int list = all.getInt(zip.length - RECORD_AND_COMMENT + 16);
        int length = all.getInt(zip.length - RECORD_AND_COMMENT + 12) / 2;
        byte[] first = Arrays.copyOfRange(zip, list, list + length);
        System.arraycopy(zip, list + length, zip, list, length);
        System.arraycopy(first, 0, zip, list + length, length);
        return zip;
    }

    @Test
    void anEncryptedEntryIsRefusedIfItIsAskedAboutAndCopiedIfNot() throws Exception {
        byte[] zip = jdk(twoFiles(BEFORE, BEFORE), true);
        int second = listed(zip, 1);
        zip[littleEndian(zip).getInt(second + 42) + 6] |= 1;
        zip[second + 8] |= 1;

        assertRefused(zip, "exports/mon.zip!/orders-fr.csv: the entry is encrypted");

        partitions = Set.of("mon/de");
        ZipEdits edits = editor(csv).survey(new BytesAsFile(zip));
        byte[] rewritten = rewrite(csv, zip, edits);
        assertThat(edits.deleted()).isEqualTo(2);
        assertThat(new String(rewritten, UTF_8)).contains(AFTER).contains(BEFORE);
        checkNothingIsLeft(csv, rewritten, edits);
    }

    @Test
    void anEntryThatIsPackedInAnotherWayIsRefusedIfItIsAskedAboutAndCopiedIfNot() throws Exception {
        byte[] zip = jdk(twoFiles(BEFORE, BEFORE), true);
        int second = listed(zip, 1);
        zip[littleEndian(zip).getInt(second + 42) + 8] = 93;
        zip[second + 10] = 93;

        assertRefused(
                zip, "exports/mon.zip!/orders-fr.csv: the entry is packed in a way in which it can't be written again");

        partitions = Set.of("mon/de");
        ZipEdits edits = editor(csv).survey(new BytesAsFile(zip));
        checkNothingIsLeft(csv, rewrite(csv, zip, edits), edits);
    }

    @Test
    void aFileThatIsNotWhatTheMapSaysIsNamed() throws Exception {
        assertRefused(
                jdk(twoFiles(BEFORE, "id,n\n42\n"), false),
                "exports/mon.zip!/orders-fr.csv: the record at line 2 has 1 cells, and there are 2 columns");
    }

    @Test
    void aZipThatIsCutOffAnywhereIsRefused() throws Exception {
        for (Writer writer : WRITERS.values()) {
            byte[] zip = writer.write(twoFiles(BEFORE, AFTER));
            for (int length = 0; length < zip.length; length++) {
                assertRefused(Arrays.copyOf(zip, length), "");
            }
        }
    }

    /** What a changed byte may do without harm: times, attributes, comments and such, which are kept as they are. */
    @Test
    void aChangedByteIsRefusedOrChangesNoRow() throws Exception {
        Random random = new Random(20_261_129);
        for (Map.Entry<String, Writer> writer : WRITERS.entrySet()) {
            byte[] zip = writer.getValue().write(twoFiles(BEFORE, AFTER));
            String checksum = editor(csv).survey(new BytesAsFile(zip)).sha256();
            for (int place = random.nextInt(4); place < zip.length; place += 1 + random.nextInt(4)) {
                byte[] damaged = zip.clone();
                damaged[place] ^= (byte) (1 << random.nextInt(8));
                ZipEdits edits;
                try {
                    edits = editor(csv).survey(new BytesAsFile(damaged));
                } catch (UnreadableFileException e) {
                    continue;
                }
                assertThat(edits.sha256())
                        .as("byte %d, %s", place, writer.getKey())
                        .isEqualTo(checksum);
                byte[] rewritten = rewrite(csv, damaged, edits);
                assertThat(Math.abs(zip.length - rewritten.length)).isLessThan(BEFORE.length());
                checkNothingIsLeft(csv, rewritten, edits);
            }
        }
    }

    @Test
    void bytesThatAreOfNoEntryAreRefused() throws Exception {
        byte[] hidden = jdk(Map.of("orders-fr.csv", BEFORE), true);
        byte[] zip = jdk(Map.of("orders-de.csv", OTHERS), true);
        int list = littleEndian(zip).getInt(zip.length - RECORD_AND_COMMENT + 16);
        int length = littleEndian(hidden).getInt(hidden.length - RECORD_AND_COMMENT + 16);

        // An entry that only a reader sees which goes from one to the next
        byte[] between = insert(zip, list, Arrays.copyOf(hidden, length));
        littleEndian(between).putInt(between.length - RECORD_AND_COMMENT + 16, list + length);
        assertRefused(between, "the zip has bytes that are of no entry");

        byte[] before = insert(zip, 0, Arrays.copyOf(hidden, length));
        littleEndian(before).putInt(before.length - RECORD_AND_COMMENT + 16, list + length);
        littleEndian(before).putInt(list + length + 42, length);
        assertRefused(before, "the zip begins with something else than an entry");

        assertRefused(
                insert(zip, 0, "#!/bin/sh\n".getBytes(UTF_8)), "the zip's list of entries is not where the zip says");
        assertRefused(insert(zip, zip.length, "\n".getBytes(UTF_8)), "followed by something else");
    }

    @Test
    void bytesBehindPackedContentAreRefused() throws Exception {
        byte[] zip = commons(Map.of("orders-de.csv", OTHERS), Zip64Mode.Never, true, false);
        int list = listed(zip, 0);
        byte[] longer = insert(zip, list, "id,n\n42,1\n".getBytes(UTF_8));
        ByteBuffer all = littleEndian(longer);
        all.putInt(longer.length - RECORD_AND_COMMENT + 16, list + 10);
        all.putInt(18, all.getInt(18) + 10);
        all.putInt(list + 10 + 20, all.getInt(18));

        assertRefused(longer, "exports/mon.zip!/orders-de.csv: the zip has bytes that are of no entry");
    }

    @Test
    void aListThatSaysSomethingElseThanTheEntryIsRefused() throws Exception {
        Map<String, Integer> differences = Map.of(
                "name",
                46 + "orders-".length(),
                "checksum",
                16,
                "length",
                24,
                "packed length",
                20,
                "flags",
                9,
                "method",
                10);
        for (Map.Entry<String, Integer> difference : differences.entrySet()) {
            byte[] zip = jdk(twoFiles(BEFORE, OTHERS), true);
            zip[listed(zip, 1) + difference.getValue()] ^= 8;
            assertRefused(zip, "");
        }
    }

    @Test
    void aNameThatOnlyOneReaderSeesIsRefused() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            ZipArchiveEntry entry = new ZipArchiveEntry("harmless.txt");
            entry.addExtraField(new UnicodePathExtraField("orders-de.csv", "harmless.txt".getBytes(UTF_8)));
            zip.setEncoding("ISO-8859-1");
            zip.setUseLanguageEncodingFlag(false);
            zip.putArchiveEntry(entry);
            zip.write(BEFORE.getBytes(UTF_8));
            zip.closeArchiveEntry();
        }
        byte[] zip = bytes.toByteArray();

        // The search goes by it
        ZipEdits edits = editor(csv).survey(new BytesAsFile(zip));
        assertThat(edits.deleted()).isEqualTo(2);
        checkNothingIsLeft(csv, rewrite(csv, zip, edits), edits);

        int list = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf("orders-de.csv");
        zip[list]++;
        assertRefused(zip, "something else than what stands beside an entry");
    }

    @Test
    void aLengthThatIsThereTwiceIsRefused() throws Exception {
        byte[] zip = commons(twoFiles(BEFORE, OTHERS), Zip64Mode.AlwaysWithCompatibility, true, false);
        littleEndian(zip).putInt(listed(zip, 0) + 24, BEFORE.length());

        assertRefused(zip, "the zip's list has an entry's length or place twice");
    }

    @Test
    void oneContentOfTwoEntriesIsRefused() throws Exception {
        byte[] zip = jdk(twoFiles(BEFORE, BEFORE), true);
        littleEndian(zip).putInt(listed(zip, 1) + 42, 0);

        assertRefused(zip, "");
    }

    @Test
    void whatTheStoreFailsWithIsNoFaultOfTheZip() throws Exception {
        Random random = new Random(1);
        StringBuilder rows = new StringBuilder(BEFORE);
        for (int i = 0; i < 500_000; i++) {
            rows.append("7,").append(Long.toString(random.nextLong(), 36)).append('\n');
        }
        byte[] zip = latin1(Map.of("orders-de.csv", gzip(rows.toString())));
        BytesAsFile whole = new BytesAsFile(zip);
        assertThat(editor(csv.gzipped()).survey(whole).deleted()).isEqualTo(2);
        for (int call = 0; call < 6; call++) {
            BytesAsFile file = new BytesAsFile(zip).failingFrom(call);
            assertThatThrownBy(() -> editor(csv.gzipped()).survey(file))
                    .as("read %d", call)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the lake is away");
        }
    }

    @Test
    void anotherZipThanTheOneThatWasReadIsNotRewritten() throws Exception {
        byte[] zip = jdk(twoFiles(BEFORE, OTHERS), false);
        ZipEdits edits = editor(csv).survey(new BytesAsFile(zip));
        byte[] another = jdk(twoFiles(OTHERS, BEFORE), false);

        assertThatThrownBy(() -> rewrite(csv, another, edits)).isInstanceOf(IOException.class);
    }

    @Test
    void anEmptyZipHasNoRowsAndStaysAsItIs() throws Exception {
        byte[] zip = jdk(Map.of(), false);

        ZipEdits edits = editor(csv).survey(new BytesAsFile(zip));

        assertThat(edits.rows()).isZero();
        assertThat(rewrite(csv, zip, edits)).isEqualTo(zip);
    }

    private void assertRefused(byte[] zip, String message) {
        assertThatThrownBy(() -> editor(csv).survey(new BytesAsFile(zip)))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining(message);
    }

    private byte[] rewrite(RowFormat format, byte[] zip, ZipEdits edits) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        editor(format).rewrite(new BytesAsFile(zip), edits, target);
        return target.toByteArray();
    }

    private void checkNothingIsLeft(RowFormat format, byte[] zip, ZipEdits edits) throws Exception {
        ZipEdits again = editor(format).survey(new BytesAsFile(zip));
        assertThat(again.changed()).isEmpty();
        assertThat(again.deleted() + again.masked()).isZero();
        assertThat(again.rows()).isEqualTo(edits.rows() - edits.deleted());
        assertThat(again.sha256()).isEqualTo(edits.sha256());
    }

    private static final String COMMENT = "nightly, with PK\u0005\u0006 in it";
    private static final int RECORD_AND_COMMENT = 22 + COMMENT.length();

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where the list has the entry of that number. */
    private static int listed(byte[] zip, int number) {
        ByteBuffer all = littleEndian(zip);
        int at = all.getInt(zip.length - RECORD_AND_COMMENT + 16);
        for (int i = 0; i < number; i++) {
            at += 46 + all.getShort(at + 28) + all.getShort(at + 30) + all.getShort(at + 32);
        }
        return at;
    }

    private static byte[] insert(byte[] into, int at, byte[] bytes) {
        byte[] all = Arrays.copyOf(into, into.length + bytes.length);
        System.arraycopy(bytes, 0, all, at, bytes.length);
        System.arraycopy(into, at, all, at + bytes.length, into.length - at);
        return all;
    }

    private static byte[] jdk(Map<String, String> entries, boolean stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setComment(COMMENT);
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                header.setLastModifiedTime(FileTime.fromMillis(1_700_000_000_000L));
                header.setComment("of " + entry.getKey());
                byte[] content = entry.getValue().getBytes(UTF_8);
                if (stored) {
                    CRC32 checksum = new CRC32();
                    checksum.update(content);
                    header.setMethod(ZipEntry.STORED);
                    header.setSize(content.length);
                    header.setCrc(checksum.getValue());
                }
                zip.putNextEntry(header);
                zip.write(content);
            }
        }
        return bytes.toByteArray();
    }

    /** Without the signature, which is not needed, as some writers do it. */
    private static byte[] unsigned(Map<String, String> entries) throws IOException {
        byte[] zip = jdk(entries, false);
        for (int number = 0; number < entries.size(); number++) {
            ByteBuffer all = littleEndian(zip);
            int end = number + 1 < entries.size() ? all.getInt(listed(zip, number + 1) + 42) : listed(zip, 0);
            if ((zip[all.getInt(listed(zip, number) + 42) + 6] & 8) != 0) {
                byte[] shorter = insert(new byte[0], 0, new byte[zip.length - 4]);
                System.arraycopy(zip, 0, shorter, 0, end - 16);
                System.arraycopy(zip, end - 12, shorter, end - 16, zip.length - end + 12);
                ByteBuffer moved = littleEndian(shorter);
                int record = shorter.length - RECORD_AND_COMMENT;
                moved.putInt(record + 16, moved.getInt(record + 16) - 4);
                for (int later = number + 1; later < entries.size(); later++) {
                    int offset = listed(shorter, later) + 42;
                    moved.putInt(offset, moved.getInt(offset) - 4);
                }
                zip = shorter;
            }
        }
        return zip;
    }

    private static byte[] commons(Map<String, String> entries, Zip64Mode mode, boolean canGoBack, boolean hard)
            throws IOException {
        SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip =
                canGoBack ? new ZipArchiveOutputStream(channel) : new ZipArchiveOutputStream(bytes)) {
            zip.setUseZip64(mode);
            zip.setComment(COMMENT);
            zip.setLevel(hard ? 9 : -1);
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                put(zip, entry.getKey(), entry.getValue());
            }
        }
        return canGoBack ? Arrays.copyOf(channel.array(), (int) channel.size()) : bytes.toByteArray();
    }

    private static void put(ZipArchiveOutputStream zip, String name, String content) throws IOException {
        ZipArchiveEntry header = new ZipArchiveEntry(name);
        header.setLastModifiedTime(FileTime.fromMillis(1_700_000_000_000L));
        header.setCreationTime(FileTime.fromMillis(1_600_000_000_000L));
        header.setUnixMode(name.endsWith("/") ? 040750 : 0100640);
        header.setComment("of " + name);
        header.setInternalAttributes(1);
        zip.putArchiveEntry(header);
        zip.write(content.getBytes(UTF_8));
        zip.closeArchiveEntry();
    }

    private static byte[] latin1(Map<String, String> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return bytes.toByteArray();
    }

    private static Map<String, String> latin1Contents(byte[] bytes) throws IOException {
        Map<String, String> contents = new LinkedHashMap<>();
        try (java.util.zip.ZipInputStream zip = new java.util.zip.ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                contents.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private static String gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static String gunzip(String packed) throws IOException {
        return new String(
                new java.util.zip.GZIPInputStream(
                                new ByteArrayInputStream(packed.getBytes(StandardCharsets.ISO_8859_1)))
                        .readAllBytes(),
                UTF_8);
    }
}
