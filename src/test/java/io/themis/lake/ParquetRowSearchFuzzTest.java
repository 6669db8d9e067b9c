package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random tables of random schemas, by two writers, and a random person: the rows found are the rows that were made up as
 * theirs, in value, type and order.
 */
@Tag("fuzz")
class ParquetRowSearchFuzzTest {

    private static final int CASES_BY_DUCKDB = 70 * Integer.getInteger("themis.fuzz.times", 1);
    private static final int CASES_BY_EXAMPLE = 50 * Integer.getInteger("themis.fuzz.times", 1);
    private static final List<String> CODECS = List.of("uncompressed", "snappy", "gzip", "zstd", "lz4_raw");

    /** Somebody, and those who are easily taken for them. */
    private static final List<String> NUMBERS = List.of("42", "420", "142", "4", "2", "-42", "0");

    private static final List<String> TEXTS = List.of("42", "42 ", " 42", "042", "42.0", "é", "É", "e", "", "'42'");

    @RegisterExtension
    static final ParquetFiles files = new ParquetFiles();

    private Random random;

    /** A value as it is expected, and as a writer is told it. */
    private record Value(Object expected, String sql) {}

    private record Column(String sqlType, Supplier<Value> values) {}

    @Test
    void whatDuckDbWrites() throws Exception {
        for (int seed = 0; seed < CASES_BY_DUCKDB; seed++) {
            random = Dice.of(seed);
            List<Column> columns = new ArrayList<>();
            int count = 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                columns.add(column(2));
            }
            boolean isNested = random.nextBoolean();
            List<String> people = random.nextBoolean() ? NUMBERS : TEXTS;
            String keyType = people == TEXTS
                    ? "VARCHAR"
                    : List.of("VARCHAR", "BIGINT", "INTEGER", "DECIMAL(9,2)", "DECIMAL(25,1)", "DOUBLE", "SMALLINT")
                            .get(random.nextInt(7));
            String person = people.get(random.nextInt(4));
            int rows = random.nextInt(20) == 0 ? 2_000 + random.nextInt(3_000) : random.nextInt(30);
            String names = IntStream.range(0, count)
                    .mapToObj(i -> "c" + i + " " + columns.get(i).sqlType())
                    .collect(Collectors.joining(", "));
            String key = isNested ? "STRUCT(id " + keyType + ", other VARCHAR)" : keyType;
            files.execute("CREATE OR REPLACE TABLE t (k " + key + ", n INTEGER, " + names + ")");
            List<Map<String, Object>> expected = new ArrayList<>();
            List<String> tuples = new ArrayList<>();
            // The values of a large table repeat, or DuckDB's parser takes most of the time
            List<List<Value>> pool = IntStream.range(0, Math.min(rows, 30))
                    .mapToObj(i -> columns.stream()
                            .map(column -> column.values().get())
                            .toList())
                    .toList();
            for (int row = 0; row < rows; row++) {
                String owner = random.nextInt(6) == 0 ? null : people.get(random.nextInt(people.size()));
                Object stored = owner == null ? null : key(keyType, owner);
                String literal = owner == null ? "NULL" : text(owner) + "::" + keyType;
                List<Value> values = pool.get(row % pool.size());
                Map<String, Object> whole = new LinkedHashMap<>();
                whole.put("k", stored);
                if (isNested) {
                    Map<String, Object> inner = new LinkedHashMap<>();
                    inner.put("id", stored);
                    inner.put("other", person);
                    whole.put("k", inner);
                    literal = "{'id': " + literal + ", 'other': " + text(person) + "}";
                }
                whole.put("n", row);
                for (int i = 0; i < count; i++) {
                    whole.put("c" + i, values.get(i).expected());
                }
                tuples.add("(" + literal + ", " + row + ", "
                        + values.stream().map(Value::sql).collect(Collectors.joining(", ")) + ")");
                if (person.equals(owner)) {
                    expected.add(whole);
                }
            }
            if (rows > 0) {
                files.execute("INSERT INTO t VALUES " + String.join(", ", tuples));
            }
            byte[] file = files.duckDb(
                    "FROM t ORDER BY n",
                    "ROW_GROUP_SIZE 2048",
                    "CODEC '" + CODECS.get(random.nextInt(CODECS.size())) + "'",
                    "PARQUET_VERSION " + (random.nextBoolean() ? "V1" : "V2"));

            check("seed " + seed + ": " + names, file, isNested ? "k.id" : "k", person, rows, expected);
        }
    }

    private static Object key(String type, String owner) {
        return switch (type) {
            case "VARCHAR" -> owner;
            case "BIGINT" -> Long.valueOf(owner);
            case "DOUBLE" -> Double.valueOf(owner);
            case "DECIMAL(9,2)" -> new BigDecimal(owner).setScale(2);
            case "DECIMAL(25,1)" -> new BigDecimal(owner).setScale(1);
            default -> Integer.valueOf(owner);
        };
    }

    private void check(
            String about, byte[] file, String column, String person, int rows, List<Map<String, Object>> expected)
            throws Exception {
        List<Object> found = new ArrayList<>();
        Searched searched = new ParquetRowSearch(
                        ExactMatch.of(Map.of(column, Set.of(person))), Set.of(), Set.of(), found::add)
                .search(new BytesAsFile(file));

        assertThat(exact(found)).as(about).isEqualTo(exact(expected));
        assertThat(searched).as(about).isEqualTo(new Searched(file.length, rows, expected.size()));
    }

    /** Equal only for values of the same type, in the same order. */
    private static String exact(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + exact(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(ParquetRowSearchFuzzTest::exact).collect(Collectors.joining(",\n", "[", "]"));
        }
        if (value instanceof byte[] bytes) {
            return "bytes " + HexFormat.of().formatHex(bytes);
        }
        return value == null ? "null" : value.getClass().getSimpleName() + " " + value;
    }

    private Column column(int depth) {
        Column column = depth > 0 && random.nextInt(3) == 0 ? nested(depth - 1) : plain();
        return new Column(
                column.sqlType(),
                () -> random.nextInt(5) == 0
                        ? new Value(null, "NULL")
                        : column.values().get());
    }

    private Column nested(int depth) {
        Column first = column(depth);
        Column second = column(depth);
        return switch (random.nextInt(3)) {
            case 0 ->
                new Column(first.sqlType() + "[]", () -> {
                    List<Value> items = some(first);
                    return new Value(
                            items.stream().map(Value::expected).collect(Collectors.toCollection(ArrayList::new)),
                            items.stream().map(Value::sql).collect(Collectors.joining(", ", "[", "]")) + "::"
                                    + first.sqlType() + "[]");
                });
            case 1 ->
                new Column("STRUCT(a " + first.sqlType() + ", b " + second.sqlType() + ")", () -> {
                    Value a = first.values().get();
                    Value b = second.values().get();
                    Map<String, Object> expected = new LinkedHashMap<>();
                    expected.put("a", a.expected());
                    expected.put("b", b.expected());
                    return new Value(expected, "{'a': " + a.sql() + ", 'b': " + b.sql() + "}");
                });
            default ->
                new Column("MAP(VARCHAR, " + first.sqlType() + ")", () -> {
                    List<Value> items = some(first);
                    Map<String, Object> expected = new LinkedHashMap<>();
                    List<String> entries = new ArrayList<>();
                    for (Value item : items) {
                        String name = "key " + entries.size();
                        expected.put(name, item.expected());
                        entries.add(text(name) + ": " + item.sql() + "::" + first.sqlType());
                    }
                    return new Value(
                            expected,
                            "MAP {" + String.join(", ", entries) + "}::MAP(VARCHAR, " + first.sqlType() + ")");
                });
        };
    }

    private List<Value> some(Column column) {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> column.values().get())
                .toList();
    }

    private Column plain() {
        return switch (random.nextInt(22)) {
            case 0 -> number("TINYINT", () -> random.nextInt(256) - 128);
            case 1 -> number("SMALLINT", () -> (int) (short) random.nextInt());
            case 2 -> number("INTEGER", random::nextInt);
            case 3 -> number("BIGINT", random::nextLong);
            case 4 -> number("UTINYINT", () -> random.nextInt(256));
            case 5 -> number("USMALLINT", () -> random.nextInt(65_536));
            case 6 -> number("UINTEGER", () -> random.nextLong() >>> 32);
            case 7 -> number("UBIGINT", () -> new BigInteger(64, random));
            case 8 -> number("FLOAT", () -> Float.intBitsToFloat(random.nextInt(0x7F800000)));
            case 9 -> number("DOUBLE", () -> -Double.longBitsToDouble(random.nextLong(0x7FF0000000000000L)));
            case 10 -> decimal(1 + random.nextInt(9));
            case 11 -> decimal(10 + random.nextInt(9));
            case 12 -> decimal(19 + random.nextInt(20));
            case 13 ->
                new Column("BOOLEAN", () -> {
                    boolean value = random.nextBoolean();
                    return new Value(value, Boolean.toString(value));
                });
            case 14 ->
                new Column("BLOB", () -> {
                    byte[] bytes = new byte[random.nextInt(9)];
                    random.nextBytes(bytes);
                    return new Value(bytes, "unhex('" + HexFormat.of().formatHex(bytes) + "')");
                });
            case 15 -> quoted("UUID", () -> new UUID(random.nextLong(), random.nextLong()));
            case 16 -> quoted("DATE", () -> LocalDate.of(1, 1, 1).plusDays(random.nextInt(3_600_000)));
            case 17 -> quoted("TIME", () -> LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1_000));
            case 18 -> quoted("TIMESTAMP", () -> moment(1_000));
            case 19 -> quoted("TIMESTAMP_MS", () -> moment(1_000_000));
            case 20 ->
                new Column("TIMESTAMPTZ", () -> {
                    Instant instant = moment(1_000).toInstant(ZoneOffset.UTC);
                    return new Value(instant, "'" + instant + "'::TIMESTAMPTZ");
                });
            default ->
                new Column("VARCHAR", () -> {
                    String value = random.nextInt(4) == 0 ? "x".repeat(random.nextInt(300)) : randomText();
                    return new Value(value, text(value));
                });
        };
    }

    private LocalDateTime moment(int unit) {
        long nanos = random.nextInt(1_000_000_000) / unit * (long) unit;
        return LocalDateTime.ofEpochSecond(
                random.nextLong(-60_000_000_000L, 200_000_000_000L), (int) nanos, ZoneOffset.UTC);
    }

    private String randomText() {
        int[] characters = {'a', '\'', '"', '\n', '\\', ',', 0xE9, 0x1F600, ' ', '4', '2'};
        return random.ints(random.nextInt(8), 0, characters.length)
                .map(i -> characters[i])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static Column number(String type, Supplier<Object> values) {
        return new Column(type, () -> {
            Object value = values.get();
            return new Value(value, "'" + value + "'::" + type);
        });
    }

    private Column decimal(int precision) {
        int scale = random.nextInt(precision + 1);
        String type = "DECIMAL(" + precision + "," + scale + ")";
        return new Column(type, () -> {
            BigDecimal value = new BigDecimal(
                    new BigInteger(BigInteger.TEN.pow(precision).bitLength() - 1, random)
                            .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1)),
                    scale);
            return new Value(value, "'" + value.toPlainString() + "'::" + type);
        });
    }

    private static Column quoted(String type, Supplier<Object> values) {
        return new Column(type, () -> {
            Object value = values.get();
            return new Value(value, "'" + value.toString().replace('T', ' ') + "'::" + type);
        });
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** A field of the example writer's: its type in the schema, and how to put a random value into a row. */
    private record Field(String type, String annotation, Supplier<Put> values) {}

    private record Put(Object expected, Consumer<Target> how) {}

    private record Target(Group group, String name) {}

    @Test
    void whatOnlyOtherWritersWrite() throws Exception {
        for (int seed = 0; seed < CASES_BY_EXAMPLE; seed++) {
            random = Dice.of(seed);
            StringBuilder schema = new StringBuilder("message m { optional binary k (STRING); required int32 n; ");
            List<Field> fields = new ArrayList<>();
            List<String> repetitions = new ArrayList<>();
            int count = 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                fields.add(field());
                repetitions.add(List.of("required", "optional", "repeated", "list", "group")
                        .get(random.nextInt(5)));
                String type = fields.get(i).type() + " %s " + fields.get(i).annotation() + "; ";
                schema.append(
                        switch (repetitions.get(i)) {
                            case "list" ->
                                "optional group c" + i + " (LIST) { repeated " + type.formatted("array") + "} ";
                            case "group" -> "repeated group c" + i + " { optional " + type.formatted("a") + "} ";
                            default -> repetitions.get(i) + " " + type.formatted("c" + i);
                        });
            }
            schema.append("}");
            String person = TEXTS.get(random.nextInt(7));
            List<Map<String, Object>> expected = new ArrayList<>();
            List<Consumer<Group>> rows = new ArrayList<>();
            int rowCount = random.nextInt(60);
            for (int row = 0; row < rowCount; row++) {
                String owner = random.nextInt(6) == 0 ? null : TEXTS.get(random.nextInt(TEXTS.size()));
                Map<String, Object> whole = new LinkedHashMap<>();
                List<Consumer<Group>> puts = new ArrayList<>();
                whole.put("k", owner);
                whole.put("n", row);
                int number = row;
                puts.add(group -> group.append("n", number));
                if (owner != null) {
                    puts.add(group -> group.append("k", owner));
                }
                for (int i = 0; i < count; i++) {
                    whole.put("c" + i, put("c" + i, repetitions.get(i), fields.get(i), puts));
                }
                rows.add(group -> puts.forEach(put -> put.accept(group)));
                if (person.equals(owner)) {
                    expected.add(whole);
                }
            }
            byte[] file = files.example(
                    schema.toString(),
                    random.nextBoolean() ? WriterVersion.PARQUET_1_0 : WriterVersion.PARQUET_2_0,
                    1 + random.nextInt(40),
                    rows);

            check("seed " + seed + ": " + schema, file, "k", person, rowCount, expected);
        }
    }

    /** Puts values of one column into a row to be, and returns what is expected there. */
    private Object put(String name, String repetition, Field field, List<Consumer<Group>> puts) {
        if (repetition.equals("required") || repetition.equals("optional") && random.nextBoolean()) {
            Put value = field.values().get();
            puts.add(group -> value.how().accept(new Target(group, name)));
            return value.expected();
        }
        if (repetition.equals("optional") || repetition.equals("list") && random.nextInt(4) == 0) {
            return null;
        }
        List<Object> items = new ArrayList<>();
        List<Put> values = IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> field.values().get())
                .toList();
        if (repetition.equals("list")) {
            puts.add(group -> {
                Group list = group.addGroup(name);
                values.forEach(value -> value.how().accept(new Target(list, "array")));
            });
        }
        for (Put value : values) {
            if (repetition.equals("repeated")) {
                puts.add(group -> value.how().accept(new Target(group, name)));
            }
            items.add(value.expected());
            if (repetition.equals("group")) {
                boolean isNull = random.nextBoolean();
                Map<String, Object> inner = new LinkedHashMap<>();
                inner.put("a", isNull ? null : value.expected());
                items.set(items.size() - 1, inner);
                puts.add(group -> {
                    Group item = group.addGroup(name);
                    if (!isNull) {
                        value.how().accept(new Target(item, "a"));
                    }
                });
            }
        }
        return items;
    }

    private Field field() {
        return switch (random.nextInt(11)) {
            case 0 ->
                binary("int96", "", () -> {
                    LocalDateTime moment = moment(1);
                    return new Object[] {
                        moment,
                        ByteBuffer.allocate(12)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(moment.toLocalTime().toNanoOfDay())
                                .putInt((int) (moment.toLocalDate().toEpochDay() + 2_440_588))
                                .array()
                    };
                });
            case 1 ->
                binary("binary", "(DECIMAL(38,7))", () -> {
                    BigInteger unscaled = new BigInteger(random.nextInt(120), random).negate();
                    return new Object[] {new BigDecimal(unscaled, 7), unscaled.toByteArray()};
                });
            case 2 ->
                binary("fixed_len_byte_array(16)", "(DECIMAL(38,0))", () -> {
                    byte[] bytes = new byte[16];
                    random.nextBytes(bytes);
                    bytes[0] = (byte) (bytes[0] % 32);
                    return new Object[] {new BigDecimal(new BigInteger(bytes)), bytes};
                });
            case 3 ->
                longs("(TIME(NANOS,false))", () -> {
                    LocalTime time = LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000_000L));
                    return new Object[] {time, time.toNanoOfDay()};
                });
            case 4 ->
                longs("(TIME(MICROS,true))", () -> {
                    LocalTime time = LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1_000);
                    return new Object[] {time.atOffset(ZoneOffset.UTC), time.toNanoOfDay() / 1_000};
                });
            case 5 ->
                longs("(TIMESTAMP(NANOS,true))", () -> {
                    long nanos = random.nextLong();
                    return new Object[] {Instant.EPOCH.plusNanos(nanos), nanos};
                });
            case 6 ->
                longs("(TIMESTAMP(MILLIS,true))", () -> {
                    long millis = random.nextInt() * 1_000L + 7;
                    return new Object[] {Instant.ofEpochMilli(millis), millis};
                });
            case 7 ->
                longs("(DECIMAL(18,4))", () -> {
                    long unscaled = random.nextLong(1_000_000_000_000_000_000L);
                    return new Object[] {new BigDecimal(BigInteger.valueOf(unscaled), 4), unscaled};
                });
            case 8 ->
                binary("binary", random.nextBoolean() ? "(BSON)" : "", () -> {
                    byte[] bytes = new byte[random.nextInt(9)];
                    random.nextBytes(bytes);
                    return new Object[] {bytes, bytes};
                });
            case 9 ->
                binary("binary", List.of("(STRING)", "(ENUM)", "(JSON)").get(random.nextInt(3)), () -> {
                    String text = randomText();
                    return new Object[] {text, text.getBytes(StandardCharsets.UTF_8)};
                });
            default ->
                new Field("boolean", "", () -> {
                    boolean value = random.nextBoolean();
                    return new Put(value, target -> target.group().append(target.name(), value));
                });
        };
    }

    /** @param values what is expected, and the bytes that say it */
    private static Field binary(String type, String annotation, Supplier<Object[]> values) {
        return new Field(type, annotation, () -> {
            Object[] value = values.get();
            byte[] bytes = (byte[]) value[1];
            return new Put(
                    value[0],
                    target -> target.group()
                            .append(target.name(), Binary.fromConstantByteArray(Arrays.copyOf(bytes, bytes.length))));
        });
    }

    /** @param values what is expected, and the number that says it */
    private static Field longs(String annotation, Supplier<Object[]> values) {
        return new Field("int64", annotation, () -> {
            Object[] value = values.get();
            return new Put(value[0], target -> target.group().append(target.name(), (Long) value[1]));
        });
    }
}
