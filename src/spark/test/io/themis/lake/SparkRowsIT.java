package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.enrichment.LakeEngine;
import io.themis.enrichment.LakeJob;
import io.themis.enrichment.SparkSettings;
import io.themis.lake.RowMatch.Wanted;
import io.themis.lake.RowScanFuzzTest.Damage;
import io.themis.lake.RowScanFuzzTest.Outcome;
import io.themis.spark.SparkDatasets;
import io.themis.spark.SparkProvider;
import io.themis.spark.SparkServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * On the files that are made to mislead a reader, a real Spark cuts out the rows that the full parser finds: of every file of which it is
 * sure, each row with each value, and no other. Of what the parser can't read it is not sure.
 */
@Tag("spark")
class SparkRowsIT {

    private static final int FILES = 500;
    private static final int PARQUET_FILES = 60;
    private static final long SEED = Long.getLong("themis.fuzz.seed", 20_261_130);
    private static final Map<String, NormalForm> FORMS = Map.of(
            "EXACT",
            NormalForm.EXACT,
            "EMAIL_ADDRESS",
            NormalForm.EMAIL_ADDRESS,
            "ANY_CASE",
            new NormalForm(Normalizer.Form.NFC, true, true));

    @TempDir
    static Path lake;

    @RegisterExtension
    static final ParquetFiles parquet = new ParquetFiles();

    private static SparkServer spark;
    private static LakeEngine engine;

    @BeforeAll
    static void start() {
        spark = SparkServer.alone();
        engine = new SparkProvider()
                .connect(new SparkSettings(
                        spark.address("sc"), null, lake.toUri().toString(), Duration.ofMinutes(10)));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    static Random dice(int number) {
        return Dice.of(SEED + number);
    }

    private record Case(RowFormat format, RowMatch match, byte[] file) {}

    /** What became of a file. */
    private record Taken(List<Map<String, Object>> rows, boolean isSure, long malformed) {}

    @ParameterizedTest
    @CsvSource({
        "XML_ROWS, Key, EXACT",
        "XML_ROWS, Key-, EMAIL_ADDRESS",
        "XML_ROWS, a.b, ANY_CASE",
        "JSONL, Key, EXACT",
        "JSONL, Key, EMAIL_ADDRESS",
        "JSONL, N.Key, ANY_CASE",
        "CSV, Key, EXACT",
        "CSV, Key, ANY_CASE"
    })
    void theRowsAreThoseOfTheFullParser(Format kind, String column, String form) throws IOException {
        Map<String, Case> cases = new LinkedHashMap<>();
        for (int number = 0; number < FILES; number++) {
            Random dice = dice(number);
            Case one = file(kind, column, FORMS.get(form), number);
            boolean isPacked = dice.nextInt(6) == 0;
            String name = "%s/ä %s/%04d.rows%s".formatted(kind, column + form, number, isPacked ? ".gz" : "");
            byte[] file = isPacked ? RowScanFuzzTest.gzip(one.file()) : one.file();
            cases.put(name, isPacked ? new Case(one.format().gzipped(), one.match(), file) : one);
            Path place = lake.resolve(name);
            Files.createDirectories(place.getParent());
            Files.write(place, file);
        }
        Map<String, Taken> taken = search(kind, column, cases);

        int sure = 0;
        int readable = 0;
        int rows = 0;
        for (Map.Entry<String, Case> each : cases.entrySet()) {
            Case one = each.getValue();
            Outcome expected = RowScanFuzzTest.parsed(one.format(), one.match(), one.file());
            Taken found = taken.get(each.getKey());
            String seed = "%s, seed %d, %s: %s"
                    .formatted(each.getKey(), SEED, one.match(), new String(one.file(), UTF_8));
            readable += expected.fault() == null && one.file().length > 0 ? 1 : 0;
            if (found == null) {
                continue;
            }
            if (found.malformed() > 0) {
                assertThat(expected.fault()).as(seed).isNotNull();
            } else if (found.isSure()) {
                sure++;
                rows += found.rows().size();
                Outcome same = expected.fault() == null ? expected : scanned(one);
                if (same.fault() == null) {
                    assertThat(found.rows()).as(seed).isEqualTo(same.rows());
                } else {
                    // In a row of which Spark can tell that it is nobody's, damage need not be noticed
                    assertThat(found.rows()).as(seed).containsAll(same.rows());
                }
            }
        }
        System.getLogger("spark").log(System.Logger.Level.INFO, "{0} {1} {2}: sure {3}, readable {4}, rows {5}", kind, column, form, sure, readable, rows);
        assertThat(rows).isGreaterThan(column.equals("Key") && kind != Format.CSV ? FILES / 25 : 0);
        int tenths = switch (kind) {
            case JSONL -> 9;
            case XML_ROWS -> 5;
            // Many end lines with CR alone
            default -> 4;
        };
        assertThat(sure).as("of %d that can be read", readable).isGreaterThan(readable * tenths / 10);
    }

    /** The scan need not notice what is damaged in somebody else's row, and neither need Spark. */
    private static Outcome scanned(Case one) throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        try (RowSearch scan = one.format().scan(one.match(), rows::add)) {
            scan.write(one.file());
            scan.finish();
            return new Outcome(rows, null);
        } catch (UnreadableFileException e) {
            return new Outcome(rows, e.getMessage());
        }
    }

