package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random files by two writers, some of whose rows go and some of which are masked: two readers that share no code with the editor find the
 * rows that this class says are left, and nothing else of the file has changed.
 */
@Tag("fuzz")
class ParquetEditorFuzzTest {

    private static final int FILES_BY_EXAMPLE = 85 * Integer.getInteger("themis.fuzz.times", 1);
    private static final int FILES_BY_DUCKDB = 15 * Integer.getInteger("themis.fuzz.times", 1);

    private static final String ERASED = "erased-7c1f03e9a2";
    private static final String MASKED = "masked-5b80d4c611";
    private static final String KEPT = "exempt-2ef9937c04";
    private static final String OTHER = "other-aa31";

    private static final RowMatch MATCH = ExactMatch.of(Map.of("k", Set.of(ERASED, MASKED, KEPT)));

    @RegisterExtension
    static final ParquetFiles files = new ParquetFiles();

    /** So that rows come in the order in which they are in the file. */
    @BeforeAll
    static void readInOrder() throws SQLException {
        files.execute("SET threads = 1");
    }

    private Random random;
    private int fields;

    /** What the judge says of a masked row, and how it is to be stored. */
    private record Replacement(Object said, Object stored) {}

    private static RowJudge judge(Map<ColumnPath, Object> masks) {
        return row -> switch (String.valueOf(row.get("k"))) {
            case ERASED -> RowVerdict.DELETE;
            case MASKED -> new RowVerdict(false, masks);
            default -> RowVerdict.KEEP;
        };
    }

    @Test
    void takesRowsOutOfFilesOfTheExampleWriterAndLeavesTheRest() throws Exception {
        int readByDuckDb = 0;
        for (int seed = 0; seed < FILES_BY_EXAMPLE; seed++) {
            random = Dice.of(seed);
            fields = 0;
            String schema = "message m { optional binary k (STRING); required int32 n; "
                    + IntStream.rangeClosed(0, random.nextInt(5))
                            .mapToObj(i -> field(3))
                            .collect(Collectors.joining())
                    + "}";
            MessageType type = MessageTypeParser.parseMessageType(schema);
            List<Map<String, List<Object>>> before = new ArrayList<>();
            int rowCount = random.nextInt(80);
            boolean isClustered = random.nextBoolean();
            for (int row = 0; row < rowCount; row++) {
                Map<String, List<Object>> values = group(type);
                String key =
                        isClustered && row < rowCount / 2 ? OTHER : any(ERASED, MASKED, KEPT, OTHER, null, "x" + row);
                values.put("k", key == null ? List.of() : List.of(key.getBytes(StandardCharsets.UTF_8)));
                values.put("n", List.of(row));
                before.add(values);
            }
            CompressionCodecName codec = any(
                    CompressionCodecName.UNCOMPRESSED,
                    CompressionCodecName.UNCOMPRESSED,
                    CompressionCodecName.SNAPPY,
                    CompressionCodecName.GZIP,
                    CompressionCodecName.ZSTD,
                    CompressionCodecName.LZ4_RAW);
            byte[] file = files.example(
                    schema,
                    writer -> writer.withWriterVersion(any(WriterVersion.PARQUET_1_0, WriterVersion.PARQUET_2_0))
                            .withCompressionCodec(codec)
                            .withDictionaryEncoding(random.nextBoolean())
                            .withDictionaryPageSize(any(64, 1 << 20))
                            .withByteStreamSplitEncoding(random.nextBoolean())
                            .withBloomFilterEnabled(random.nextBoolean())
                            .withBloomFilterNDV("k", 200)
                            .withMaxBloomFilterBytes(1024)
                            .withStatisticsEnabled(random.nextInt(4) > 0)
                            .withPageWriteChecksumEnabled(random.nextBoolean())
                            .withPageRowCountLimit(1 + random.nextInt(40))
                            .withMinRowCountForPageSizeCheck(1)
                            .withRowGroupRowCountLimit(1 + random.nextInt(60))
                            .withExtraMetaData(Map.of("owner", "data team")),
                    before.stream()
                            .map(row -> (Consumer<Group>) group -> fill(group, row))
                            .toList());

            Map<ColumnPath, Object> masks = new LinkedHashMap<>();
            List<Map<String, List<Object>>> after = masked(before, type, masks);
            String about = "seed " + seed + ": " + schema + ", masks " + masks;
            byte[] rewritten = check(
                    about, file, masks, before.stream().map(row -> key(row)).toList());

            assertThat(files.rows(rewritten, FilterCompat.NOOP).stream()
                            .map(row -> read(row).toString())
                            .toList())
                    .as(about)
                    .isEqualTo(after.stream()
                            .map(row -> written(type, row).toString())
                            .toList());
            // By statistics, bloom filters, dictionaries and column indexes
            for (String key : List.of(any(ERASED, KEPT), OTHER)) {
                assertThat(files.rows(
                                rewritten,
                                FilterCompat.get(FilterApi.eq(FilterApi.binaryColumn("k"), Binary.fromString(key)))))
                        .as(about)
                        .hasSize((int) after.stream()
                                .filter(row -> key.equals(key(row)))
                                .count());
            }
            String masked = masks.keySet().stream()
                    .map(path -> path.names().get(0))
                    .distinct()
                    .collect(Collectors.joining(", "));
            if (checkWithDuckDb(about, file, rewritten, "SELECT * EXCLUDE (" + masked + ") FROM read_parquet(FILE)")) {
                readByDuckDb++;
            }
            if (codec == CompressionCodecName.UNCOMPRESSED) {
                assertThat(new String(rewritten, StandardCharsets.ISO_8859_1)).doesNotContain(ERASED, MASKED);
            }
        }
        assertThat(readByDuckDb).isGreaterThan(FILES_BY_EXAMPLE / 2);
    }

