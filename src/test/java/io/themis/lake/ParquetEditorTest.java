package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.format.AesGcmV1;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.EncryptionAlgorithm;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SortingColumn;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ParquetEditorTest {

    private static final String ZOE = "zoe-5d0c";

    @RegisterExtension
    static final ParquetFiles files = new ParquetFiles();

    private static ParquetEditor editor(String column, String key, RowVerdict verdict) {
        return new ParquetEditor(ExactMatch.of(Map.of(column, Set.of(key))), row -> verdict);
    }

    private static RowVerdict masked(String column, Object replacement) {
        Map<ColumnPath, Object> replaced = new HashMap<>();
        replaced.put(ColumnPath.parse(column), replacement);
        return new RowVerdict(false, replaced);
    }

    private static byte[] rewritten(byte[] file, ParquetEditor editor) throws Exception {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        editor.rewrite(new BytesAsFile(file), target);
        return target.toByteArray();
    }

    /** Three row groups with statistics, bloom filters and indexes; Zoe is in the second, and greater than all others. */
    private static byte[] names() throws IOException {
        List<Consumer<Group>> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int n = i;
            String name = i == 150 || i == 151 ? ZOE : "name-%04d".formatted(1_000 - i);
            rows.add(row -> row.append("k", name).append("n", n).append("t", "text " + n % 3));
        }
        return files.example(
                "message m { required binary k (STRING); required int32 n; optional binary t (STRING); }",
                writer -> writer.withWriterVersion(WriterVersion.PARQUET_1_0)
                        .withPageRowCountLimit(20)
                        .withMinRowCountForPageSizeCheck(1)
                        .withRowGroupRowCountLimit(100)
                        .withDictionaryEncoding("k", false)
                        .withBloomFilterEnabled("k", true)
                        .withBloomFilterNDV("k", 100),
                rows);
    }

    private static ColumnChunk chunk(byte[] file, int group, int column) throws IOException {
        return ParquetFiles.footer(file).getRow_groups().get(group).getColumns().get(column);
    }

    private static byte[] content(byte[] file, int group, int column) throws IOException {
        ColumnMetaData data = chunk(file, group, column).getMeta_data();
        int from = (int)
                (data.isSetDictionary_page_offset() && data.getDictionary_page_offset() > 0
                        ? data.getDictionary_page_offset()
                        : data.getData_page_offset());
        return Arrays.copyOfRange(file, from, from + (int) data.getTotal_compressed_size());
    }

    private static byte[] bytes(byte[] file, long from, int length) {
        assertThat(length).isPositive();
        return Arrays.copyOfRange(file, (int) from, (int) from + length);
    }

    private static void assertCopied(byte[] before, byte[] after, int group, int column) throws IOException {
        ColumnChunk old = chunk(before, group, column);
        ColumnChunk now = chunk(after, group, column);
        assertThat(content(after, group, column)).isEqualTo(content(before, group, column));
        assertThat(now.getMeta_data().getStatistics())
                .isEqualTo(old.getMeta_data().getStatistics());
        assertThat(bytes(after, now.getColumn_index_offset(), now.getColumn_index_length()))
                .isEqualTo(bytes(before, old.getColumn_index_offset(), old.getColumn_index_length()));
        assertThat(pages(after, now)).isEqualTo(pages(before, old));
        if (old.getMeta_data().isSetBloom_filter_offset()) {
            assertThat(bytes(
                            after,
                            now.getMeta_data().getBloom_filter_offset(),
                            now.getMeta_data().getBloom_filter_length()))
                    .isEqualTo(bytes(
                            before,
                            old.getMeta_data().getBloom_filter_offset(),
                            old.getMeta_data().getBloom_filter_length()));
        }
    }

    /** Where each page is in its column, its length and its first row. */
    private static List<List<Long>> pages(byte[] file, ColumnChunk chunk) throws IOException {
        OffsetIndex index = Util.readOffsetIndex(
                new ByteArrayInputStream(bytes(file, chunk.getOffset_index_offset(), chunk.getOffset_index_length())));
        return index.getPage_locations().stream()
                .map(page -> List.of(
                        page.getOffset() - chunk.getMeta_data().getData_page_offset(),
                        (long) page.getCompressed_page_size(),
                        page.getFirst_row_index()))
                .toList();
    }

    @Test
    void rowGroupsOfOthersAreCopiedByteForByte() throws Exception {
        byte[] before = names();

        byte[] after = rewritten(before, editor("k", ZOE, RowVerdict.DELETE));

        for (int column = 0; column < 3; column++) {
            assertCopied(before, after, 0, column);
            assertCopied(before, after, 2, column);
        }
        RowGroup second = ParquetFiles.footer(after).getRow_groups().get(1);
        assertThat(second.getNum_rows()).isEqualTo(98);
        assertThat(second.getOrdinal()).isEqualTo((short) 1);
    }

    @Test
    void columnsThatAreNotMaskedAreCopiedByteForByte() throws Exception {
        byte[] before = names();

        byte[] after = rewritten(before, editor("k", ZOE, masked("k", "nobody")));

        assertCopied(before, after, 1, 1);
        assertCopied(before, after, 1, 2);
        assertThat(files.rows(after, FilterCompat.NOOP).stream()
                        .filter(row -> row.getString("k", 0).equals("nobody"))
                        .map(row -> row.getInteger("n", 0)))
                .containsExactly(150, 151);
    }

    @Test
    void nothingGivesTheErasedKeyAway() throws Exception {
        byte[] before = names();
        Statistics old = chunk(before, 1, 0).getMeta_data().getStatistics();
        assertThat(old.getMax_value()).isEqualTo(ZOE.getBytes(UTF_8));
        assertThat(filter(before).findHash(hash(ZOE))).isTrue();

        byte[] after = rewritten(before, editor("k", ZOE, RowVerdict.DELETE));

        Statistics now = chunk(after, 1, 0).getMeta_data().getStatistics();
        assertThat(now.getMax_value()).isEqualTo("name-0900".getBytes(UTF_8));
        assertThat(now.getMin_value()).isEqualTo(old.getMin_value());
        assertThat(filter(after).findHash(hash(ZOE))).isFalse();
        assertThat(filter(after).getBitsetSize()).isEqualTo(filter(before).getBitsetSize());
        for (int i = 100; i < 200; i++) {
            assertThat(filter(after).findHash(hash("name-%04d".formatted(1_000 - i))))
                    .isEqualTo(i != 150 && i != 151);
        }
        assertThat(new String(after, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain(ZOE);
    }

    private static BlockSplitBloomFilter filter(byte[] file) throws IOException {
        ColumnMetaData data = chunk(file, 1, 0).getMeta_data();
        ByteArrayInputStream bytes =
                new ByteArrayInputStream(bytes(file, data.getBloom_filter_offset(), data.getBloom_filter_length()));
        return new BlockSplitBloomFilter(
                bytes.readNBytes(Util.readBloomFilterHeader(bytes).getNumBytes()));
    }

    private static long hash(String text) {
        return new BlockSplitBloomFilter(32).hash(Binary.fromString(text));
    }

    @Test
    void aBloomFilterWhoseLengthIsNotStatedIsKeptToo() throws Exception {
        byte[] before = ParquetFiles.withFooter(
                names(),
                footer -> footer.getRow_groups()
                        .forEach(group -> group.getColumns()
                                .forEach(column -> column.getMeta_data().unsetBloom_filter_length())));

        byte[] after = rewritten(before, editor("k", ZOE, RowVerdict.DELETE));

        assertThat(filter(after).findHash(hash("name-0900"))).isTrue();
        assertThat(filter(after).findHash(hash(ZOE))).isFalse();
        assertThat(chunk(after, 0, 0).getMeta_data().getBloom_filter_length())
                .isEqualTo(chunk(names(), 0, 0).getMeta_data().getBloom_filter_length());
    }

    @Test
    void pagesAndTheirEncodingsAreAsTheyWere() throws Exception {
        byte[] before = names();

        byte[] after = rewritten(before, editor("k", ZOE, RowVerdict.DELETE));

        for (int column = 0; column < 3; column++) {
            assertThat(chunk(after, 1, column).getMeta_data().getEncoding_stats())
                    .containsExactlyInAnyOrderElementsOf(
                            chunk(before, 1, column).getMeta_data().getEncoding_stats());
            assertThat(pages(after, chunk(after, 1, column)))
                    .extracting(page -> page.get(2))
                    .containsExactly(0L, 20L, 40L, 58L, 78L);
        }
    }

    @Test
    void aFileWhoseRowsAllGoIsAFileWithoutRows() throws Exception {
        byte[] before = files.duckDb("SELECT 'all' AS k, i AS n FROM range(5000) t(i)", "ROW_GROUP_SIZE 2048");

        byte[] after = rewritten(before, editor("k", "all", RowVerdict.DELETE));

        assertThat(files.askDuckDb("SELECT count(*) FROM read_parquet(FILE)", after))
                .isEqualTo("0");
        assertThat(files.rows(after, FilterCompat.NOOP)).isEmpty();
        assertThat(ParquetFiles.footer(after).getSchema())
                .isEqualTo(ParquetFiles.footer(before).getSchema());
        assertThat(editor("k", "all", RowVerdict.DELETE)
                        .survey(new BytesAsFile(after))
                        .rows())
                .isZero();
    }

    @Test
    void onlyColumnsThatAreStillInOrderAreSaidToBe() throws Exception {
        byte[] before = ParquetFiles.withFooter(
                names(),
                footer -> footer.getRow_groups()
                        .forEach(group -> group.setSorting_columns(
                                List.of(new SortingColumn(1, false, false), new SortingColumn(0, true, false)))));

        FileMetaData deleted = ParquetFiles.footer(rewritten(before, editor("k", ZOE, RowVerdict.DELETE)));
        FileMetaData masked = ParquetFiles.footer(rewritten(before, editor("k", ZOE, masked("k", "nobody"))));

        assertThat(deleted.getRow_groups()).allMatch(group -> group.getSorting_columnsSize() == 2);
        assertThat(masked.getRow_groups().get(0).getSorting_columnsSize()).isEqualTo(2);
        assertThat(masked.getRow_groups().get(1).getSorting_columns())
                .containsExactly(new SortingColumn(1, false, false));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void everyNaNKeepsItsBits(boolean hasDictionary) throws Exception {
        int[] bits = {0x7FC00000, 0x7FC00001, 0xFFC12345, 0x7F812345, 0x80000000, 0};
        List<Consumer<Group>> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int value = bits[i % bits.length];
            int n = i;
            rows.add(row -> row.append("k", n % 7).append("f", value));
        }
        byte[] ints = files.example(
                "message m { required int32 k; required int32 f; }",
                writer -> writer.withWriterVersion(WriterVersion.PARQUET_1_0)
                        .withStatisticsEnabled(false)
                        .withDictionaryEncoding(hasDictionary),
                rows);

        byte[] after = as(Type.INT32, rewritten(as(Type.FLOAT, ints), editor("k", "3", RowVerdict.DELETE)));

        assertThat(files.rows(after, FilterCompat.NOOP))
                .extracting(row -> row.getInteger("f", 0))
                .isEqualTo(IntStream.range(0, 60)
                        .filter(i -> i % 7 != 3)
                        .mapToObj(i -> bits[i % bits.length])
                        .toList());
    }

    private static byte[] as(Type type, byte[] file) throws IOException {
        return ParquetFiles.withFooter(file, footer -> {
            footer.getSchema().get(2).setType(type);
            footer.getRow_groups()
                    .forEach(group -> group.getColumns().get(1).getMeta_data().setType(type));
        });
    }

    @Test
    void aFileCanBeRewrittenAgain() throws Exception {
        byte[] once = rewritten(names(), editor("k", ZOE, RowVerdict.DELETE));

        byte[] twice = rewritten(once, editor("t", "text 1", masked("t", null)));
        byte[] thrice = rewritten(twice, editor("k", "name-0900", RowVerdict.DELETE));

        assertThat(files.rows(thrice, FilterCompat.NOOP))
                .hasSize(297)
                .noneMatch(row -> row.getFieldRepetitionCount("t") > 0
                        && row.getString("t", 0).equals("text 1"));
        assertThat(chunk(thrice, 1, 2).getMeta_data().getEncoding_stats())
                .containsExactlyInAnyOrderElementsOf(
                        chunk(names(), 1, 2).getMeta_data().getEncoding_stats());
    }

    @Test
    void theChecksumIsOfTheRowsAlone() throws Exception {
        String rows = "SELECT 'k' || i %% 7 AS k, i AS n, [i, NULL][1:(i %% 3)::INTEGER] AS l FROM range(9000) t(i) %s";
        ParquetEditor editor = editor("k", ZOE, RowVerdict.DELETE);
        String sha256 = sha256(editor, files.duckDb(rows.formatted("")));

        assertThat(sha256(
                        editor,
                        files.duckDb(
                                rows.formatted(""),
                                "ROW_GROUP_SIZE 2048",
                                "CODEC 'zstd'",
                                "DICTIONARY_SIZE_LIMIT 1",
                                "PARQUET_VERSION V2")))
                .isEqualTo(sha256);
        assertThat(sha256(editor, files.duckDb(rows.formatted("ORDER BY n DESC"))))
                .isNotEqualTo(sha256);
        assertThat(sha256(editor, files.duckDb(rows.formatted("LIMIT 8999")))).isNotEqualTo(sha256);
        assertThat(sha256(
                        editor,
                        files.duckDb(rows.replace("[i, NULL]", "[NULL, i]").formatted(""))))
                .isNotEqualTo(sha256);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            []::INTEGER[]           | NULL::INTEGER[]
            [NULL]::INTEGER[]       | []::INTEGER[]
            [[1], [2]]              | [[1, 2]]
            {'a': NULL::INTEGER}    | NULL::STRUCT(a INTEGER)
            0.0::DOUBLE             | -0.0::DOUBLE
            """)
    void valuesThatLookAlikeHaveOtherChecksums(String one, String other) throws Exception {
        ParquetEditor editor = editor("k", ZOE, RowVerdict.DELETE);

        assertThat(sha256(editor, files.duckDb("SELECT 'x' AS k, " + one + " AS v")))
                .isNotEqualTo(sha256(editor, files.duckDb("SELECT 'x' AS k, " + other + " AS v")));
    }

    private static String sha256(ParquetEditor editor, byte[] file) throws Exception {
        return editor.survey(new BytesAsFile(file)).sha256();
    }

    @Test
    void aSurveyDoesNotBelieveStatisticsAndBloomFilters() throws Exception {
        byte[] lying = ParquetFiles.withFooter(
                names(),
                footer -> footer.getRow_groups()
                        .forEach(group -> group.getColumns()
                                .get(0)
                                .getMeta_data()
                                .getStatistics()
                                .setMax_value("name-9999".getBytes(UTF_8))));

        assertThat(editor("k", ZOE, RowVerdict.DELETE)
                        .survey(new BytesAsFile(lying))
                        .deleted())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            n        | null       | column n can't be null, which is to replace its values
            n        | 3f9a       | column n holds int32, so it can't be replaced by this text
            d        | someday    | column d holds int32 of type date, so it can't be replaced by this text
            m        | 1.005      | column m holds int64 of type decimal(18,2), so it can't be replaced by this text
            u        | 256        | column u holds int32 of type integer(8,false), so it can't be replaced by this text
            raw      | removed    | column raw holds fixed_len_byte_array, so it can't be replaced by this text
            old      | 1970       | column old holds int96, so it can't be replaced by this text
            l        | removed    | column l is no single value, so nothing but null can replace it
            l.list   | removed    | column l.list can hold several values, none of which can be replaced alone
            r        | removed    | column r can hold several values, none of which can be replaced alone
            g.absent | removed    | the file has no column g.absent, which the data map names
            """)
    void whatCannotBeReplacedIsSaidBeforeAnythingIsWritten(String column, String replacement, String reason)
            throws Exception {
        byte[] file = files.example(
                "message m { required binary k (STRING); required int32 n; optional int32 d (DATE); "
                        + "optional int64 m (DECIMAL(18,2)); optional int32 u (INTEGER(8,false)); "
                        + "optional fixed_len_byte_array(3) raw; optional int96 old; repeated int32 r; "
                        + "optional group l (LIST) { repeated group list { optional int32 element; } } "
                        + "optional group g { optional int32 i; } }",
                WriterVersion.PARQUET_1_0,
                10,
                List.of(
                        row -> row.append("k", "other").append("n", 1),
                        row -> row.append("k", ZOE).append("n", 2)));

        UnreadableFileException e = catchThrowableOfType(
                UnreadableFileException.class,
                () -> editor("k", ZOE, masked(column, replacement)).survey(new BytesAsFile(file)));

        assertThat(e).hasMessage(reason + ", after row 1").hasNoCause();
    }

    @Test
    void whatIsInAnAbsentGroupIsNotReplaced() throws Exception {
        byte[] file = files.example(
                "message m { required binary k (STRING); optional group g { optional binary a (STRING); } }",
                WriterVersion.PARQUET_2_0,
                10,
                List.of(
                        row -> row.append("k", ZOE),
                        row -> row.append("k", ZOE).addGroup("g"),
                        row -> row.append("k", ZOE).addGroup("g").append("a", "x")));

        List<Group> rows = files.rows(rewritten(file, editor("k", ZOE, masked("g.a", "removed"))), FilterCompat.NOOP);

        assertThat(rows.get(0).getFieldRepetitionCount("g")).isZero();
        assertThat(rows.get(1).getGroup("g", 0).getString("a", 0)).isEqualTo("removed");
        assertThat(rows.get(2).getGroup("g", 0).getString("a", 0)).isEqualTo("removed");
    }

    @Test
    void filesThatASearchRefusesAreRefusedInTheSameWords() throws Exception {
        byte[] encrypted = files.example(
                "message m { required int32 k; }",
                WriterVersion.PARQUET_1_0,
                10,
                FileEncryptionProperties.builder("0123456789abcdef".getBytes(UTF_8))
                        .build(),
                List.of(row -> row.append("k", 42)));
        byte[] brotli = files.duckDb("SELECT 42 AS k", "CODEC 'brotli'");
        byte[] signed = ParquetFiles.withFooter(
                files.duckDb("SELECT 42 AS k"),
                footer -> footer.setEncryption_algorithm(EncryptionAlgorithm.AES_GCM_V1(new AesGcmV1())));

        assertRefused(encrypted, "the file is encrypted");
        assertRefused(brotli, "the file is compressed with BROTLI, which is not read");
        assertRefused(signed, "the file is encrypted");
    }

    private static void assertRefused(byte[] file, String reason) {
        ParquetEditor editor = editor("k", "42", RowVerdict.DELETE);
        assertThatThrownBy(() -> editor.survey(new BytesAsFile(file)))
                .isExactlyInstanceOf(UnreadableFileException.class)
                .hasMessageStartingWith(reason);
        assertThatThrownBy(() -> editor.rewrite(new BytesAsFile(file), OutputStream.nullOutputStream()))
                .isExactlyInstanceOf(UnreadableFileException.class)
                .hasMessageStartingWith(reason);
    }

    @Test
    void damageAnywhereIsFoundBySurvey() throws Exception {
        byte[] file = names();
        ParquetEditor editor = editor("k", ZOE, RowVerdict.DELETE);
        for (int group = 0; group < 3; group++) {
            for (int column = 0; column < 3; column++) {
                byte[] damaged = file.clone();
                ColumnMetaData data = chunk(file, group, column).getMeta_data();
                int page = (int) data.getData_page_offset();
                ByteArrayInputStream bytes = new ByteArrayInputStream(file, page, file.length - page);
                Util.readPageHeader(bytes);
                damaged[file.length - bytes.available()] ^= 0x55;
                assertThatThrownBy(() -> editor.survey(new BytesAsFile(damaged)))
                        .isExactlyInstanceOf(UnreadableFileException.class)
                        .hasNoCause();
            }
        }
    }

    @Test
    void whatAStoreFailsWithComesThrough() throws Exception {
        byte[] file = names();
        ParquetEditor editor = editor("k", ZOE, RowVerdict.DELETE);
        int reads = 0;
        for (boolean isWhole = false; !isWhole; ) {
            BytesAsFile bytes = new BytesAsFile(file).failingFrom(reads++);
            try {
                editor.rewrite(bytes, OutputStream.nullOutputStream());
                isWhole = true;
            } catch (IOException e) {
                assertThat(e).hasMessage("the lake is away");
            }
        }
        assertThat(reads).isGreaterThan(20);
        int length = rewritten(file, editor).length;
        for (int room = 0; room < length; room += 97) {
            OutputStream target = new Full(room);
            assertThatThrownBy(() -> editor.rewrite(new BytesAsFile(file), target))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("no room");
        }
    }

    /** Takes so many bytes and no more. */
    private static final class Full extends OutputStream {

        private long room;

        private Full(long room) {
            this.room = room;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[1], 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            room -= length;
            if (room < 0) {
                throw new IOException("no room");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void worksWithoutTheLibrariesThatAreLeftOut(LeftOutLibrary library) throws Exception {
        assertThat(library.callWithout(Alone.class, "rowsLeft", names())).isEqualTo(298L);
    }

    /** What runs in a class loader of its own. */
    public static final class Alone {

        private Alone() {}

        public static long rowsLeft(byte[] file) throws Exception {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            ParquetEditor editor = editor("k", ZOE, RowVerdict.DELETE);
            editor.rewrite(new BytesAsFile(file), target);
            return editor.survey(new BytesAsFile(target.toByteArray())).rows();
        }
    }
}
