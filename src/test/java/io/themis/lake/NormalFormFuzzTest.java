package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.lake.NormalForm.Spaces;
import io.themis.lake.RowMatch.Wanted;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Rows of random people in files of each format, their keys in all the spellings of a normal form and in others that are
 * near. Which spellings are the same is written down here, character by character; no normalizer is asked.
 */
class NormalFormFuzzTest {

    private static final int TABLES = 1_500;
    private static final int TABLES_OF_DUCKDB = 150;

    /**
     * One character as it is written.
     *
     * @param exact what it is as such, then in NFC, then in NFKC; those that differ only in case differ only after the +
     */
    private record Letter(String text, String exact, String nfc, String nfkc) {

        private static Letter of(String text, String name) {
            return new Letter(text, name, name, name);
        }

        private boolean isSpace() {
            return text.isBlank() || text.equals("\u00a0");
        }

        private String name(NormalForm form) {
            String name = form.unicode() == null ? exact : form.unicode() == Form.NFC ? nfc : nfkc;
            return form.ignoresCase() ? name.replaceFirst("\\+.*", "") : name;
        }
    }

    private static final List<Letter> LETTERS = List.of(
            Letter.of("a", "a"),
            Letter.of("A", "a+"),
            new Letter("\uff41", "wide a", "wide a", "a"),
            new Letter("\uff21", "wide a+", "wide a+", "a+"),
            Letter.of("k", "k"),
            Letter.of("K", "k+"),
            new Letter("\u212a", "kelvin", "k+", "k+"),
            Letter.of("\u00e9", "e acute"),
            Letter.of("\u00c9", "e acute+"),
            new Letter("e\u0301", "e and acute", "e acute", "e acute"),
            new Letter("E\u0301", "e and acute+", "e acute+", "e acute+"),
            Letter.of("s", "s"),
            Letter.of("S", "s+"),
            new Letter("\u017f", "long s", "long s", "s"),
            Letter.of("i", "i"),
            Letter.of("I", "i+"),
            Letter.of("\u0131", "dotless i"),
            Letter.of("\u0130", "dotted I"),
            Letter.of("\u03c3", "sigma"),
            Letter.of("\u03a3", "sigma+"),
            Letter.of("\u03c2", "sigma+at the end"),
            Letter.of("\u00df", "sharp s"),
            Letter.of("\u1e9e", "sharp s+"),
            Letter.of("1", "1"),
            new Letter("\uff11", "wide 1", "wide 1", "1"),
            new Letter("\u00b9", "high 1", "high 1", "1"),
            Letter.of("-", "-"),
            Letter.of("\ud83d\ude00", "smile"),
            Letter.of(" ", "space"),
            Letter.of("\t", "tab"),
            new Letter("\u00a0", "no-break space", "no-break space", "space"),
            new Letter("\u3000", "wide space", "wide space", "space"));

    private final Random random = new Random(20_260_302);
    private final ObjectMapper json = new ObjectMapper();

    @RegisterExtension
    static final ParquetFiles files = new ParquetFiles();

    /** Rows with a key and a number, of which those are the person's. */
    private record Table(RowMatch match, List<Map<String, Object>> rows, List<Map<String, Object>> expected) {}

    private interface Format {

        List<Map<String, Object>> found(Table table) throws Exception;
    }

    @Test
    void inXml() throws Exception {
        check(TABLES, table -> {
            StringBuilder file = new StringBuilder("<rows>");
            table.rows()
                    .forEach(row -> file.append("<row k=\"")
                            .append(written(row.get("k").toString()))
                            .append("\" n=\"")
                            .append(row.get("n"))
                            .append("\"/>"));
            return found(RowFormat.xmlRows(), table, file.append("</rows>").toString());
        });
    }

    /** As it is, or as a reference. */
    private String written(String text) {
        return text.codePoints()
                .mapToObj(c -> c == '\t' || random.nextInt(4) == 0 ? "&#" + c + ";" : Character.toString(c))
                .collect(Collectors.joining());
    }

    @Test
    void inCsv() throws Exception {
        check(TABLES, table -> {
            StringBuilder file = new StringBuilder("k,n\n");
            table.rows()
                    .forEach(row -> file.append('"')
                            .append(row.get("k"))
                            .append("\",")
                            .append(row.get("n"))
                            .append('\n'));
            return found(RowFormat.csv(CsvLayout.PLAIN, Set.of()), table, file.toString());
        });
    }

    @Test
    void inJsonLines() throws Exception {
        check(TABLES, table -> {
            StringBuilder file = new StringBuilder();
            for (Map<String, Object> row : table.rows()) {
                file.append(json.writeValueAsString(row)).append('\n');
            }
            return found(RowFormat.jsonl(Set.of()), table, file.toString());
        });
    }