    /** Whether it reads such a file at all. */
    private boolean checkWithDuckDb(String about, byte[] file, byte[] rewritten, String kept) throws Exception {
        String digest = "SELECT md5(string_agg(t::VARCHAR, '|' ORDER BY n)) FROM (%s) t";
        String expected;
        try {
            expected = files.askDuckDb(digest.formatted(kept + " WHERE k IS DISTINCT FROM '" + ERASED + "'"), file);
        } catch (SQLException e) {
            return false;
        }
        assertThat(files.askDuckDb(digest.formatted(kept), rewritten)).as(about).isEqualTo(expected);
        return true;
    }

    /** @param keys of the rows before */
    private byte[] check(String about, byte[] file, Map<ColumnPath, Object> masks, List<String> keys) throws Exception {
        long erased = keys.stream().filter(ERASED::equals).count();
        ParquetEditor editor = new ParquetEditor(MATCH, judge(masks));
        FileEdits survey = editor.survey(new BytesAsFile(file));
        assertThat(survey)
                .as(about)
                .isEqualTo(new FileEdits(
                        List.of(),
                        file.length,
                        keys.size(),
                        erased,
                        keys.stream().filter(MASKED::equals).count(),
                        survey.sha256()));
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        assertThat(editor.rewrite(new BytesAsFile(file), target)).as(about).isEqualTo(survey);
        byte[] rewritten = target.toByteArray();
        assertThat(editor.survey(new BytesAsFile(rewritten)))
                .as(about)
                .isEqualTo(new FileEdits(List.of(), rewritten.length, keys.size() - erased, 0, 0, survey.sha256()));
        for (String key : List.of(any(ERASED, MASKED), any(KEPT, OTHER))) {
            long[] found = {0};
            new ParquetRowSearch(ExactMatch.of(Map.of("k", Set.of(key))), Set.of(), Set.of(), row -> found[0]++)
                    .search(new BytesAsFile(rewritten));
            assertThat(found[0])
                    .as(about)
                    .isEqualTo(
                            key.equals(ERASED) || key.equals(MASKED)
                                    ? 0
                                    : keys.stream().filter(key::equals).count());
        }
        checkFooter(about, ParquetFiles.footer(file), ParquetFiles.footer(rewritten));
        return rewritten;
    }