    /** What random files seldom have. */
    private static final Map<Format, List<String>> MISLEADING = Map.of(
            Format.XML_ROWS,
            List.of(
                    "<r><row Id=\"1\" /Key=\"42\" /></r>",
                    "<r><row Id=\"1\" ,Key=\"42\" /></r>",
                    "<r><row Id=\"1\" &Key=\"42\" /></r>",
                    "<r><row Id=\"1\" x:Key=\"42\" /></r>",
                    "<r><row Id=\"1\" -Key=\"42\" /></r>",
                    "<r><row Key=\"1\" Key=\"42\" /></r>"),
            Format.JSONL,
            List.of(
                    "{\"Key\":\"1\",\"Key\":\"42\"}\n",
                    "{\"Key\":\"1\",\"Id\":true}\n{\"Key\":\"42\"}\n",
                    "{\"Key\":\"\\u00e91\"}\n{\"Key\":\"é1\"}\n",
                    "[".repeat(600) + "]".repeat(600) + "\n{\"Key\":\"42\"}\n",
                    "{\"a\":" + "[".repeat(990) + "]".repeat(990) + "}\n{\"Key\":\"42\"}\n"),
            Format.CSV,
            List.of(
                    "Id,Body\n1,x\n",
                    "1,42\n2,43\n",
                    "Key,Id,Key\n1,x,42\n",
                    "\nKey,Id\n42,1\n",
                    "\r\nKey,Id\r\n42,1\r\n",
                    "Key,Id\n\"a\nKey,Id\n42\",1\n42,2\n",
                    "Key,Id\nKey,Id\n42,1\n",
                    "Key,Id\n1,5\" disk\n42,1\n2,6\" disk\n"));

    private static Case file(Format kind, String column, NormalForm form, int number) {
        Random dice = dice(number);
        List<String> misleading = MISLEADING.get(kind);
        return number < misleading.size()
                ? new Case(
                        rowsOf(kind, column).rowFormat(),
                        new RowMatch(Map.of(column, new Wanted(form, Set.of("42", "é1"))), Map.of()),
                        misleading.get(number).getBytes(UTF_8))
                : file(kind, column, form, dice);
    }

    private static Case file(Format kind, String column, NormalForm form, Random dice) {
        String text = switch (kind) {
            case JSONL -> RowScanFuzzTest.jsonl(dice);
            case CSV -> csv(dice);
            default -> RowScanFuzzTest.xml(dice);
        };
        byte[] file = text.getBytes(UTF_8);
        Damage damage = dice.nextInt(5) > 0 || file.length == 0
                ? Damage.NONE
                : RowScanFuzzTest.one(Damage.values(), dice);
        Set<String> wanted = new HashSet<>(dice.nextBoolean() ? Set.of("42") : Set.of("42", "é1", "4 2", "4\"2"));
        Map<String, Wanted> review = new HashMap<>();
        Wanted names = new Wanted(NormalForm.PERSON_NAME, Set.of("Ann Lee"));
        List.of("Name", "Body").subList(0, dice.nextInt(3)).forEach(name -> review.put(name, names));
        return new Case(
                rowsOf(kind, column).rowFormat(),
                new RowMatch(Map.of(column, new Wanted(form, wanted)), review),
                RowScanFuzzTest.damaged(file, damage, dice));
    }

    /** Most begin with the same line. */
    private static String csv(Random dice) {
        List<String> names = dice.nextInt(8) > 0 ? List.of("Id", "Key", "Name", "Body") : List.of("Key", "Id");
        String line = dice.nextInt(8) > 0 ? String.join(",", names) : "\"" + String.join("\",\"", names) + "\"";
        String rows = RowScanFuzzTest.csv(dice, new CsvLayout(',', '"', null, names), Set.of());
        boolean isMarked = rows.startsWith("\uFEFF");
        return (isMarked ? "\uFEFF" : "") + line + (dice.nextBoolean() ? "\n" : "\r\n") + rows.substring(isMarked ? 1 : 0);
    }

