package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.lake.RowMatch.Wanted;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random files of many small row groups, by two writers, whose statistics, bloom filters and page indexes tell where somebody
 * is not: the rows found are those that were made up as theirs, and those of the same file without any such notes.
 */
@Tag("fuzz")
class ParquetPruningFuzzTest {

    private static final int CASES_BY_EXAMPLE = 100 * Integer.getInteger("themis.fuzz.times", 1);
    private static final int CASES_BY_DUCKDB = 20 * Integer.getInteger("themis.fuzz.times", 1);

    @RegisterExtension
    static final ParquetFiles files = new ParquetFiles();

    private Random random;
    private int cheaper;

    /** A value that is stored, and the key that it is, or null. */
    private record Stored(Object value, String key) {}

    /** A type of keys, as the example writer is told it, and values of it. */
    private record Type(String declaration, List<Stored> values) {}

    @Test
    void whatParquetJavaWrites() throws Exception {
        for (int seed = 0; seed < CASES_BY_EXAMPLE; seed++) {
            random = Dice.of(seed);
            int columns = 1 + random.nextInt(2);
            List<Type> types = IntStream.range(0, columns).mapToObj(i -> type()).toList();
            boolean isNested = random.nextInt(4) == 0;
            boolean isReviewed = random.nextInt(8) == 0;
            String schema = "message m { required int32 n; "
                    + IntStream.range(0, columns)
                            .mapToObj(i -> (isNested ? "optional group g%d { %s } " : "%2$s ")
                                    .formatted(i, types.get(i).declaration().formatted("k" + i)))
                            .collect(Collectors.joining())
                    + "optional binary name (STRING); repeated int32 l; optional binary text (STRING); }";
            int rowCount = random.nextInt(120);
            List<Map<String, Stored>> table = table(types, rowCount);
            RowMatch match = match(types, isNested, isReviewed);
            List<Integer> expected = new ArrayList<>();
            List<Consumer<Group>> rows = new ArrayList<>();
            for (int n = 0; n < rowCount; n++) {
                int number = n;
                Map<String, Stored> row = table.get(n);
                boolean hasName = random.nextInt(20) == 0;
                rows.add(group -> put(group, number, row, isNested, hasName));
                if (isReviewed && hasName || isTheirs(row, match, isNested)) {
                    expected.add(n);
                }
            }
            boolean hasStatistics = random.nextInt(4) > 0;
            boolean hasFilters = random.nextInt(3) > 0;
            byte[] file = files.example(
                    schema,
                    writer -> writer.withWriterVersion(
                                    random.nextBoolean() ? WriterVersion.PARQUET_1_0 : WriterVersion.PARQUET_2_0)
                            .withStatisticsEnabled(hasStatistics)
                            .withBloomFilterEnabled(hasFilters)
                            .withMaxBloomFilterBytes(1 << (5 + random.nextInt(4)))
                            .withDictionaryEncoding(!hasFilters)
                            .withPageRowCountLimit(1 + random.nextInt(10))
                            .withRowGroupRowCountLimit(1 + random.nextInt(40)),
                    rows);

            check("seed " + seed + ": " + schema + match, file, match, rowCount, expected);
        }
        assertThat(cheaper).isGreaterThan(CASES_BY_EXAMPLE / 3);
    }

    private static void put(Group group, int n, Map<String, Stored> row, boolean isNested, boolean hasName) {
        group.append("n", n);
        row.forEach((name, stored) -> {
            if (stored != null) {
                append(isNested ? group.addGroup("g" + name.substring(1)) : group, name, stored.value());
            }
        });
        if (hasName) {
            group.append("name", "ADA  Lovelace");
        }
        for (int i = 0; i < n % 3; i++) {
            group.append("l", n + i);
        }
        if (n % 5 > 0) {
            group.append("text", "text " + n);
        }
    }

    private static void append(Group group, String name, Object value) {
        if (value instanceof Integer number) {
            group.append(name, number);
        } else if (value instanceof Long number) {
            group.append(name, number);
        } else if (value instanceof Float number) {
            group.append(name, number);
        } else if (value instanceof Double number) {
            group.append(name, number);
        } else if (value instanceof String text) {
            group.append(name, text);
        } else {
            group.append(name, Binary.fromConstantByteArray((byte[]) value));
        }
    }