    private static void checkFooter(String about, FileMetaData before, FileMetaData after) {
        assertThat(after.getSchema()).as(about).isEqualTo(before.getSchema());
        assertThat(after.getVersion()).as(about).isEqualTo(before.getVersion());
        assertThat(after.getCreated_by()).as(about).isEqualTo(before.getCreated_by());
        assertThat(after.getKey_value_metadata()).as(about).isEqualTo(before.getKey_value_metadata());
        assertThat(after.getColumn_orders()).as(about).isEqualTo(before.getColumn_orders());
        assertThat(traits(before)).as(about).containsAll(traits(after));
    }

    /** What is the same in all row groups of a writer's that have enough rows. */
    private static Set<List<Object>> traits(FileMetaData footer) {
        return footer.getRow_groups().stream()
                .flatMap(group -> group.getColumns().stream())
                .map(ParquetEditorFuzzTest::traits)
                .collect(Collectors.toSet());
    }

    private static List<Object> traits(ColumnChunk chunk) {
        return List.of(
                chunk.getMeta_data().getPath_in_schema(),
                chunk.getMeta_data().getCodec(),
                chunk.isSetOffset_index_offset(),
                chunk.getMeta_data().isSetEncoding_stats()
                        ? chunk.getMeta_data().getEncoding_stats().stream()
                                .map(pages -> pages.getPage_type())
                                .filter(page -> page.getValue() != 2)
                                .collect(Collectors.toSet())
                        : Set.of());
    }

    private String field(int depth) {
        String name = "c" + fields++;
        String id = random.nextInt(3) == 0 ? " = " + (100 + fields) : "";
        String repetition = any("required", "optional", "optional", "repeated") + " ";
        return switch (depth == 0 ? 3 : random.nextInt(9)) {
            case 0 ->
                repetition + "group " + name + id + " { "
                        + IntStream.rangeClosed(0, random.nextInt(2))
                                .mapToObj(i -> field(depth - 1))
                                .collect(Collectors.joining())
                        + "} ";
            case 1 ->
                any("required", "optional") + " group " + name + " (LIST)" + id + " { repeated group list { "
                        + field(depth - 1) + "} } ";
            case 2 ->
                any("required", "optional") + " group " + name + " (MAP)" + id + " { repeated group key_value { "
                        + "required binary key (STRING); " + field(depth - 1) + "} } ";
            default -> {
                String[] type = any(PRIMITIVES).split(" ", 2);
                yield repetition + type[0] + " " + name + (type.length > 1 ? " " + type[1] : "") + id + "; ";
            }
        };
    }

    private static final String[] PRIMITIVES = {
        "boolean",
        "int32",
        "int32 (INTEGER(8,true))",
        "int32 (INTEGER(16,false))",
        "int32 (INTEGER(32,false))",
        "int32 (DATE)",
        "int32 (TIME(MILLIS,true))",
        "int32 (DECIMAL(9,2))",
        "int64",
        "int64 (INTEGER(64,true))",
        "int64 (INTEGER(64,false))",
        "int64 (TIMESTAMP(MILLIS,true))",
        "int64 (TIMESTAMP(MICROS,false))",
        "int64 (TIMESTAMP(NANOS,true))",
        "int64 (TIME(MICROS,false))",
        "int64 (TIME(NANOS,true))",
        "int64 (DECIMAL(18,3))",
        "int96",
        "float",
        "double",
        "binary",
        "binary (STRING)",
        "binary (STRING)",
        "binary (ENUM)",
        "binary (JSON)",
        "binary (BSON)",
        "binary (DECIMAL(30,4))",
        "fixed_len_byte_array(16) (UUID)",
        "fixed_len_byte_array(12) (INTERVAL)",
        "fixed_len_byte_array(2) (FLOAT16)",
        "fixed_len_byte_array(9) (DECIMAL(20,0))",
        "fixed_len_byte_array(7)"
    };

