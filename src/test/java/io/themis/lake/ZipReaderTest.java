package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class ZipReaderTest {

    private static final LakePath PATH = LakePath.parse("exports/{day}.zip!/orders-{shop}.csv");
    private static final String ROWS = "id,n\n42,1\n7,2\n42,3\n";

    private final List<String> ended = new ArrayList<>();
    private Set<String> partitions = Set.of("mon/de", "mon/fr");

    @Test
    void eachEntryOfThePathIsAFileOfItsOwnPartition() throws IOException {
        byte[] zip = zip(Map.of("orders-de.csv", ROWS, "other.csv", ROWS, "orders-fr.csv", "id,n\n42,4\n"), false);

        Found found = search(zip);

        assertThat(found.problem()).isNull();
        assertThat(found.rows())
                .extracting(row -> row.get("at") + " " + row.get("n"))
                .containsExactlyInAnyOrder("mon/de 1", "mon/de 3", "mon/fr 4");
        assertThat(ended)
                .containsExactlyInAnyOrder(
                        "exports/mon.zip!/orders-de.csv: null", "exports/mon.zip!/orders-fr.csv: null");
        assertThat(found.searched()).isEqualTo(new Searched(zip.length, 4, 3));
    }

    @Test
    void storedEntriesAreReadToo() throws IOException {
        assertThat(search(zip(Map.of("orders-de.csv", ROWS), true)).rows()).hasSize(2);
    }

    @Test
    void anEntryWhereThePersonHasNoKeysIsPassedOver() throws IOException {
        partitions = Set.of("mon/fr");

        Found found = search(zip(Map.of("orders-de.csv", ROWS, "orders-fr.csv", "id,n\n42,4\n"), false));

        assertThat(found.rows()).hasSize(1);
        assertThat(ended).containsExactly("exports/mon.zip!/orders-fr.csv: null");
    }

    @Test
    void anEntryThatIsNotWhatTheMapSaysDoesNotHideTheNext() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("orders-de.csv", "id,n\n42,1\n42\n" + "42,2\n".repeat(100_000));
        entries.put("orders-fr.csv", "id,n\n42,4\n");

        Found found = search(zip(entries, false));

        assertThat(found.problem()).isNull();
        assertThat(found.rows()).hasSize(2);
        assertThat(ended)
                .containsExactly(
                        "exports/mon.zip!/orders-de.csv: the record at line 3 has 1 cells, and there are 2 columns, after"
                                + " row 1",
                        "exports/mon.zip!/orders-fr.csv: null");
    }

    @Test
    void entriesCanBeGzipped() throws IOException {
        ByteArrayOutputStream gz = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gz)) {
            out.write(ROWS.getBytes(UTF_8));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("orders-de.csv"));
            zip.write(gz.toByteArray());
        }

        assertThat(search(csv().gzipped(), bytes.toByteArray()).rows()).hasSize(2);
    }

    @Test
    void anEmptyZipHasNoRows() throws IOException {
        assertThat(search(zip(Map.of(), false)).problem()).isNull();
    }

    @Test
    void aCommentAndADirectoryAreNoEntries() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setComment("PK\u0005\u0006 is not the end of this comment, which is long: " + "x".repeat(40_000));
            zip.putNextEntry(new ZipEntry("orders-de.csv/"));
            zip.putNextEntry(new ZipEntry("orders-de.csv"));
            zip.write(ROWS.getBytes(UTF_8));
        }
        Found found = search(bytes.toByteArray());

        assertThat(found.problem()).isNull();
        assertThat(found.rows()).hasSize(2);
    }

    @Test
    void aZipCutOffAnywhereIsNotWhole() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("orders-de.csv", ROWS);
        entries.put("orders-fr.csv", "id,n\n42,4\n");
        for (boolean stored : new boolean[] {true, false}) {
            byte[] zip = zip(entries, stored);
            for (int length = 0; length < zip.length; length++) {
                Found found = search(Arrays.copyOf(zip, length));
                assertThat(found.problem())
                        .as("%d of %d bytes", length, zip.length)
                        .isNotNull();
            }
            assertThat(search(zip).problem()).isNull();
        }
    }

    @Test
    void aZipFollowedBySomethingElseIsNotWhole() throws IOException {
        byte[] zip = zip(Map.of("orders-de.csv", ROWS), false);

        assertThat(search(Arrays.copyOf(zip, zip.length + 3)).problem()).contains("followed by something else");
        assertThat(search("id,n\n42,1\n".repeat(1_000).getBytes(UTF_8)).problem())
                .isEqualTo("the file is no zip or damaged from its start, before the first row");
    }

    @Test
    void aChangedByteOfAnEntryIsNoticed() throws IOException {
        byte[] stored = zip(Map.of("orders-de.csv", ROWS), true);
        stored[indexOf(stored, "7,2")] = '8';
        assertThat(search(stored).rows()).hasSize(2);
        assertThat(ended)
                .containsExactly("exports/mon.zip!/orders-de.csv: the entry does not fit its checksum, after row 3");

        ended.clear();
        byte[] packed = zip(Map.of("orders-de.csv", ROWS), false);
        packed[30 + "orders-de.csv".length()] = (byte) 0xFF;
        assertThat(search(packed).problem()).isNotNull();
        assertThat(ended).hasSize(1).allMatch(entry -> entry.contains("the entry is damaged"));
    }

    @Test
    void anEncryptedEntryIsNamedAndTheNextOneRead() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("orders-de.csv", ROWS);
        entries.put("orders-fr.csv", "id,n\n42,4\n");
        byte[] zip = zip(entries, true);
        zip[6] |= 1;

        Found found = search(zip);

        assertThat(found.problem()).isNull();
        assertThat(found.rows()).extracting(row -> row.get("n")).containsExactly("4");
        assertThat(ended)
                .containsExactly(
                        "exports/mon.zip!/orders-de.csv: the entry is encrypted, before the first row",
                        "exports/mon.zip!/orders-fr.csv: null");
    }

    @Test
    void anEntryThatTheListDoesNotKnowIsNotPassedOver() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("orders-de.csv", ROWS);
        entries.put("orders-fr.csv", "id,n\n42,4\n");
        byte[] zip = zip(entries, true);
        zip[zip.length - 22 + 10] = 1;

        assertThat(search(zip).problem()).contains("lists 1 entries at its end and has 2");
    }

    @Test
    void aBigEntryPasses() throws IOException {
        StringBuilder rows = new StringBuilder("id,n\n");
        for (int i = 0; i < 200_000; i++) {
            rows.append(i % 1000).append(",\"row\n").append(i).append("\"\n");
        }

        assertThat(search(zip(Map.of("orders-de.csv", rows.toString()), false)).rows())
                .hasSize(200);
    }

    private Found search(byte[] zip) throws IOException {
        return search(csv(), zip);
    }

    private static RowFormat csv() {
        return RowFormat.csv(CsvLayout.PLAIN, Set.of());
    }

    private Found search(RowFormat format, byte[] zip) throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        EntrySink sink = new EntrySink() {
            private LakeFile current;

            @Override
            public Optional<RowMatch> begin(LakeFile entry) {
                current = entry;
                return partitions.contains(entry.partition())
                        ? Optional.of(ExactMatch.of(Map.of("id", Set.of("42"))))
                        : Optional.empty();
            }

            @Override
            public void row(Map<String, Object> columns) {
                columns.put("at", current.partition());
                rows.add(columns);
            }

            @Override
            public void end(UnreadableFileException problem) {
                ended.add(current.name() + ": " + (problem == null ? null : problem.getMessage()));
            }
        };
        LakeFile file = PATH.file("exports/mon.zip").orElseThrow();
        return Found.write(format.searchZip(PATH, file, sink), rows, zip, () -> 1000);
    }

    private static byte[] zip(Map<String, String> entries, boolean stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                byte[] content = entry.getValue().getBytes(UTF_8);
                ZipEntry header = new ZipEntry(entry.getKey());
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

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