    /** Neighbours have values from the same part of all that there are, as in files that were written day by day. */
    private List<Map<String, Stored>> table(List<Type> types, int rows) {
        List<Map<String, Stored>> table = new ArrayList<>();
        int width = 1 + random.nextInt(4);
        int nulls = random.nextInt(4) == 0 ? 2 : 15;
        for (int n = 0; n < rows; n++) {
            Map<String, Stored> row = new LinkedHashMap<>();
            for (int i = 0; i < types.size(); i++) {
                List<Stored> values = types.get(i).values();
                int from = n * values.size() / rows;
                boolean isNull = types.get(i).declaration().startsWith("optional") && random.nextInt(nulls) == 0;
                row.put("k" + i, isNull ? null : values.get((from + random.nextInt(width)) % values.size()));
            }
            table.add(row);
        }
        return table;
    }

    private RowMatch match(List<Type> types, boolean isNested, boolean isReviewed) {
        Map<String, Wanted> columns = new LinkedHashMap<>();
        NormalForm form = random.nextBoolean() ? NormalForm.EXACT : NormalForm.EMAIL_ADDRESS;
        for (int i = 0; i < types.size(); i++) {
            List<String> keys = types.get(i).values().stream()
                    .map(Stored::key)
                    .filter(key -> key != null && !key.isBlank())
                    .toList();
            Set<String> wanted = new LinkedHashSet<>();
            for (int count = 1 + random.nextInt(2); count > 0; count--) {
                wanted.add(
                        random.nextInt(10) == 0
                                ? List.of("nobody", "4.25", "042", "-0", "99999999999999999999")
                                        .get(random.nextInt(5))
                                : keys.get(random.nextInt(keys.size())));
            }
            columns.put((isNested ? "g" + i + "." : "") + "k" + i, new Wanted(form, wanted));
        }
        return new RowMatch(
                columns,
                isReviewed ? Map.of("name", new Wanted(NormalForm.PERSON_NAME, Set.of("Ada Lovelace"))) : Map.of());
    }

    private static boolean isTheirs(Map<String, Stored> row, RowMatch match, boolean isNested) {
        return row.entrySet().stream().anyMatch(entry -> {
            String name = entry.getKey();
            Wanted wanted = match.columns().get((isNested ? "g" + name.substring(1) + "." : "") + name);
            String key = entry.getValue() == null ? null : entry.getValue().key();
            boolean ignoresCase = wanted.form().ignoresCase();
            return key != null && wanted.normalForms().contains(ignoresCase ? key.toLowerCase(Locale.ROOT) : key);
        });
    }

    private void check(String about, byte[] file, RowMatch match, int rows, List<Integer> expected) throws Exception {
        List<Map<String, Object>> found = new ArrayList<>();
        BytesAsFile bytes = new BytesAsFile(file);
        Searched searched = new ParquetRowSearch(match, Set.of(), Set.of(), found::add).search(bytes);

        assertThat(found).extracting(row -> row.get("n")).as(about).isEqualTo(expected);
        assertThat(searched).as(about).isEqualTo(new Searched(file.length, rows, expected.size()));
        List<Map<String, Object>> without = new ArrayList<>();
        byte[] fileWithout = ParquetFiles.withoutNotes(file);
        BytesAsFile bytesWithout = new BytesAsFile(fileWithout);
        new ParquetRowSearch(match, Set.of(), Set.of(), without::add).search(bytesWithout);
        assertThat(found.toString()).as(about).isEqualTo(without.toString());
        if (bytes.bytesRead() - tail(file) < bytesWithout.bytesRead() - tail(fileWithout)) {
            cheaper++;
        }
    }

    /** Of a file, what is read to know its footer. */
    private static long tail(byte[] file) {
        return Math.min(file.length, 1 << 16);
    }