    /** Spark tells the files in which nobody has a row. */
    @ParameterizedTest
    @CsvSource({
        "VARCHAR, k, EXACT",
        "VARCHAR, k, EMAIL_ADDRESS",
        "BIGINT, k, EXACT",
        "INTEGER, k.id, EXACT",
        "'VARCHAR,BIGINT,INTEGER,DOUBLE', k, EXACT"
    })
    void aParquetFileWithoutAnybodyIsOneInWhichThemisFindsNothing(String types, String column, String form)
            throws Exception {
        RowMatch match = new RowMatch(Map.of(column, new Wanted(FORMS.get(form), Set.of("42"))), Map.of());
        Map<String, Case> cases = new LinkedHashMap<>();
        int without = 0;
        for (int number = 0; number < PARQUET_FILES; number++) {
            Random dice = dice(number);
            byte[] whole = parquetFile(types.split(","), column, dice);
            Damage damage = dice.nextInt(5) > 0 ? Damage.NONE : RowScanFuzzTest.one(Damage.values(), dice);
            byte[] file = RowScanFuzzTest.damaged(whole, damage, dice);
            String name = "%s/%04d.parquet".formatted((types + column + form).replaceAll("\\W", ""), number);
            Path place = lake.resolve(name);
            Files.createDirectories(place.getParent());
            Files.write(place, file);
            cases.put(name, new Case(null, match, file));
            without += damage == Damage.NONE && found(match, file).rows().isEmpty() ? 1 : 0;
        }
        Map<String, Taken> taken = search(Format.PARQUET, column, cases);

        int sure = 0;
        for (Map.Entry<String, Taken> each : taken.entrySet()) {
            assertThat(each.getValue().rows()).isEmpty();
            if (each.getValue().isSure()) {
                sure++;
                assertThat(found(match, cases.get(each.getKey()).file()))
                        .as("%s, seed %d", each.getKey(), SEED)
                        .isEqualTo(new Outcome(List.of(), null));
            }
        }
        System.getLogger("spark").log(System.Logger.Level.INFO, "{0} {1} {2}: sure {3}, without {4}", types, column, form, sure, without);
        if (types.contains(",")) {
            assertThat(sure).as("types that contradict each other").isZero();
        } else {
            assertThat(sure).as("of %d without", without).isGreaterThan(without * (form.equals("EXACT") ? 8 : 2) / 10);
        }
    }

    private static byte[] parquetFile(String[] types, String column, Random dice) throws Exception {
        String type = RowScanFuzzTest.one(types, dice);
        List<String> texts = type.equals("VARCHAR")
                ? List.of("42 ", " 42", "042", "é", "É", "a@b", "'42'", "NULL", "42")
                : List.of("4", "420", "-42", "0", "142", "NULL", "42");
        List<String> rows = new ArrayList<>();
        for (int row = 1 + dice.nextInt(6); row > 0; row--) {
            String text = RowScanFuzzTest.one(texts.toArray(String[]::new), dice);
            String value = (text.equals("NULL") ? text : "'" + text.replace("'", "''") + "'") + "::" + type;
            rows.add("SELECT %s AS k, 'x' AS body".formatted(column.contains(".") ? "{'id': " + value + ", 'other': '42'}" : value));
        }
        return parquet.duckDb(String.join(" UNION ALL ", rows));
    }

    private static Outcome found(RowMatch match, byte[] file) throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        try {
            new ParquetRowSearch(match, Set.of(), Set.of(), rows::add).search(new BytesAsFile(file));
            return new Outcome(rows, null);
        } catch (UnreadableFileException e) {
            return new Outcome(rows, e.getMessage());
        }
    }

    private static Map<String, Taken> search(Format kind, String column, Map<String, Case> cases) throws IOException {
        Map<String, Taken> taken = new HashMap<>();
        engine.search(new LakeJob() {
            @Override
            public Dataset dataset() {
                return rowsOf(kind, column);
            }

            /** Each file is a partition, as in each somebody else is looked for. */
            @Override
            public List<Source> files() {
                return cases.entrySet().stream()
                        .map(each -> new Source(each.getKey(), each.getKey(), each.getValue().file().length))
                        .toList();
            }

            @Override
            public Optional<RowMatch> match(String partition) {
                return Optional.of(cases.get(partition).match());
            }

            @Override
            public void take(Source file, Cut cut) {
                List<Map<String, Object>> rows = new ArrayList<>();
                Case one = cases.get(file.name());
                long malformed = 0;
                try {
                    CutRows parser = one.format() == null
                            ? row -> false
                            : one.format()
                                    .cutRows(cut.head(), one.match(), rows::add)
                                    .orElse(null);
                    if (parser == null) {
                        return;
                    }
                    for (byte[] row = cut.next(); row != null; row = cut.next()) {
                        malformed += parser.read(row) ? 0 : 1;
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                Taken before = taken.put(file.name(), new Taken(rows, cut.isSure(), malformed + cut.malformed()));
                assertThat(before == null || !before.isSure())
                        .as("a file is sure once")
                        .isTrue();
            }
        });
        return taken;
    }

    private static Dataset rowsOf(Format kind, String column) {
        return SparkDatasets.of(
                kind, column, kind == Format.JSONL ? Map.of("id", "Id") : Map.of(), List.of("Name", "Body"));
    }
}