    private Map<String, List<Object>> group(GroupType type) {
        Map<String, List<Object>> values = new LinkedHashMap<>();
        for (Type field : type.getFields()) {
            int count = switch (field.getRepetition()) {
                case REQUIRED -> 1;
                case OPTIONAL -> random.nextInt(4) == 0 ? 0 : 1;
                case REPEATED -> random.nextInt(4);
            };
            Supplier<Object> value =
                    () -> field.isPrimitive() ? value(field.asPrimitiveType()) : group(field.asGroupType());
            values.put(
                    field.getName(),
                    IntStream.range(0, count).mapToObj(i -> value.get()).toList());
        }
        return values;
    }

    private Object value(PrimitiveType type) {
        String logical = String.valueOf(type.getLogicalTypeAnnotation());
        return switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> random.nextBoolean();
            case INT32 -> logical.startsWith("TIME") ? random.nextInt(86_400_000) : random.nextInt(100);
            case INT64 ->
                logical.startsWith("TIME") ? random.nextLong(86_400_000_000L) : random.nextLong() >> random.nextInt(64);
            case FLOAT -> any(Float.NaN, -0f, 0f, random.nextFloat());
            case DOUBLE -> any(Double.NaN, -0d, 0d, random.nextGaussian());
            case INT96 ->
                ByteBuffer.allocate(12)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(random.nextLong(86_400_000_000_000L))
                        .putInt(2_440_588 + random.nextInt(20_000))
                        .array();
            case FIXED_LEN_BYTE_ARRAY -> bytes(type.getTypeLength());
            case BINARY ->
                switch (logical) {
                    case "JSON" -> ("{\"a\": " + random.nextInt(9) + "}").getBytes(StandardCharsets.UTF_8);
                    case "null", "BSON" -> bytes(random.nextInt(9));
                    case "STRING", "ENUM" ->
                        any("", "é€", "日本😀", "x".repeat(random.nextInt(300)), "v" + random.nextInt(5))
                                .getBytes(StandardCharsets.UTF_8);
                    default ->
                        BigDecimal.valueOf(random.nextLong()).unscaledValue().toByteArray();
                };
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (length == 9) {
            bytes[0] = 0;
        }
        return bytes;
    }