    private Type type() {
        String repetition = random.nextBoolean() ? "optional " : "required ";
        return switch (random.nextInt(14)) {
            case 0 -> integers(repetition + "int32 %s;", 32, true, 0);
            case 1 -> integers(repetition + "int64 %s;", 64, true, 0);
            case 2 -> integers(repetition + "int32 %s (INTEGER(8,true));", 8, true, 0);
            case 3 -> integers(repetition + "int32 %s (INTEGER(16,false));", 16, false, 0);
            case 4 -> integers(repetition + "int32 %s (INTEGER(32,false));", 32, false, 0);
            case 5 -> integers(repetition + "int64 %s (INTEGER(64,false));", 64, false, 0);
            case 6 -> integers(repetition + "int32 %s (DECIMAL(9,2));", 30, true, 2);
            case 7 -> integers(repetition + "int64 %s (DECIMAL(18,4));", 60, true, 4);
            case 8 -> bytes(repetition + "binary %s (DECIMAL(30,1));", 99, 1, BigInteger::toByteArray);
            case 9 ->
                bytes(
                        repetition + "binary %s (DECIMAL(30,0));",
                        99,
                        0,
                        number -> extended(number, number.toByteArray().length + random.nextInt(3)));
            case 10 ->
                bytes(
                        repetition + "fixed_len_byte_array(14) %s (DECIMAL(30,3));",
                        99,
                        3,
                        number -> extended(number, 14));
            case 11 ->
                new Type(
                        repetition + "fixed_len_byte_array(16) %s (UUID);",
                        sorted(IntStream.range(0, 20)
                                .mapToObj(i -> new UUID(random.nextLong(), random.nextLong()))
                                .map(uuid -> new Stored(
                                        ByteBuffer.allocate(16)
                                                .putLong(uuid.getMostSignificantBits())
                                                .putLong(uuid.getLeastSignificantBits())
                                                .array(),
                                        uuid.toString()))
                                .toList()));
            case 12 -> random.nextBoolean() ? floats(repetition) : doubles(repetition);
            default ->
                new Type(
                        repetition + "binary %s " + (random.nextBoolean() ? "(STRING);" : "(ENUM);"),
                        sorted(IntStream.range(0, 20)
                                .mapToObj(i -> text())
                                .map(text -> new Stored(text, text))
                                .toList()));
        };
    }

    private String text() {
        String[] parts = {
            "a", "A", "m", "M", "z", "Z", "@", "[", "4", "42", "\u00e9", "\uffff", "\ud83d\ude00", "\u0000", "-"
        };
        return random.ints(random.nextInt(4), 0, random.nextInt(3) == 0 ? parts.length : 10)
                .mapToObj(i -> parts[i])
                .collect(Collectors.joining());
    }

    /** As a rule, so that row groups differ. */
    private List<Stored> sorted(List<Stored> values) {
        List<Stored> sorted = new ArrayList<>(values);
        if (random.nextInt(4) > 0) {
            sorted.sort((a, b) -> a.value() instanceof byte[] one
                    ? Arrays.compareUnsigned(one, (byte[]) b.value())
                    : String.valueOf(a.value()).compareTo(String.valueOf(b.value())));
        }
        return sorted;
    }

    private List<BigInteger> numbers(int bits, boolean isSigned) {
        BigInteger least = isSigned ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
        BigInteger most = BigInteger.ONE.shiftLeft(isSigned ? bits - 1 : bits).subtract(BigInteger.ONE);
        List<BigInteger> numbers = new ArrayList<>(List.of(
                least,
                most,
                BigInteger.ZERO,
                BigInteger.ONE,
                BigInteger.TEN,
                most.shiftRight(1),
                BigInteger.valueOf(100)));
        for (int i = 0; i < 12; i++) {
            numbers.add(new BigInteger(1 + random.nextInt(bits), random).mod(most));
            if (isSigned) {
                numbers.add(numbers.get(numbers.size() - 1).negate());
            }
        }
        Collections.sort(numbers);
        return numbers;
    }

    private Type integers(String declaration, int bits, boolean isSigned, int scale) {
        boolean isLong = declaration.contains("int64");
        return new Type(
                declaration,
                numbers(bits, isSigned).stream()
                        .map(number -> new Stored(
                                isLong ? (Object) number.longValue() : (Object) number.intValue(), key(number, scale)))
                        .toList());
    }

    private Type bytes(String declaration, int bits, int scale, Function<BigInteger, byte[]> stored) {
        return new Type(
                declaration,
                numbers(bits, true).stream()
                        .map(number -> new Stored(stored.apply(number), key(number, scale)))
                        .toList());
    }

    private static byte[] extended(BigInteger number, int length) {
        byte[] digits = number.toByteArray();
        byte[] extended = new byte[length];
        Arrays.fill(extended, (byte) (number.signum() < 0 ? 0xFF : 0));
        System.arraycopy(digits, 0, extended, length - digits.length, digits.length);
        return extended;
    }

