package io.themis.lake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.crypto.ColumnEncryptionProperties;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.NanoTime;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.io.api.Binary;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetRowSearchTest {

    private static final RowMatch PERSON_42 = ExactMatch.of(Map.of("k", Set.of("42")));
    private static final String NUMBERS = "SELECT i AS n, (i % 100)::INTEGER AS k FROM range(10000) t(i)";

    private static final byte[] KEY = "0123456789abcdef".getBytes(UTF_8);

    @RegisterExtension
    static final ParquetFiles files = new ParquetFiles();

    private final List<Map<String, Object>> found = new ArrayList<>();

    private Searched search(byte[] file) throws Exception {
        return search(file, PERSON_42);
    }

    private Searched search(byte[] file, RowMatch match) throws Exception {
        return new ParquetRowSearch(match, Set.of(), Set.of(), found::add).search(new BytesAsFile(file));
    }

    private UnreadableFileException unreadable(byte[] file) {
        UnreadableFileException e = catchThrowableOfType(UnreadableFileException.class, () -> search(file));
        assertThat(e).isNotNull().hasNoCause();
        return e;
    }

    private Object onlyValue(byte[] file) throws Exception {
        search(file);
        assertThat(found).hasSize(1);
        return found.get(0).get("v");
    }

    private Object duckDbValue(String expression) throws Exception {
        return onlyValue(files.duckDb("SELECT 42 AS k, " + expression + " AS v"));
    }

    private Object exampleValue(String field, Consumer<Group> value) throws Exception {
        return onlyValue(files.example(
                "message m { required int32 k; %s }".formatted(field),
                WriterVersion.PARQUET_1_0,
                100,
                List.of(value.andThen(row -> row.append("k", 42)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uncompressed", "snappy", "gzip", "zstd", "lz4_raw"})
    void findsThePersonsRowsInEveryRowGroupAndCodec(String codec) throws Exception {
        Searched searched = search(files.duckDb(NUMBERS, "ROW_GROUP_SIZE 2048", "CODEC '" + codec + "'"));

        List<Long> expected = new ArrayList<>();
        for (long n = 42; n < 10_000; n += 100) {
            expected.add(n);
        }
        assertThat(found).extracting(row -> row.get("n")).isEqualTo(expected);
        assertThat(searched.rows()).isEqualTo(10_000);
        assertThat(searched.matched()).isEqualTo(100);
    }

    @Test
    void anotherCodecIsNamed() throws Exception {
        assertThat(unreadable(files.duckDb(NUMBERS, "CODEC 'brotli'")))
                .hasMessageStartingWith("the file is compressed with BROTLI, which is not read");
    }

    @Test
    void readsOnlyTheColumnsMatchedOnWhereNobodyIsFound() throws Exception {
        byte[] file = files.duckDb(
                "SELECT i AS n, i % 2048 AS k, md5(i::VARCHAR) || sha256(i::VARCHAR) AS text FROM range(300000) t(i)"
                        + " WHERE i % 2048 <> 42",
                "ROW_GROUP_SIZE 122880", "CODEC 'uncompressed'");
        BytesAsFile bytes = new BytesAsFile(file);

        Searched searched = new ParquetRowSearch(PERSON_42, Set.of(), Set.of(), found::add).search(bytes);

        assertThat(found).isEmpty();
        assertThat(searched.bytes()).isEqualTo(file.length);
        assertThat(bytes.bytesRead()).isLessThan(file.length / 10);
    }

    @Test
    void aColumnLongerThanOneReadIsWhole() throws Exception {
        search(files.duckDb(
                "SELECT i AS n, (i % 1000)::INTEGER AS k, sha256(i::VARCHAR) || repeat(md5(i::VARCHAR), 8) AS text"
                        + " FROM range(60000) t(i)",
                "ROW_GROUP_SIZE 61440", "CODEC 'uncompressed'"));

        assertThat(found)
                .hasSize(60)
                .allSatisfy(row -> assertThat((String) row.get("text"))
                        .isEqualTo(hash("SHA-256", row.get("n"))
                                + hash("MD5", row.get("n")).repeat(8)));
    }

    private static String hash(String algorithm, Object number) throws Exception {
        byte[] hash =
                MessageDigest.getInstance(algorithm).digest(number.toString().getBytes(UTF_8));
        return HexFormat.of().formatHex(hash);
    }

    @Test
    void aFileWithoutRowsIsSearched() throws Exception {
        assertThat(search(files.duckDb(NUMBERS + " LIMIT 0")).rows()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "42 | 42::TINYINT",
                "42 | 42::UBIGINT",
                "42 | 42.00::DECIMAL(9,2)",
                "42 | 42::DECIMAL(30,5)",
                "42.5 | 42.50::DECIMAL(4,2)",
                "42 | 42::DOUBLE",
                "42 | '42'",
                "100000000000000000000 | 1e20::DOUBLE",
                "-7 | -7::BIGINT",
                "18446744073709551615 | 18446744073709551615::UBIGINT",
                "ß | 'ß'",
                "0e5b8a1c-1111-4222-8333-944444444444 | '0E5B8A1C-1111-4222-8333-944444444444'::UUID",
                "b | 'b'::ENUM('a', 'b')"
            })
    void aKeyIsTheTextOfItsValue(String key, String stored) throws Exception {
        search(files.duckDb("SELECT " + stored + " AS k"), ExactMatch.of(Map.of("k", Set.of(key))));

        assertThat(found).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'420'",
                "' 42'",
                "'42 '",
                "'042'",
                "'42.0'",
                "420",
                "-42",
                "42.01::DOUBLE",
                "NULL::INTEGER",
                "'nan'::DOUBLE",
                "'inf'::FLOAT"
            })
    void whatLooksLikeTheKeyIsSomebodyElse(String stored) throws Exception {
        search(files.duckDb("SELECT " + stored + " AS k, 42 AS other"));

        assertThat(found).isEmpty();
    }

    @Test
    void aRowIsThePersonsByAnyOfTheColumns() throws Exception {
        search(
                files.duckDb("SELECT * FROM (VALUES (1, 7, 'a'), (2, 42, 'b'), (3, 7, 'x')) t(n, k, other)"),
                ExactMatch.of(Map.of("k", Set.of("42"), "other", Set.of("x"))));

        assertThat(found).extracting(row -> row.get("n")).containsExactly(2, 3);
    }

    @Test
    void aKeyInsideGroupsIsFoundByItsPath() throws Exception {
        search(
                files.duckDb("SELECT n, CASE WHEN n < 3 THEN {'name': 'x', 'ref': {'id': n}} END AS customer,"
                        + " 2 AS id FROM range(5) t(n)"),
                ExactMatch.of(Map.of("customer.ref.id", Set.of("2"))));

        assertThat(found).extracting(row -> row.get("n")).containsExactly(2L);
        assertThat(found.get(0).get("customer")).isEqualTo(Map.of("name", "x", "ref", Map.of("id", 2L)));
    }

    @Test
    void aColumnWithADotInItsNameIsThatColumn() throws Exception {
        search(files.duckDb("SELECT 42 AS \"a.b\", {'b': 7} AS a"), ExactMatch.of(Map.of("a.b", Set.of("42"))));

        assertThat(found).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT 42 AS id                          | the file has no column k, which the data map names",
                "SELECT 42 AS K                           | the file has no column k, which the data map names",
                "SELECT [42] AS k                         | column k is of a type that can't be a key",
                "SELECT {'a': 42} AS k                    | column k is of a type that can't be a key",
                "SELECT true AS k                         | column k is of a type that can't be a key",
                "SELECT DATE '2020-01-01' AS k            | column k is of a type that can't be a key",
                "SELECT TIMESTAMP '2020-01-01' AS k       | column k is of a type that can't be a key",
                "SELECT 'x'::BLOB AS k                    | column k is of a type that can't be a key",
            })
    void aColumnThatCannotBeMatchedOnIsNamed(String query, String message) throws Exception {
        assertThat(unreadable(files.duckDb(query))).hasMessageStartingWith(message);
    }

    @Test
    void aKeyThatIsRepeatedIsNoKey() throws Exception {
        assertThat(unreadable(files.example(
                        "message m { repeated int32 k; }",
                        WriterVersion.PARQUET_1_0,
                        10,
                        List.of(row -> row.append("k", 42)))))
                .hasMessageStartingWith("column k can hold several values");
    }

    @Test
    void numbersKeepTheirTypeAndRange() throws Exception {
        assertThat(duckDbValue("(-128)::TINYINT")).isEqualTo(-128);
        assertThat(duckDbAgain("255::UTINYINT")).isEqualTo(255);
        assertThat(duckDbAgain("65535::USMALLINT")).isEqualTo(65_535);
        assertThat(duckDbAgain("4294967295::UINTEGER")).isEqualTo(4_294_967_295L);
        assertThat(duckDbAgain("18446744073709551615::UBIGINT")).isEqualTo(new BigInteger("18446744073709551615"));
        assertThat(duckDbAgain("(-9223372036854775808)::BIGINT")).isEqualTo(Long.MIN_VALUE);
        assertThat(duckDbAgain("0.1::FLOAT")).isEqualTo(0.1f);
        assertThat(duckDbAgain("'-0'::DOUBLE")).isEqualTo(-0.0);
        assertThat(duckDbAgain("'nan'::DOUBLE")).isEqualTo(Double.NaN);
        assertThat(duckDbAgain("false")).isEqualTo(false);
    }

    private Object duckDbAgain(String expression) throws Exception {
        found.clear();
        return duckDbValue(expression);
    }

    @Test
    void decimalsKeepTheirScaleHoweverTheyAreStored() throws Exception {
        assertThat(duckDbValue("1.50::DECIMAL(9,2)")).as("int32").isEqualTo(new BigDecimal("1.50"));
        assertThat(duckDbAgain("(-1.500)::DECIMAL(18,3)")).as("int64").isEqualTo(new BigDecimal("-1.500"));
        assertThat(duckDbAgain("(-12345678901234567890.00)::DECIMAL(38,2)"))
                .as("fixed")
                .isEqualTo(new BigDecimal("-12345678901234567890.00"));
        found.clear();
        assertThat(exampleValue(
                        "required binary v (DECIMAL(30,4));",
                        row -> row.append("v", Binary.fromConstantByteArray(new BigInteger("-1234500").toByteArray()))))
                .as("binary")
                .isEqualTo(new BigDecimal("-123.4500"));
    }

    @Test
    void timesKeepTheirUnitAndWhetherTheyAreOfAZone() throws Exception {
        assertThat(duckDbValue("TIMESTAMP '1969-12-31 23:59:59.999999'"))
                .isEqualTo(LocalDateTime.parse("1969-12-31T23:59:59.999999"));
        assertThat(duckDbAgain("TIMESTAMPTZ '2024-02-29 12:00:00.000001+02'"))
                .isEqualTo(Instant.parse("2024-02-29T10:00:00.000001Z"));
        assertThat(duckDbAgain("TIMESTAMP_NS '1677-12-31 23:59:59.123456789'"))
                .isEqualTo(LocalDateTime.parse("1677-12-31T23:59:59.123456789"));
        assertThat(duckDbAgain("TIMESTAMP_MS '2024-01-01 00:00:00.123'"))
                .isEqualTo(LocalDateTime.parse("2024-01-01T00:00:00.123"));
        assertThat(duckDbAgain("DATE '0001-01-01'")).isEqualTo(LocalDate.of(1, 1, 1));
        found.clear();
        assertThat(exampleValue("required int64 v (TIME(NANOS,false));", row -> row.append("v", 86_399_999_999_999L)))
                .isEqualTo(LocalTime.MAX);
        found.clear();
        assertThat(exampleValue("required int32 v (TIME(MILLIS,true));", row -> row.append("v", 1)))
                .isEqualTo(OffsetTime.of(LocalTime.of(0, 0, 0, 1_000_000), ZoneOffset.UTC));
        found.clear();
        assertThat(exampleValue("required int64 v (TIME(MICROS,false));", row -> row.append("v", 86_400_000_000L)))
                .as("24:00 as stored")
                .isEqualTo(86_400_000_000L);
        found.clear();
        assertThat(exampleValue("required int64 v (TIMESTAMP(NANOS,true));", row -> row.append("v", -1L)))
                .isEqualTo(Instant.parse("1969-12-31T23:59:59.999999999Z"));
    }

    @Test
    void int96IsATimeWithoutAZone() throws Exception {
        // 2440588 is the Julian day number of 1970-01-01
        assertThat(exampleValue(
                        "required int96 v;",
                        row -> row.append("v", new NanoTime(2_440_588 + 19_782, 3_600_000_000_001L))))
                .isEqualTo(LocalDateTime.parse("2024-02-29T01:00:00.000000001"));
        found.clear();
        assertThat(exampleValue("required int96 v;", row -> row.append("v", new NanoTime(2_440_587, 0))))
                .isEqualTo(LocalDateTime.parse("1969-12-31T00:00"));
    }

    @Test
    void bytesStayBytesAndTextIsText() throws Exception {
        assertThat(duckDbValue("'\\xFF\\x00a'::BLOB")).isEqualTo(new byte[] {-1, 0, 'a'});
        assertThat(duckDbAgain("'😀é'")).isEqualTo("😀é");
        assertThat(duckDbAgain("'{\"a\": 1.0}'::JSON")).isEqualTo("{\"a\": 1.0}");
        assertThat(duckDbAgain("'b'::ENUM('a', 'b')")).isEqualTo("b");
        assertThat(duckDbAgain("'0e5b8a1c-1111-4222-8333-944444444444'::UUID"))
                .isEqualTo(UUID.fromString("0e5b8a1c-1111-4222-8333-944444444444"));
        assertThat(duckDbAgain("INTERVAL '14 months 3 days 4005 milliseconds'")).isEqualTo("P14M3DT4.005S");
        found.clear();
        assertThat(exampleValue(
                        "required binary v (BSON);", row -> row.append("v", Binary.fromConstantByteArray(new byte[5]))))
                .isEqualTo(new byte[5]);
        found.clear();
        assertThat(exampleValue(
                        "required fixed_len_byte_array(2) v (FLOAT16);",
                        row -> row.append("v", Binary.fromConstantByteArray(new byte[] {0, (byte) 0xC1}))))
                .isEqualTo(-2.5f);
    }

    @Test
    void textThatIsNotUtf8IsNotGuessedAt() throws Exception {
        byte[] file = files.example(
                "message m { required int32 k; required binary v (STRING); }",
                WriterVersion.PARQUET_1_0,
                10,
                List.of(row -> row.append("k", 42).append("v", Binary.fromConstantByteArray(new byte[] {'a', -1}))));

        assertThat(unreadable(file)).hasMessageStartingWith("there is text that is not valid UTF-8");
    }

    @Test
    void nestedValuesKeepTheirShapeAndNulls() throws Exception {
        assertThat(duckDbValue("[[1, NULL], [], NULL]"))
                .isEqualTo(Arrays.asList(Arrays.asList(1, null), List.of(), null));
        assertThat(duckDbAgain("NULL::INTEGER[]")).isNull();
        assertThat(duckDbAgain("MAP {'b': [1], 'a': NULL}")).hasToString("{b=[1], a=null}");
        assertThat(duckDbAgain("MAP {2: {'x': true, 'y': NULL::DATE}}")).hasToString("{2={x=true, y=null}}");
        assertThat(duckDbAgain("MAP {'x'::BLOB: 1}"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.get("key")).isEqualTo(new byte[] {'x'});
                    assertThat(entry.get("value")).isEqualTo(1);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "optional group v (LIST) { repeated int32 element; }",
                "optional group v (LIST) { repeated group array { required int32 x; } }",
                "optional group v (LIST) { repeated group v_tuple { required int32 x; } }",
                "optional group v (LIST) { repeated group bag { optional int32 x; } }",
                "optional group v (LIST) { repeated group element { required int32 x; required int32 y; } }",
            })
    void listsOfOldWritersAreLists(String field) throws Exception {
        boolean isPrimitive = field.contains("repeated int32");
        boolean isElement = field.contains("array") || field.contains("tuple") || field.contains(" y;");
        Object value = exampleValue(field, row -> {
            Group list = row.addGroup("v");
            for (int i = 1; i <= 2; i++) {
                if (isPrimitive) {
                    list.append("element", i);
                } else {
                    Group item = list.addGroup(0).append("x", i);
                    if (field.contains(" y;")) {
                        item.append("y", -i);
                    }
                }
            }
        });

        Object expected = !isElement
                ? List.of(1, 2)
                : field.contains(" y;")
                        ? List.of(Map.of("x", 1, "y", -1), Map.of("x", 2, "y", -2))
                        : List.of(Map.of("x", 1), Map.of("x", 2));
        assertThat(value).isEqualTo(expected);
    }

    @Test
    void aRepeatedFieldIsAListAndAnEmptyOneToo() throws Exception {
        byte[] file = files.example(
                "message m { required int32 k; repeated group v { optional int32 x; repeated binary s (STRING); } }",
                WriterVersion.PARQUET_2_0,
                2,
                List.of(
                        row -> {
                            row.append("k", 42);
                            row.addGroup("v").append("x", 1).append("s", "a").append("s", "b");
                            row.addGroup("v");
                        },
                        row -> row.append("k", 42)));

        search(file);

        Map<String, Object> second = new LinkedHashMap<>();
        second.put("x", null);
        second.put("s", List.of());
        assertThat(found.get(0).get("v")).isEqualTo(List.of(Map.of("x", 1, "s", List.of("a", "b")), second));
        assertThat(found.get(1).get("v")).isEqualTo(List.of());
    }

    @Test
    void mapsOfOldWritersAndMapsWithAKeyTwiceLoseNothing() throws Exception {
        Object value = exampleValue(
                "optional group v (MAP_KEY_VALUE) { repeated group map { required binary key (UTF8); optional int32 value; } }",
                row -> {
                    Group map = row.addGroup("v");
                    map.addGroup("map").append("key", "a").append("value", 1);
                    map.addGroup("map").append("key", "a").append("value", 2);
                });

        assertThat(value).isEqualTo(List.of(Map.of("key", "a", "value", 1), Map.of("key", "a", "value", 2)));
    }

    @Test
    void aFileThatIsNoParquet() {
        assertThat(unreadable("id,name\n42,Ada Lovelace\n".getBytes(UTF_8)))
                .hasMessageStartingWith("the file does not end as a Parquet file does")
                .message()
                .doesNotContain("Ada");
        assertThat(unreadable("PAR1".getBytes(UTF_8))).hasMessageStartingWith("the file is no Parquet file");
        assertThat(unreadable(new byte[0])).hasMessageStartingWith("the file is empty");
    }

    @Test
    void aTruncatedFileIsNeverComplete() throws Exception {
        byte[] file = files.duckDb(NUMBERS + " LIMIT 300");

        for (int length = 0; length < file.length; length += 7) {
            found.clear();
            assertThat(unreadable(Arrays.copyOf(file, length))).isNotNull();
            assertThat(found).isEmpty();
        }
    }

    @Test
    void anEncryptedFileIsNamed() throws Exception {
        byte[] file = encrypted(FileEncryptionProperties.builder(KEY.clone()));
        assertThat(new String(file, file.length - 4, 4, ISO_8859_1)).isEqualTo("PARE");

        assertThat(unreadable(file)).hasMessageStartingWith("the file is encrypted");
    }

    @Test
    void aFileWithEncryptedColumnsIsNamedEvenIfItsFooterCanBeRead() throws Exception {
        byte[] file = encrypted(FileEncryptionProperties.builder(KEY.clone())
                .withPlaintextFooter()
                .withEncryptedColumns(Map.of(
                        ColumnPath.get("v"),
                        ColumnEncryptionProperties.builder(ColumnPath.get("v"))
                                .withKey(KEY.clone())
                                .withKeyID("v")
                                .build())));
        assertThat(new String(file, file.length - 4, 4, ISO_8859_1)).isEqualTo("PAR1");

        assertThat(unreadable(file)).hasMessageStartingWith("columns of the file are encrypted");
    }

    private static byte[] encrypted(FileEncryptionProperties.Builder encryption) throws IOException {
        return files.example(
                "message m { required int32 k; required binary v (STRING); }",
                WriterVersion.PARQUET_1_0,
                10,
                encryption.build(),
                List.of(row -> row.append("k", 42).append("v", "text")));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0x7FFFFFFF, 100_000, 5})
    void aFooterThatLiesAboutItsLength(long length) throws Exception {
        byte[] file = files.duckDb(NUMBERS);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(file.length - 8, (int) length);

        unreadable(file);
        assertThat(found).isEmpty();
    }

    /** Each byte of a small file once: whatever it says then, nothing but the row or a reason comes of it. */
    @Test
    void noDamagedByteBringsAnythingButAReason() throws Exception {
        byte[] file = files.duckDb(
                "SELECT 42 AS k, 'secret-text' AS s, [1, 2] AS l, TIMESTAMP '2024-01-01' AS t", "CODEC 'snappy'");
        for (int i = 0; i < file.length; i++) {
            for (int flip : new int[] {0x01, 0x80, 0xFF}) {
                byte[] damaged = file.clone();
                damaged[i] ^= (byte) flip;
                try {
                    search(damaged);
                } catch (UnreadableFileException e) {
                    assertThat(e.getMessage()).doesNotContain("secret");
                }
            }
        }
    }

    @Test
    void aDamagedRowGroupLeavesTheOthers() throws Exception {
        byte[] file = files.duckDb(
                "SELECT i AS n, (i % 1000)::INTEGER AS k, md5(i::VARCHAR) AS v FROM range(6144) t(i)",
                "ROW_GROUP_SIZE 2048", "CODEC 'zstd'");
        // in the middle of three row groups of the same size
        Arrays.fill(file, file.length / 2 - 2000, file.length / 2 + 2000, (byte) 0);

        UnreadableFileException e = unreadable(file);

        assertThat(e.rows()).isEqualTo(2048);
        assertThat(found)
                .extracting(row -> row.get("n"))
                .contains(42L, 1042L, 5042L)
                .doesNotContain(3042L);
    }

    @Test
    void aPageWithAWrongChecksumIsNotRead() throws Exception {
        byte[] file = files.example(
                "message m { required int32 k; required binary v (STRING); }",
                WriterVersion.PARQUET_1_0,
                10,
                List.of(row -> row.append("k", 42).append("v", "a long and plain value")));
        byte[] text = "plain value".getBytes(UTF_8);
        for (int i = 0; i < file.length - text.length; i++) {
            if (Arrays.equals(file, i, i + text.length, text, 0, text.length)) {
                file[i] = 'P';
            }
        }

        assertThat(unreadable(file)).hasMessageStartingWith("a page of the file does not have its checksum");
        assertThat(found).isEmpty();
    }

    @Test
    void aFileWithoutAColumnOfKeysIsNotWholeAndGivesItsRowsAllTheSame() throws Exception {
        byte[] file = files.duckDb("SELECT 42 AS k, {account: 7} AS owner");

        new ParquetRowSearch(PERSON_42, Set.of("k", "owner.account"), Set.of(), row -> {})
                .search(new BytesAsFile(file));
        assertThatThrownBy(() -> new ParquetRowSearch(PERSON_42, Set.of("owner.number"), Set.of(), found::add)
                        .search(new BytesAsFile(file)))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageStartingWith("the file has no column owner.number, which the data map names");
        assertThat(found).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"edtior", "owner.nmae", "owner\\.name"})
    void ofAFileWithoutAMaskedColumnNoRowIsHandedOver(String masked) throws Exception {
        byte[] file = files.duckDb("SELECT 42 AS k, 'Ben' AS editor, {name: 'Ben'} AS owner");

        assertThatThrownBy(() -> new ParquetRowSearch(PERSON_42, Set.of(), Set.of("editor", masked), found::add)
                        .search(new BytesAsFile(file)))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageStartingWith("the file has no column " + masked);
        assertThat(found).isEmpty();
    }

    @Test
    void aMaskedColumnMayLeadIntoWhatIsHiddenAsAWhole() throws Exception {
        byte[] file =
                files.duckDb("SELECT 42 AS k, 'Ben' AS editor, {name: 'Ben'} AS owner, [{name: 'Ben'}] AS readers,"
                        + " MAP {'name': 'Ben'} AS notes, 'Ben' AS \"a.b\"");
        Set<String> masked = Set.of(
                "editor", "owner", "owner.name", "readers.name", "notes.name", "notes.other", "editor.name", "a.b");

        new ParquetRowSearch(PERSON_42, Set.of(), masked, found::add).search(new BytesAsFile(file));

        assertThat(found).hasSize(1);
    }

    @Test
    void aStoreThatFailsIsNoDamagedFile() throws Exception {
        byte[] file = files.duckDb(NUMBERS, "ROW_GROUP_SIZE 2048");
        int reads = 0;
        boolean whole = false;
        while (!whole) {
            BytesAsFile bytes = new BytesAsFile(file).failingFrom(reads++);
            try {
                new ParquetRowSearch(PERSON_42, Set.of(), Set.of(), found::add).search(bytes);
                whole = true;
            } catch (IOException e) {
                assertThat(e).hasMessage("the lake is away");
            }
        }
        assertThat(reads).isGreaterThan(10);
    }

    @Test
    void aRowThatCannotBeKeptIsNoDamagedFile() throws Exception {
        byte[] file = files.duckDb(NUMBERS);

        assertThatThrownBy(() -> new ParquetRowSearch(PERSON_42, Set.of(), Set.of(), row -> {
                            throw new IOException("the staging store is away");
                        })
                        .search(new BytesAsFile(file)))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("the staging store is away");
    }

    @ParameterizedTest
    @EnumSource
    void worksWithoutTheLibrariesThatAreLeftOut(LeftOutLibrary library) throws Exception {
        byte[] file = files.duckDb(NUMBERS, "CODEC 'snappy'");

        assertThat(library.callWithout(Alone.class, "rows", file)).isEqualTo(100);
    }

    /** What runs in a class loader of its own. */
    public static final class Alone {

        private Alone() {}

        public static int rows(byte[] file) throws Exception {
            List<Object> rows = new ArrayList<>();
            new ParquetRowSearch(ExactMatch.of(Map.of("k", Set.of("42"))), Set.of(), Set.of(), rows::add)
                    .search(new BytesAsFile(file));
            return rows.size();
        }
    }
}