    /** As rows of a schema have their fields in its order. */
    private static Map<String, Object> written(GroupType type, Map<String, List<Object>> values) {
        Map<String, Object> written = new LinkedHashMap<>();
        for (Type field : type.getFields()) {
            written.put(
                    field.getName(),
                    values.get(field.getName()).stream()
                            .map(value ->
                                    field.isPrimitive() ? text(value) : written(field.asGroupType(), inner(value)))
                            .toList());
        }
        return written;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, List<Object>> inner(Object value) {
        return (Map<String, List<Object>>) value;
    }

    private static Object text(Object value) {
        return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value;
    }

    private static Map<String, Object> read(Group group) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Type field : group.getType().getFields()) {
            int index = group.getType().getFieldIndex(field.getName());
            List<Object> all = new ArrayList<>();
            for (int i = 0; i < group.getFieldRepetitionCount(index); i++) {
                all.add(
                        field.isPrimitive()
                                ? read(group, index, i, field.asPrimitiveType())
                                : read(group.getGroup(index, i)));
            }
            values.put(field.getName(), all);
        }
        return values;
    }

    private static Object read(Group group, int field, int i, PrimitiveType type) {
        return switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> group.getBoolean(field, i);
            case INT32 -> group.getInteger(field, i);
            case INT64 -> group.getLong(field, i);
            case FLOAT -> group.getFloat(field, i);
            case DOUBLE -> group.getDouble(field, i);
            case INT96 -> text(group.getInt96(field, i).getBytes());
            case BINARY, FIXED_LEN_BYTE_ARRAY -> text(group.getBinary(field, i).getBytes());
        };
    }

    private static void fill(Group group, Map<String, List<Object>> values) {
        values.forEach((name, all) -> all.forEach(value -> {
            if (value instanceof Map) {
                fill(group.addGroup(name), inner(value));
            } else if (value instanceof byte[] bytes) {
                group.append(name, Binary.fromConstantByteArray(bytes));
            } else if (value instanceof Integer number) {
                group.append(name, number);
            } else if (value instanceof Long number) {
                group.append(name, number);
            } else if (value instanceof Float number) {
                group.append(name, number);
            } else if (value instanceof Double number) {
                group.append(name, number);
            } else {
                group.append(name, (boolean) value);
            }
        }));
    }

    private static String key(Map<String, List<Object>> row) {
        return row.get("k").isEmpty() ? null : new String((byte[]) row.get("k").get(0), StandardCharsets.UTF_8);
    }

    /** @param masks is filled with what the judge is to say */
    private List<Map<String, List<Object>>> masked(
            List<Map<String, List<Object>>> before, MessageType type, Map<ColumnPath, Object> masks) {
        Map<List<String>, Replacement> chosen = new LinkedHashMap<>();
        chosen.put(List.of("k"), new Replacement(null, null));
        for (int i = 0; i < 3; i++) {
            List<String> path = new ArrayList<>();
            GroupType group = type;
            Type field = null;
            while (group != null) {
                field = group.getType(random.nextInt(group.getFieldCount()));
                path.add(field.getName());
                boolean goesOn = !field.isPrimitive()
                        && field.getLogicalTypeAnnotation() == null
                        && !field.isRepetition(Repetition.REPEATED)
                        && random.nextInt(3) > 0;
                group = goesOn ? field.asGroupType() : null;
            }
            Replacement replacement = replacement(field);
            boolean isInside =
                    chosen.keySet().stream().anyMatch(other -> isPrefix(other, path) || isPrefix(path, other));
            if (replacement != null && !isInside && !path.equals(List.of("n"))) {
                chosen.put(path, replacement);
            }
        }
        chosen.forEach((path, replacement) -> masks.put(new ColumnPath(path), replacement.said()));
        return before.stream()
                .filter(row -> !ERASED.equals(key(row)))
                .map(row -> MASKED.equals(key(row)) ? replaced(row, chosen) : row)
                .toList();
    }

    private static boolean isPrefix(List<String> path, List<String> of) {
        return path.size() <= of.size() && of.subList(0, path.size()).equals(path);
    }

    private static Map<String, List<Object>> replaced(
            Map<String, List<Object>> row, Map<List<String>, Replacement> chosen) {
        Map<String, List<Object>> masked = row;
        for (Map.Entry<List<String>, Replacement> each : chosen.entrySet()) {
            masked = replaced(masked, each.getKey(), each.getValue().stored());
        }
        return masked;
    }

    private static Map<String, List<Object>> replaced(Map<String, List<Object>> row, List<String> path, Object stored) {
        Map<String, List<Object>> masked = new LinkedHashMap<>(row);
        masked.computeIfPresent(
                path.get(0),
                (name, values) -> path.size() > 1
                        ? values.stream()
                                .map(value -> (Object) replaced(inner(value), path.subList(1, path.size()), stored))
                                .toList()
                        : stored == null ? List.of() : List.of(stored));
        return masked;
    }

    /** Null if nothing can be put in the place of this. */
    private Replacement replacement(Type field) {
        if (!field.isRepetition(Repetition.REQUIRED) && random.nextBoolean()) {
            return new Replacement(null, null);
        }
        if (!field.isPrimitive() || field.isRepetition(Repetition.REPEATED)) {
            return null;
        }
        PrimitiveType type = field.asPrimitiveType();
        String logical = String.valueOf(type.getLogicalTypeAnnotation());
        return switch (type.getPrimitiveTypeName() + " " + logical) {
            case "BOOLEAN null" -> new Replacement(true, true);
            case "INT32 null", "INT32 INTEGER(8,true)", "INT32 INTEGER(16,false)" -> new Replacement(any(42, "42"), 42);
            case "INT32 INTEGER(32,false)" -> new Replacement(4_294_967_295L, -1);
            case "INT32 DATE" -> new Replacement("1971-01-01", 365);
            case "INT32 DECIMAL(9,2)" -> new Replacement(any("-1.5", -1.5), -150);
            case "INT64 null", "INT64 INTEGER(64,true)" -> new Replacement(-7L, -7L);
            case "INT64 INTEGER(64,false)" -> new Replacement("18446744073709551615", -1L);
            case "INT64 TIMESTAMP(MILLIS,true)" -> new Replacement("1970-01-01T00:00:01.002Z", 1_002L);
            case "INT64 TIMESTAMP(MICROS,false)" -> new Replacement("1970-01-01T00:00:01.000002", 1_000_002L);
            case "INT64 TIMESTAMP(NANOS,true)" -> new Replacement("1970-01-02T00:00:00Z", 86_400_000_000_000L);
            case "INT64 TIME(MICROS,false)" -> new Replacement("00:00:01", 1_000_000L);
            case "INT64 DECIMAL(18,3)" -> new Replacement(12, 12_000L);
            case "INT96 null" ->
                new Replacement("1970-01-01T00:00:01", HexFormat.of().parseHex("00ca9a3b000000008c3d2500"));
            case "FLOAT null" -> new Replacement(0.5, 0.5f);
            case "DOUBLE null" -> new Replacement("0.1", 0.1);
            case "BINARY null", "BINARY STRING", "BINARY ENUM" ->
                new Replacement("gone é", "gone é".getBytes(StandardCharsets.UTF_8));
            case "BINARY JSON" -> new Replacement("a \"b\"", "\"a \\\"b\\\"\"".getBytes(StandardCharsets.UTF_8));
            case "BINARY DECIMAL(30,4)" -> new Replacement(-1, new byte[] {(byte) 0xD8, (byte) 0xF0});
            case "FIXED_LEN_BYTE_ARRAY DECIMAL(20,0)" ->
                new Replacement(-2, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -2});
            case "FIXED_LEN_BYTE_ARRAY UUID" ->
                new Replacement(
                        "00010203-0405-0607-0809-0a0b0c0d0e0f",
                        HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));
            default -> null;
        };
    }

    @Test
    void takesRowsOutOfFilesOfDuckDbAndLeavesTheRest() throws Exception {
        for (int seed = 0; seed < FILES_BY_DUCKDB; seed++) {
            random = Dice.of(seed);
            fields = 0;
            int rowCount = random.nextInt(any(300, 300, 5_000));
            // Row groups of nobody's, too
            int from = random.nextInt(3) == 0 ? random.nextInt(rowCount + 1) : 0;
            String key =
                    "CASE WHEN n < %d THEN '%s' ELSE ['%s', '%s', '%s', '%s', NULL, 'x' || n][1 + (hash(n + %d) %% 6)::INTEGER] END"
                            .formatted(from, OTHER, ERASED, MASKED, KEPT, OTHER, seed);
            String columns = IntStream.rangeClosed(0, random.nextInt(5))
                    .mapToObj(i -> expression(2) + " AS c" + i)
                    .collect(Collectors.joining(", "));
            String query = "SELECT %s AS k, n::INTEGER AS n, %s FROM range(%d) r(n)".formatted(key, columns, rowCount);
            String codec = any("uncompressed", "uncompressed", "snappy", "gzip", "zstd", "lz4_raw");
            byte[] file = files.duckDb(
                    query,
                    "CODEC '" + codec + "'",
                    "ROW_GROUP_SIZE 2048",
                    "PARQUET_VERSION " + any("V1", "V2"),
                    "DICTIONARY_SIZE_LIMIT " + any("1", "20000"),
                    "FIELD_IDS 'auto'",
                    "KV_METADATA {owner: 'data team'}");
            Map<ColumnPath, Object> masks = new LinkedHashMap<>();
            masks.put(new ColumnPath(List.of("k")), "nobody");
            String replaced = "CASE WHEN k = '" + MASKED + "' THEN 'nobody' ELSE k END AS k";
            boolean masksAll = random.nextBoolean();
            if (masksAll) {
                masks.put(new ColumnPath(List.of("c0")), null);
                replaced += ", CASE WHEN k = '" + MASKED + "' THEN NULL ELSE c0 END AS c0";
            }
            String about = "seed " + seed + ": " + query + ", " + masks;
            List<String> keys = keys(file, rowCount);
            byte[] rewritten = check(about, file, masks, keys);
            String kept = "SELECT md5(string_agg(t::VARCHAR, '|')) FROM (%s) t";
            assertThat(files.askDuckDb(kept.formatted("SELECT * FROM read_parquet(FILE)"), rewritten))
                    .as(about)
                    .isEqualTo(files.askDuckDb(
                            kept.formatted("SELECT * REPLACE (" + replaced + ") FROM read_parquet(FILE) "
                                    + "WHERE k IS DISTINCT FROM '" + ERASED + "'"),
                            file));
            for (String other : List.of(ERASED, OTHER)) {
                assertThat(files.askDuckDb(
                                "SELECT count(*) FROM read_parquet(FILE) WHERE k = '" + other + "'", rewritten))
                        .as(about)
                        .isEqualTo(String.valueOf(
                                other.equals(ERASED)
                                        ? 0
                                        : keys.stream().filter(other::equals).count()));
            }
            if (codec.equals("uncompressed")) {
                assertThat(new String(rewritten, StandardCharsets.ISO_8859_1)).doesNotContain(ERASED, MASKED);
            }
        }
    }

    /** As DuckDB reads them. */
    private static List<String> keys(byte[] file, int rowCount) throws Exception {
        String all = files.askDuckDb("SELECT string_agg(coalesce(k, ''), '|') FROM read_parquet(FILE)", file);
        return rowCount == 0 ? List.of() : List.of(Objects.requireNonNull(all).split("\\|", -1));
    }

    /** A value of a random type, of a row n. */
    private String expression(int depth) {
        String hash = "hash(n * 31 + " + fields++ + ")";
        String plain = switch (random.nextInt(14)) {
            case 0 -> "(" + hash + " % 100)::TINYINT";
            case 1 -> "(" + hash + " % 60000)::USMALLINT";
            case 2 -> "(" + hash + " % 5)::INTEGER";
            case 3 -> "(" + hash + " // 3)::BIGINT";
            case 4 -> hash;
            case 5 -> "(" + hash + " % 1000 / 7)::FLOAT";
            case 6 -> "(" + hash + " % 1000 / 7)::DOUBLE";
            case 7 -> "(" + hash + " % 100000 / 100)::DECIMAL(" + any("9,2", "18,2", "30,2") + ")";
            case 8 -> "DATE '2000-01-01' + (" + hash + " % 10000)::INTEGER";
            case 9 -> any("TIMESTAMP", "TIMESTAMPTZ") + " '2000-01-01 00:00:00.5' + to_seconds(" + hash + " % 1000000)";
            case 10 -> "(" + hash + " % 2 = 0)";
            case 11 -> "md5(" + hash + "::VARCHAR)::BLOB";
            case 12 -> "md5(" + hash + "::VARCHAR)::UUID";
            default -> "repeat('v' || " + hash + " % 7, (" + hash + " % 4)::INTEGER)";
        };
        String nullable = "CASE WHEN hash(n + %d) %% 5 > 0 THEN %s END".formatted(fields++, plain);
        return switch (depth == 0 ? 3 : random.nextInt(8)) {
            case 0 -> "[" + nullable + ", " + nullable + "][1:(" + hash + " % 3)::INTEGER]";
            case 1 -> "{'a': " + expression(depth - 1) + ", 'b': [" + expression(depth - 1) + "]}";
            case 2 -> "MAP {'x' || " + hash + " % 3: " + expression(depth - 1) + "}";
            default -> random.nextInt(3) == 0 ? plain : nullable;
        };
    }

    @SafeVarargs
    private <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }
}
