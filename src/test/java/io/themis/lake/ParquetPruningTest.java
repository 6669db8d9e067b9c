package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.lake.RowMatch.Wanted;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Statistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetPruningTest {

    /** Sorted, in ten row groups. */
    private static final String SORTED =
            "SELECT i AS k, sha256(i::VARCHAR) AS text, format('p{:05d}@example.org', i) AS address FROM range(20480) t(i)";

    private static final String[] GROUPS = {"ROW_GROUP_SIZE 2048", "CODEC 'uncompressed'"};

    @RegisterExtension
    static final ParquetFiles files = new ParquetFiles();

    private final List<Map<String, Object>> found = new ArrayList<>();

    /** What is read of the file besides its end, where the footer is. */
    private long read(byte[] file, RowMatch match) throws Exception {
        found.clear();
        BytesAsFile bytes = new BytesAsFile(file);
        Searched searched = new ParquetRowSearch(match, Set.of(), Set.of(), found::add).search(bytes);
        assertThat(searched.bytes()).isEqualTo(file.length);
        assertThat(searched.rows()).isEqualTo(ParquetFiles.footer(file).getNum_rows());
        return bytes.bytesRead() - Math.min(file.length, 1 << 16);
    }

    private static RowMatch keys(String... keys) {
        return ExactMatch.of(Map.of("k", Set.of(keys)));
    }

    @Test
    void onlyTheRowGroupThatMayHaveThePersonIsRead() throws Exception {
        byte[] file = files.duckDb(SORTED, GROUPS);

        assertThat(read(file, keys("5000"))).isBetween(1L, file.length / 9L);
        assertThat(found).extracting(row -> row.get("k")).containsExactly(5000L);
        assertThat(read(file, keys("70000", "nobody", "4.5"))).isZero();
    }

    @Test
    void anAddressInAnyCaseIsLookedForOnlyWhereItMayBe() throws Exception {
        byte[] file = files.duckDb(
                "SELECT CASE WHEN k % 2 = 0 THEN upper(address) ELSE address END AS k, text FROM (" + SORTED
                        + ") WHERE k < 4096",
                GROUPS);
        byte[] sorted = files.duckDb("SELECT address AS k, text FROM (" + SORTED + ")", GROUPS);

        read(file, address("P04000@example.org"));
        assertThat(found).extracting(row -> row.get("k")).containsExactly("P04000@EXAMPLE.ORG");
        assertThat(read(sorted, address("P05000@Example.org"))).isBetween(1L, sorted.length / 7L);
        assertThat(found).extracting(row -> row.get("k")).containsExactly("p05000@example.org");
        assertThat(read(sorted, address("q05000@example.org"))).isZero();
    }

    private static RowMatch address(String address) {
        return new RowMatch(Map.of("k", new Wanted(NormalForm.EMAIL_ADDRESS, Set.of(address))));
    }

    @Test
    void aRowGroupIsSkippedOnlyIfEachColumnSaysSo() throws Exception {
        byte[] file = files.duckDb(SORTED, GROUPS);

        read(file, ExactMatch.of(Map.of("k", Set.of("3"), "address", Set.of("p09000@example.org"))));
        assertThat(found).extracting(row -> row.get("k")).containsExactly(3L, 9000L);
        read(
                file,
                new RowMatch(
                        Map.of("k", new Wanted(NormalForm.EXACT, Set.of("3"))),
                        Map.of("address", new Wanted(NormalForm.PERSON_NAME, Set.of("P09000@Example.Org")))));
        assertThat(found).extracting(row -> row.get("k")).containsExactly(3L, 9000L);
    }

    @Test
    void aColumnWithoutValuesHoldsNobodyHoweverNamesAreCompared() throws Exception {
        byte[] file =
                files.duckDb("SELECT CASE WHEN k >= 18432 THEN address END AS k, text FROM (" + SORTED + ")", GROUPS);
        RowMatch name =
                new RowMatch(Map.of(), Map.of("k", new Wanted(NormalForm.PERSON_NAME, Set.of("P20000@example.org"))));

        assertThat(read(file, name)).isBetween(1L, file.length / 5L);
        assertThat(found).hasSize(1);
    }

    /** The same file with other statistics of its first column. */
    private static byte[] withStatistics(byte[] file, Consumer<Statistics> lie) throws Exception {
        return ParquetFiles.withFooter(
                file, footer -> columns(footer).forEach(column -> lie.accept(column.getStatistics())));
    }

    private static List<ColumnMetaData> columns(FileMetaData footer) {
        return footer.getRow_groups().stream()
                .map(group -> group.getColumns().get(0).getMeta_data())
                .toList();
    }

    @Test
    void statisticsThatCannotBeReliedOnHideNobody() throws Exception {
        byte[] text = files.duckDb("SELECT address AS k, text FROM (" + SORTED + ")", GROUPS);
        byte[] number = files.duckDb(SORTED, GROUPS);
        byte[] decimal = files.duckDb("SELECT (k / 2)::DOUBLE AS k FROM (" + SORTED + ")", GROUPS);

        isFound(withStatistics(text, ParquetPruningTest::asOldBounds), "p05000@example.org");
        isFound(withStatistics(number, lie -> lie.setNull_count(2_048)), "5000");
        isFound(withStatistics(number, lie -> lie.setNull_count(-1)), "5000");
        isFound(withStatistics(number, lie -> lie.setMin_value(new byte[] {1, 2, 3})), "5000");
        isFound(withStatistics(number, lie -> lie.setMin_value(bytes(9_000)).setMax_value(bytes(8_000))), "5000");
        isFound(withStatistics(number, Statistics::unsetMax_value), "5000");
        isFound(
                withStatistics(
                        decimal,
                        lie -> lie.setMin_value(bytes(Double.doubleToLongBits(Double.NaN)))
                                .setMax_value(bytes(Double.doubleToLongBits(Double.NaN)))),
                "2500");
        Consumer<Statistics> wrong = lie -> {
            lie.setMin_value(bytes(90_000)).setMax_value(bytes(90_001));
            lie.unsetMin();
            lie.unsetMax();
        };
        isFound(
                ParquetFiles.withFooter(withStatistics(number, wrong), footer -> footer.setCreated_by("a writer")),
                "5000");
        isFound(
                ParquetFiles.withFooter(
                        withStatistics(number, wrong),
                        footer -> footer.setCreated_by("parquet-cpp version 1.5.1-SNAPSHOT")),
                "5000");
        assertThat(read(withStatistics(number, wrong), keys("5000")))
                .as("else they are believed")
                .isZero();
    }

    private void isFound(byte[] file, String key) throws Exception {
        read(file, keys(key));
        assertThat(found).hasSize(1);
    }

    /** Those of old writers, who took bytes of text for signed ones. */
    private static void asOldBounds(Statistics statistics) {
        statistics.setMin(new byte[] {(byte) 0xC3}).setMax("a".getBytes());
        statistics.unsetMin_value();
        statistics.unsetMax_value();
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
    }

    @Test
    void oldBoundsOfSignedNumbersAreBelieved() throws Exception {
        byte[] file = withStatistics(files.duckDb(SORTED, GROUPS), statistics -> {
            statistics.setMin(statistics.getMin_value()).setMax(statistics.getMax_value());
            statistics.unsetMin_value();
            statistics.unsetMax_value();
        });

        assertThat(read(file, keys("5000"))).isBetween(1L, file.length / 9L);
        assertThat(found).hasSize(1);
    }

    /** Ten row groups whose keys lie between each other's: the last digit of a key tells its row group. */
    private static byte[] scattered(boolean hasStatistics, int filterBytes) throws Exception {
        return files.example(
                "message m { required int64 k; required binary text (STRING); }",
                writer -> writer.withDictionaryEncoding(false)
                        .withStatisticsEnabled(hasStatistics)
                        .withBloomFilterEnabled("k", true)
                        .withMaxBloomFilterBytes(filterBytes)
                        .withBloomFilterNDV("k", 2_000L)
                        .withBloomFilterFPP("k", 0.0001)
                        .withRowGroupRowCountLimit(2_000),
                LongStream.range(0, 20_000)
                        .<Consumer<Group>>mapToObj(n -> row ->
                                row.append("k", n % 2_000 * 10 + n / 2_000).append("text", "some text of a row"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFilterTellsOfEachRowGroupWhetherAKeyIsThere(boolean hasStatistics) throws Exception {
        byte[] file = scattered(hasStatistics, 1 << 20);

        assertThat(read(file, keys("5003"))).isBetween(1L, file.length / 4L);
        assertThat(found).extracting(row -> row.get("k")).containsExactly(5003L);
        assertThat(read(ParquetFiles.withoutNotes(file), keys("5003"))).isGreaterThan(file.length / 4L);
    }

    @Test
    void ofALongFilterOnlyBlocksAreRead() throws Exception {
        byte[] file = files.duckDb(
                "SELECT hash(i) %% 1000000 * 2 AS k FROM range(400000) t(i)".replace("%%", "%"),
                "ROW_GROUP_SIZE 409600",
                "CODEC 'uncompressed'",
                "DICTIONARY_SIZE_LIMIT 500000");
        ColumnMetaData column = columns(ParquetFiles.footer(file)).get(0);

        assertThat(column.getBloom_filter_length()).isGreaterThan(100_000);
        assertThat(read(file, keys("500001"))).isLessThan(6_000);
        assertThat(found).isEmpty();
    }

    @Test
    void aDamagedFilterHidesNobody() throws Exception {
        for (boolean hasStatistics : List.of(true, false)) {
            byte[] file = scattered(hasStatistics, 4_096);
            List<ColumnMetaData> columns = columns(ParquetFiles.footer(file));
            ColumnMetaData third = columns.get(3);
            int from = (int) third.getBloom_filter_offset();
            int to = from + third.getBloom_filter_length();
            for (int i = from; i < to - 4_096; i++) {
                for (int flip : new int[] {0x01, 0x02, 0x10, 0x80, 0xFF}) {
                    byte[] damaged = file.clone();
                    damaged[i] ^= (byte) flip;
                    isFound(damaged, "5003");
                }
            }
            byte[] empty = file.clone();
            Arrays.fill(empty, to - 4_096, to, (byte) 0);
            isFound(empty, "5003");
        }
        byte[] random = scattered(true, 4_096);
        ColumnMetaData third = columns(ParquetFiles.footer(random)).get(3);
        int to = (int) third.getBloom_filter_offset() + third.getBloom_filter_length();
        byte[] noise = new byte[4_096];
        new Random(1).nextBytes(noise);
        System.arraycopy(noise, 0, random, to - 4_096, 4_096);
        isFound(random, "5003");
    }

    @Test
    void aFilterThatIsNotWhereTheFooterSaysHidesNobody() throws Exception {
        byte[] file = scattered(true, 4_096);
        for (long offset : new long[] {-1, 0, 4, 100, file.length - 10, file.length, Long.MAX_VALUE}) {
            isFound(
                    ParquetFiles.withFooter(
                            file, footer -> columns(footer).forEach(column -> column.setBloom_filter_offset(offset))),
                    "5003");
        }
        for (int length : new int[] {-1, 0, 1, 33, 4_096, Integer.MAX_VALUE}) {
            isFound(
                    ParquetFiles.withFooter(
                            file, footer -> columns(footer).forEach(column -> column.setBloom_filter_length(length))),
                    "5003");
        }
    }

    @Test
    void aStoreThatFailsWhileAFilterIsReadIsNoDamagedFilter() throws Exception {
        byte[] file = scattered(true, 4_096);
        List<String> problems = new ArrayList<>();
        IntStream.range(0, 4).forEach(read -> {
            try {
                new ParquetRowSearch(keys("70001", "5003"), Set.of(), Set.of(), found::add)
                        .search(new BytesAsFile(file).failingFrom(read));
            } catch (Exception e) {
                problems.add(e.getMessage());
            }
        });

        assertThat(problems).hasSize(4).containsOnly("the lake is away");
    }
}