    /** By digits alone: a point, and no zeros behind it. */
    private static String key(BigInteger number, int scale) {
        String text = new BigDecimal(number, scale).toPlainString();
        return scale == 0 ? text : text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static Type floats(String repetition) {
        return new Type(
                repetition + "float %s;",
                List.of(
                        new Stored(Float.NEGATIVE_INFINITY, null),
                        new Stored(-1.5e9f, "-1500000000"),
                        new Stored(-0.0f, "0"),
                        new Stored(0.0f, "0"),
                        new Stored(0.1f, "0.1"),
                        new Stored(42f, "42"),
                        new Stored(1e20f, "100000000000000000000"),
                        new Stored(Float.POSITIVE_INFINITY, null),
                        new Stored(Float.NaN, null)));
    }

    private static Type doubles(String repetition) {
        return new Type(
                repetition + "double %s;",
                List.of(
                        new Stored(Double.NaN, null),
                        new Stored(-42.25, "-42.25"),
                        new Stored(-0.0, "0"),
                        new Stored(0.0, "0"),
                        new Stored(1e-7, "0.0000001"),
                        new Stored(0.1, "0.1"),
                        new Stored(42.0, "42"),
                        new Stored(Double.longBitsToDouble(0xFFF8000000000001L), null),
                        new Stored(9007199254740993.0, "9007199254740992")));
    }

    @Test
    void whatDuckDbWrites() throws Exception {
        for (int seed = 0; seed < CASES_BY_DUCKDB; seed++) {
            random = Dice.of(seed);
            Type type = duckDbType();
            int count = type.values().size();
            int rows = 2_048 * (1 + random.nextInt(4)) + random.nextInt(100);
            int width = 1 + random.nextInt(3);
            List<Integer> expected = new ArrayList<>();
            RowMatch match = match(List.of(type), false, false);
            for (int n = 0; n < rows; n++) {
                Stored stored = type.values().get((n / 2_048 * 3 + n % width) % count);
                if (isTheirs(Collections.singletonMap("k0", stored), match, false)) {
                    expected.add(n);
                }
            }
            String values = type.values().stream()
                    .map(stored -> "'" + stored.value() + "'::" + type.declaration())
                    .collect(Collectors.joining(", "));
            byte[] file = files.duckDb(
                    "SELECT n::INTEGER AS n, ([%s])[1 + (n // 2048 * 3 + n %% %d) %% %d] AS k0 FROM range(%d) t(n)"
                            .formatted(values, width, count, rows),
                    "ROW_GROUP_SIZE 2048",
                    "PARQUET_VERSION " + (random.nextBoolean() ? "V1" : "V2"));

            check("seed " + seed + ": " + type, file, match, rows, expected);
        }
        assertThat(cheaper).isGreaterThan(CASES_BY_DUCKDB / 2);
    }

    private Type duckDbType() {
        return switch (random.nextInt(12)) {
            case 0 -> duckDb("TINYINT", 8, true, 0);
            case 1 -> duckDb("SMALLINT", 16, true, 0);
            case 2 -> duckDb("INTEGER", 32, true, 0);
            case 3 -> duckDb("BIGINT", 64, true, 0);
            case 4 -> duckDb("UTINYINT", 8, false, 0);
            case 5 -> duckDb("UINTEGER", 32, false, 0);
            case 6 -> duckDb("UBIGINT", 64, false, 0);
            case 7 -> duckDb("DECIMAL(9,2)", 29, true, 2);
            case 8 -> duckDb("DECIMAL(30,5)", 98, true, 5);
            case 9 -> {
                Type doubles = random.nextBoolean() ? doubles("") : floats("");
                yield new Type(doubles.declaration().startsWith("float") ? "FLOAT" : "DOUBLE", doubles.values());
            }
            case 10 ->
                new Type(
                        "UUID",
                        IntStream.range(0, 20)
                                .mapToObj(i -> new UUID(random.nextLong(), random.nextLong()).toString())
                                .sorted()
                                .map(uuid -> new Stored(uuid, uuid))
                                .toList());
            default ->
                new Type(
                        "VARCHAR",
                        sorted(IntStream.range(0, 20)
                                .mapToObj(i -> text().replace("\u0000", ""))
                                .map(text -> new Stored(text, text))
                                .toList()));
        };
    }

    private Type duckDb(String type, int bits, boolean isSigned, int scale) {
        return new Type(
                type,
                numbers(bits, isSigned).stream()
                        .map(number -> new Stored(new BigDecimal(number, scale).toPlainString(), key(number, scale)))
                        .toList());
    }
}