    @Test
    void inParquet() throws Exception {
        check(TABLES_OF_DUCKDB, table -> {
            if (table.rows().isEmpty()) {
                return List.of();
            }
            String values = table.rows().stream()
                    .map(row -> "('%s', '%s')".formatted(row.get("k"), row.get("n")))
                    .collect(Collectors.joining(", "));
            byte[] file = files.duckDb("SELECT * FROM (VALUES %s) t(k, n) ORDER BY n".formatted(values));
            List<Map<String, Object>> found = new ArrayList<>();
            new ParquetRowSearch(table.match(), Set.of(), Set.of(), found::add).search(new BytesAsFile(file));
            return found;
        });
    }

    private List<Map<String, Object>> found(RowFormat format, Table table, String file) throws Exception {
        List<Map<String, Object>> rows = new ArrayList<>();
        byte[] bytes = file.getBytes(StandardCharsets.UTF_8);
        Found found = Found.write(format.search(table.match(), rows::add), rows, bytes, () -> 1 + random.nextInt(20));
        assertThat(found.problem()).as(file).isNull();
        return found.rows();
    }

    private void check(int tables, Format format) throws Exception {
        int own = 0;
        int others = 0;
        int respelled = 0;
        for (int i = 0; i < tables; i++) {
            NormalForm form = new NormalForm(
                    List.of(new Form[] {Form.NFC}, new Form[] {Form.NFKC}, new Form[] {null})
                            .get(random.nextInt(3))[0],
                    random.nextBoolean(),
                    random.nextBoolean());
            List<List<Letter>> person = List.of(key(), key());
            Set<String> wanted = person.stream().map(NormalFormFuzzTest::text).collect(Collectors.toSet());
            List<Map<String, Object>> rows = new ArrayList<>();
            List<Map<String, Object>> expected = new ArrayList<>();
            for (int row = random.nextInt(8); row > 0; row--) {
                List<Letter> key = random.nextInt(6) == 0 ? key() : spelledAgain(person.get(random.nextInt(2)));
                Map<String, Object> columns = new LinkedHashMap<>();
                columns.put("k", text(key));
                columns.put("n", String.valueOf(10 + rows.size()));
                rows.add(columns);
                if (person.stream().anyMatch(one -> names(one, form).equals(names(key, form)))) {
                    expected.add(columns);
                    respelled += wanted.contains(text(key)) ? 0 : 1;
                } else {
                    others++;
                }
            }
            own += expected.size();
            Map<String, Wanted> columns = Map.of("k", new Wanted(form, wanted));
            // A name in a column for review is found as a key is
            RowMatch match = random.nextBoolean() ? new RowMatch(columns) : new RowMatch(Map.of(), columns);
            Table table = new Table(match, rows, expected);
            assertThat(format.found(table)).as("%s of %s", form, rows).isEqualTo(expected);
        }
        assertThat(List.of(own, others, respelled)).allMatch(count -> count > tables / 4);
    }

    /** Not of spaces alone. */
    private List<Letter> key() {
        List<Letter> key = new ArrayList<>();
        while (key.size() < 5 && (random.nextInt(4) > 0 || key.stream().allMatch(Letter::isSpace))) {
            key.add(any());
        }
        if (key.stream().allMatch(Letter::isSpace)) {
            key.add(LETTERS.get(0));
        }
        return key;
    }

    /** The same to somebody; whether to the person's normal form, the names tell. */
    private List<Letter> spelledAgain(List<Letter> key) {
        List<Letter> again = new ArrayList<>();
        for (Letter letter : key) {
            List<Letter> alike =
                    LETTERS.stream().filter(other -> isNear(letter, other)).toList();
            Letter chosen = random.nextInt(3) > 0 ? letter : alike.get(random.nextInt(alike.size()));
            again.add(chosen);
            if (random.nextInt(12) == 0) {
                again.add(LETTERS.get(LETTERS.size() - 1 - random.nextInt(4)));
            }
        }
        return again;
    }

    private static boolean isNear(Letter one, Letter other) {
        NormalForm loose = new NormalForm(Form.NFKC, true, true);
        return one.name(loose).equals(other.name(loose));
    }

    private static List<String> names(List<Letter> key, NormalForm form) {
        return key.stream()
                .filter(letter -> form.spaces() != Spaces.IGNORED || !letter.isSpace())
                .map(letter -> letter.name(form))
                .toList();
    }

    private static String text(List<Letter> key) {
        return key.stream().map(Letter::text).collect(Collectors.joining());
    }

    private Letter any() {
        return LETTERS.get(random.nextInt(LETTERS.size()));
    }
}
