package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.themis.lake.RowMatch.Wanted;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * On random small files made to mislead it, the scan gives the rows that the full parser gives, and so does an excerpt of the file
 * made by an index of the scan. Where the full parser calls a file unreadable, the scan finds at least what that found before.
 */
@Tag("fuzz")
class RowScanFuzzTest {

    private static final int FILES = 2_500 * Integer.getInteger("themis.fuzz.times", 1);
    private static final long SEED = Long.getLong("themis.fuzz.seed", 20_261_123);

    private static final NormalForm ANY_CASE = new NormalForm(Normalizer.Form.NFC, true, true);

    private static final String[] TEXTS = {
        "42",
        "42",
        "42",
        "4",
        "2",
        "422",
        "042",
        "42 ",
        " 42",
        "4 2",
        "4\t2",
        "4\n2",
        "4\"2",
        "",
        " ",
        "é1",
        "e\u0301 1",
        "É1",
        "é",
        "😀",
        "\uFFFD",
        "Ann Lee",
        "ann  lee",
        "Ann",
        "Lee",
        "Key",
        " Key=\"42\" ",
        "\"Key\":\"42\"",
        "\"Key\": 42",
        "Key,42",
        "42\n42",
        "\r\n",
        "\r",
        "\n",
        "\t",
        "a,b",
        ",",
        "\"",
        "\"\"",
        "'",
        "''",
        "<row Key=\"42\" />",
        "/>",
        "<!-- ",
        "-->",
        "{",
        "}",
        "}\n{\"Key\":\"42\"}",
        "\\",
        "\\\\",
        "\\\"",
        "\u007F",
        "null",
        "1e2",
        "4.2E1",
        "42.0",
        "x".repeat(70),
        "\\u0034",
        "\u0000",
        "\u0001\u001F",
        "\uFEFF42",
        "ÿþ42",
        "ï»¿42",
        "ANN LEE ",
        "ﬁ",
        "€"
    };
    private static final String[] NAMES = {
        "Key", "Key", "Id", "Body", "XKey", "KeyX", "Key-", "key", "Name", "Ke", "Keys", "N", "K", "Ké", "éKey", "a.b",
        "row", "null"
    };
    private static final List<CsvLayout> LAYOUTS = List.of(
            CsvLayout.PLAIN,
            CsvLayout.PLAIN,
            new CsvLayout(';', '"', null, List.of()),
            new CsvLayout('\t', '\'', StandardCharsets.ISO_8859_1, List.of()),
            new CsvLayout(',', '"', Charset.forName("windows-1252"), List.of("Key", "Name", "Body")),
            new CsvLayout(',', '"', null, List.of("Key", "Body")),
            new CsvLayout('|', '"', null, List.of("Key")),
            new CsvLayout(',', '"', StandardCharsets.UTF_16LE, List.of()));
    private static final Map<Kind, String[]> KEYS = Map.of(
            Kind.XML, new String[] {"Key", "Key", "Key", "XKey", "Ke", "Key-", "Ké", "row", "K", "a.b"},
            Kind.JSONL, new String[] {"Key", "Key", "Key", "N.Key", "Id", "Ke", "N.N.Key", "a\\.b", "K", "Ké"},
            Kind.CSV, new String[] {"Key", "Key", "Key", "XKey", "Ke", "K", "Ké"});

    private enum Kind {
        XML,
        JSONL,
        CSV
    }

    /** @param fault why the file is unreadable, or null */
    record Outcome(List<Map<String, Object>> rows, String fault) {}

    /** An index in memory. */
    private static final class Places implements RowKeys {

        private final List<Long> rows = new ArrayList<>();
        private final Map<Long, Set<Integer>> rowsOf = new HashMap<>();
        private boolean isWithoutOffsets;

        @Override
        public void row(long offset) {
            assertThat(rows.isEmpty() || rows.get(rows.size() - 1) < offset).isTrue();
            rows.add(offset);
        }

        @Override
        public void key(long hash) {
            assertThat(isWithoutOffsets || !rows.isEmpty())
                    .as("a key is of a row that has begun")
                    .isTrue();
            rowsOf.computeIfAbsent(hash, none -> new TreeSet<>()).add(rows.size() - 1);
        }

        @Override
        public void withoutOffsets() {
            isWithoutOffsets = true;
        }

        private Set<Integer> rowsOf(RowMatch match) {
            Set<Integer> found = new TreeSet<>();
            Map<String, Wanted> columns = new HashMap<>(match.review());
            columns.putAll(match.columns());
            columns.forEach((column, wanted) -> wanted.normalForms()
                    .forEach(text -> found.addAll(rowsOf.getOrDefault(KeyHash.of(column, text), Set.of()))));
            return found;
        }

        private long rowsBegin() {
            return rows.get(0);
        }

        private byte[] excerpt(byte[] file, Set<Integer> numbers) {
            ByteArrayOutputStream excerpt = new ByteArrayOutputStream();
            excerpt.write(file, 0, rows.isEmpty() ? file.length : rows.get(0).intValue());
            for (int number : numbers) {
                int from = rows.get(number).intValue();
                int to = number + 1 < rows.size() ? rows.get(number + 1).intValue() : file.length;
                excerpt.write(file, from, to - from);
            }
            return excerpt.toByteArray();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRowsAreThoseOfTheFullParser(Kind kind) throws IOException {
        int readable = 0;
        int rows = 0;
        int excerpts = 0;
        for (int number = 0; number < FILES; number++) {
            Random dice = Dice.of(SEED + number);
            CsvLayout layout = LAYOUTS.get(dice.nextInt(LAYOUTS.size()));
            Set<String> keys = new TreeSet<>(Set.of(one(KEYS.get(kind), dice)));
            if (dice.nextInt(3) == 0) {
                keys.add(one(KEYS.get(kind), dice));
            }
            if (!layout.header().isEmpty() && kind == Kind.CSV) {
                keys = Set.of("Key");
            }
            RowFormat format = switch (kind) {
                case XML -> RowFormat.xmlRows();
                case JSONL -> RowFormat.jsonl(dice.nextBoolean() ? Set.of("Id") : Set.of());
                case CSV -> RowFormat.csv(layout, Set.of());
            };
            byte[] whole = switch (kind) {
                case XML -> xml(dice).getBytes(UTF_8);
                case JSONL -> jsonl(dice).getBytes(UTF_8);
                case CSV -> csv(dice, layout, keys).getBytes(layout.encoding() == null ? UTF_8 : layout.encoding());
            };
            byte[] file = whole;
            Damage damage = dice.nextInt(7) > 0 || file.length == 0 ? Damage.NONE : one(Damage.values(), dice);
            file = damaged(file, damage, dice);
            boolean isUtf8 = isUtf8(file);
            boolean isPacked = dice.nextInt(6) == 0;
            Damage ofPacked = Damage.NONE;
            if (isPacked) {
                format = format.gzipped();
                ofPacked = dice.nextInt(5) == 0 ? one(Damage.values(), dice) : Damage.NONE;
                file = damaged(gzip(file), ofPacked, dice);
            }
            NormalForm form = one(new NormalForm[] {NormalForm.EXACT, ANY_CASE, NormalForm.EMAIL_ADDRESS}, dice);
            Set<String> wanted = new HashSet<>(dice.nextBoolean() ? Set.of("42") : Set.of("42", "é1", "4 2", "4\"2"));
            for (int more = dice.nextInt(100) == 0 ? 3_000 : 0; more > 0; more--) {
                wanted.add("k" + dice.nextInt());
            }
            Map<String, Wanted> match = new HashMap<>();
            keys.forEach(key -> match.put(key, new Wanted(form, wanted)));
            Wanted names = new Wanted(NormalForm.PERSON_NAME, Set.of("Ann Lee"));
            Map<String, Wanted> review = new HashMap<>();
            List.of("Name", "Body").subList(0, dice.nextInt(3)).forEach(column -> review.put(column, names));
            RowMatch person = new RowMatch(match, review);
            String seed = "seed %d, %s, damage %s %s, file%n%s"
                    .formatted(SEED + number, person, damage, ofPacked, new String(whole, UTF_8));

            Places index = new Places();
            Outcome expected = parsed(format, person, file);
            Map<String, NormalForm> indexed =
                    new HashMap<>(Map.of("Name", NormalForm.PERSON_NAME, "Body", NormalForm.PERSON_NAME));
            keys.forEach(key -> indexed.put(key, form));
            Outcome scanned = run(format::scan, format, person, file, dice, indexed, index);

            checkEveryOtherRowGoes(seed, format, person, file, expected);
            if (expected.fault() == null) {
                readable++;
                rows += expected.rows().size();
                assertThat(scanned).as(seed).isEqualTo(expected);
                Set<Integer> numbers = index.rowsOf(person);
                if (numbers.isEmpty()) {
                    assertThat(expected.rows()).as(seed).isEmpty();
                } else if (!index.isWithoutOffsets) {
                    excerpts++;
                    RowFormat same = format;
                    Outcome excerpt = run(
                            (one, sink, none, nobody) -> same.excerpt(one, sink, index.rowsBegin()),
                            format,
                            person,
                            index.excerpt(file, numbers),
                            dice,
                            indexed,
                            index);
                    assertThat(excerpt).as(seed).isEqualTo(expected);
                }
            } else {
                int before = expected.rows().size();
                assertThat(scanned.rows()).as(seed).hasSizeGreaterThanOrEqualTo(before);
                assertThat(scanned.rows().subList(0, before)).as(seed).isEqualTo(expected.rows());
                // What stands where a path leads through is looked at in candidates only
                boolean isOfPath = keys.stream().anyMatch(key -> key.startsWith("N."));
                boolean isSameToTheEnd =
                        kind == Kind.CSV || !isOfPath && damage != Damage.ONE_BYTE && damage != Damage.MIXED;
                if (isSameToTheEnd && ofPacked == Damage.NONE) {
                    assertThat(scanned.rows()).as(seed).isEqualTo(expected.rows());
                }
                if (isSameToTheEnd && damage != Damage.NONE || !isUtf8 || ofPacked == Damage.CUT) {
                    assertThat(scanned.fault()).as(seed).isNotNull();
                }
                Outcome ofWhole = parsed(format, person, isPacked ? gzip(whole) : whole);
                if (damage == Damage.ONE_BYTE && ofPacked == Damage.NONE && ofWhole.fault() == null) {
                    assertThat(ofWhole.rows())
                            .as(seed)
                            .containsAll(scanned.rows()
                                    .subList(before, scanned.rows().size()));
                }
            }
        }
        assertThat(readable).isGreaterThan(FILES / 2);
        assertThat(rows).isGreaterThan(FILES / 20);
        assertThat(excerpts).isGreaterThan(FILES / 20);
    }

    @ParameterizedTest
    @EnumSource
    void aRowIsOneRowWhereverAChunkEnds(Kind kind) throws IOException {
        String filler = "y".repeat(3 * RowScan.AT_ONCE);
        String file = switch (kind) {
            case XML ->
                "<rows><row Key=\"42\" Body=\"é\" /><row Key=\"4\" Body=\"%s\" /><row Body=\"%s\" Key=\"42\" /></rows>";
            case JSONL ->
                "{\"Key\": 42, \"Body\": \"é\"}\n{\"Key\":4,\"Body\":\"%s\"}\n{\"Body\":\"%s\",\"Key\":\"42\"}";
            case CSV -> "Key,Body\r\n42,\"é\"\"\"\r\n4,%s\r\n42,\"%s\"";
        };
        byte[] bytes = file.formatted(filler, filler).getBytes(UTF_8);
        RowFormat format = switch (kind) {
            case XML -> RowFormat.xmlRows();
            case JSONL -> RowFormat.jsonl(Set.of());
            case CSV -> RowFormat.csv(CsvLayout.PLAIN, Set.of());
        };
        RowMatch person = ExactMatch.of(Map.of("Key", Set.of("42")));
        Outcome expected = parsed(format, person, bytes);
        assertThat(expected.rows()).hasSize(2);
        Set<Integer> borders = new TreeSet<>();
        for (int i = 0; i < 120; i++) {
            borders.addAll(List.of(
                    i, bytes.length - i, filler.length() + i, RowScan.AT_ONCE + i - 60, 2 * RowScan.AT_ONCE + i - 60));
        }
        for (int border : borders) {
            List<Map<String, Object>> rows = new ArrayList<>();
            RowSearch scan = format.scan(person, rows::add);
            scan.write(bytes, 0, border);
            scan.write(bytes, border, bytes.length - border);
            assertThat(catchThrowable(scan::finish)).as("border at %d", border).isNull();
            assertThat(rows).as("border at %d", border).isEqualTo(expected.rows());
        }
    }

    static Outcome parsed(RowFormat format, RowMatch match, byte[] file) throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        try {
            format.read(new ByteArrayInputStream(file), new PersonRows(match, rows::add));
            return new Outcome(rows, null);
        } catch (UnreadableFileException | UnreadableContentException e) {
            return new Outcome(rows, e.getMessage());
        }
    }

    /** The judge is asked about the rows that are found; those that go are gone, and those between them stay. */
    private static void checkEveryOtherRowGoes(
            String seed, RowFormat format, RowMatch match, byte[] file, Outcome expected) throws IOException {
        List<Map<String, Object>> asked = new ArrayList<>();
        List<Map<String, Object>> kept = new ArrayList<>();
        try {
            FileEdits edits = format.edits(new ByteArrayInputStream(file), match, row -> {
                asked.add(row);
                if (asked.size() % 2 == 0) {
                    kept.add(row);
                }
                return asked.size() % 2 == 0 ? RowVerdict.KEEP : RowVerdict.DELETE;
            });
            assertThat(expected.fault()).as(seed).isNull();
            assertThat(asked).as(seed).isEqualTo(expected.rows());
            ByteArrayOutputStream rewritten = new ByteArrayOutputStream();
            format.rewrite(new ByteArrayInputStream(file), edits, rewritten);
            assertThat(parsed(format, match, rewritten.toByteArray())).as(seed).isEqualTo(new Outcome(kept, null));
        } catch (UnreadableFileException e) {
            // The file without its first rows would be another one
            if (!e.getMessage().contains("what looks like a byte order mark")) {
                assertThat(expected.fault()).as(seed + e.getMessage()).isNotNull();
            }
        }
    }

    private interface Search {
        RowSearch of(RowMatch match, RowSink sink, Map<String, NormalForm> indexed, RowKeys index);
    }

    private static Outcome run(
            Search search,
            RowFormat format,
            RowMatch match,
            byte[] file,
            Random dice,
            Map<String, NormalForm> indexed,
            RowKeys index)
            throws IOException {
        List<Map<String, Object>> rows = Collections.synchronizedList(new ArrayList<>());
        try (RowSearch sink = search.of(match, rows::add, indexed, index)) {
            int longest = dice.nextInt(3) == 0 ? 1 : 1 + dice.nextInt(file.length + 1);
            for (int at = 0; at < file.length; ) {
                int length = Math.min(file.length - at, 1 + dice.nextInt(longest));
                // What is around a chunk is none of the file
                byte[] chunk = new byte[length + 200];
                Arrays.fill(chunk, (byte) '<');
                System.arraycopy(file, at, chunk, 100, length);
                sink.write(chunk, 100, length);
                at += length;
            }
            sink.finish();
            return new Outcome(rows, null);
        } catch (UnreadableFileException e) {
            return new Outcome(rows, e.getMessage());
        }
    }

    enum Damage {
        NONE,
        ONE_BYTE,
        CUT,
        MIXED,
        HOLE
    }

    static byte[] damaged(byte[] file, Damage damage, Random dice) {
        int place = dice.nextInt(Math.max(1, file.length));
        byte[] damaged = file.clone();
        switch (damage) {
            case ONE_BYTE -> damaged[place] = (byte) dice.nextInt(256);
            case MIXED -> System.arraycopy(file, place, damaged, 0, file.length - place);
            case CUT -> damaged = Arrays.copyOf(file, place);
            case HOLE -> Arrays.fill(damaged, place, Math.min(file.length, place + 2 + dice.nextInt(100)), (byte) 0);
            case NONE -> {}
        }
        return damaged;
    }

    static byte[] gzip(byte[] file) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(file);
        }
        return packed.toByteArray();
    }

    private static boolean isUtf8(byte[] file) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(file));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    static <T> T one(T[] all, Random dice) {
        return all[dice.nextInt(all.length)];
    }

    private static String text(Random dice) {
        if (dice.nextInt(20_000) == 0) {
            return (one(TEXTS, dice) + "y").repeat(1 + dice.nextInt(3 * RowScan.AT_ONCE));
        }
        return dice.nextInt(3) == 0 ? one(TEXTS, dice) + one(TEXTS, dice) : one(TEXTS, dice);
    }

    static String xml(Random dice) {
        StringBuilder xml = new StringBuilder(dice.nextInt(4) == 0 ? "\uFEFF" : "");
        xml.append(dice.nextBoolean() ? "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" : "");
        xml.append(dice.nextInt(9) == 0 ? "<!-- <row Key=\"42\"/> --><rows>" : "<rows a=\"1\">");
        boolean isOdd = dice.nextInt(4) == 0;
        for (int rows = dice.nextInt(8); rows > 0; rows--) {
            xml.append(one(new String[] {"\n", "\n  ", "", "\r\n", "\t"}, dice));
            if (isOdd && dice.nextInt(9) == 0) {
                xml.append(one(
                        new String[] {
                            "<!-- <row Key=\"42\" />\n<row Key=\"42\" />\n -->", "<?pi <row Key=\"42\" /> ?>", "<!---->"
                        },
                        dice));
            }
            xml.append("<row");
            for (String name : names(dice)) {
                String quote = isOdd && dice.nextInt(3) == 0 ? "'" : "\"";
                xml.append(isOdd ? one(new String[] {" ", "\n", "  ", "\t"}, dice) : " ")
                        .append(name)
                        .append(isOdd ? one(new String[] {"=", " =", "= ", "\n=\t"}, dice) : "=")
                        .append(quote)
                        .append(attribute(text(dice), quote, dice))
                        .append(quote);
            }
            xml.append(one(new String[] {" />", "/>", " />", "\n/>"}, dice));
            if (isOdd && dice.nextInt(20) == 0) {
                xml.setLength(xml.length() - 2);
                xml.append("></row>");
            }
        }
        return xml.append(one(
                        new String[] {"\n</rows>", "</rows>\n", "</rows >\r\n", "</rows><!-- <row Key=\"42\"/> -->"},
                        dice))
                .toString();
    }

    private static String attribute(String value, String quote, Random dice) {
        StringBuilder text = new StringBuilder();
        boolean isNumbered = dice.nextInt(6) == 0;
        value.codePoints().forEach(c -> {
            if (c < ' ' && c != '\t' && c != '\n' && c != '\r') {
                text.append(' ');
            } else if (c == '<') {
                text.append("&lt;");
            } else if (c == '&') {
                text.append("&amp;");
            } else if (quote.indexOf(c) >= 0) {
                text.append(c == '"' ? "&quot;" : "&apos;");
            } else if (isNumbered && dice.nextBoolean()) {
                text.append(dice.nextBoolean() ? "&#" + c + ";" : "&#x" + Integer.toHexString(c) + ";");
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }

    private static List<String> names(Random dice) {
        Set<String> names = new HashSet<>(dice.nextBoolean() ? Set.of("Key") : Set.of());
        for (int i = dice.nextInt(5); i >= 0; i--) {
            names.add(one(NAMES, dice));
        }
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, dice);
        return shuffled;
    }

    static String jsonl(Random dice) {
        StringBuilder jsonl = new StringBuilder(dice.nextInt(5) == 0 ? "\uFEFF" : "");
        for (int rows = dice.nextInt(8); rows > 0; rows--) {
            jsonl.append(one(new String[] {"", "", "", " ", "\t", "\n", "\r\n"}, dice));
            object(jsonl, dice, 0);
            jsonl.append(one(new String[] {"", "", "", " ", "\r"}, dice));
            jsonl.append(rows > 1 || dice.nextBoolean() ? "\n" : "");
        }
        return jsonl.toString();
    }

    private static void object(StringBuilder json, Random dice, int depth) {
        json.append('{');
        boolean isFirst = true;
        for (String name : names(dice)) {
            json.append(isFirst ? "" : ",").append(white(dice));
            isFirst = false;
            string(json, name, dice, 20);
            json.append(white(dice)).append(':').append(white(dice));
            switch (dice.nextInt(name.equals("Key") || name.equals("Id") ? 7 : 10)) {
                case 0 ->
                    json.append(
                            one(new String[] {"42", "42.0", "4.2E1", "4200e-2", "-42", "0", "-0", "142", "420"}, dice));
                case 1 -> json.append("null");
                case 7 -> json.append(one(new String[] {"true", "false", "[]", "{}", "[\"42\",{\"Key\":42}]"}, dice));
                case 8, 9 -> {
                    if (depth < 2) {
                        object(json, dice, depth + 1);
                    } else {
                        json.append("[1, 2]");
                    }
                }
                default -> string(json, text(dice), dice, 6);
            }
            json.append(white(dice));
        }
        json.append('}');
    }

    private static String white(Random dice) {
        return dice.nextInt(6) == 0 ? one(new String[] {" ", "  ", "\t", " \t "}, dice) : "";
    }

    private static void string(StringBuilder json, String value, Random dice, int rarity) {
        boolean isEscaped = dice.nextInt(rarity) == 0;
        json.append('"');
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
            } else if (c < ' ' || isEscaped && dice.nextBoolean()) {
                json.append(dice.nextBoolean() ? "\\u%04x".formatted(c) : "\\u%04X".formatted(c));
            } else {
                json.append((char) c);
            }
        });
        json.append('"');
    }

    static String csv(Random dice, CsvLayout layout, Set<String> keys) {
        StringBuilder csv = new StringBuilder(layout.encoding() == null && dice.nextInt(5) == 0 ? "\uFEFF" : "");
        String[] lineEnds =
                one(new String[][] {{"\n"}, {"\r\n"}, {"\r"}, {"\n", "\n", "\r\n", "\r", "\n\n", "\r\r\n"}}, dice);
        List<String> header = new ArrayList<>(layout.header());
        if (header.isEmpty()) {
            header.addAll(dice.nextInt(5) == 0 ? Set.of() : names(dice));
            for (String key : keys) {
                if (!header.contains(key)) {
                    header.add(key);
                }
            }
            record(csv, header, layout, lineEnds, dice);
        }
        for (int rows = dice.nextInt(8); rows > 0; rows--) {
            List<String> cells = new ArrayList<>();
            header.forEach(column -> cells.add(text(dice)));
            if (dice.nextInt(100) == 0) {
                cells.add("one too many");
            }
            record(csv, cells, layout, lineEnds, dice);
        }
        if (dice.nextBoolean() && csv.length() > 0) {
            csv.setLength(csv.length() - 1);
        }
        return csv.toString();
    }

    private static void record(
            StringBuilder csv, List<String> cells, CsvLayout layout, String[] lineEnds, Random dice) {
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            boolean mustQuote = cell.chars()
                    .anyMatch(c -> c == layout.delimiter() || c == layout.quote() || c == '\n' || c == '\r');
            String quote = String.valueOf(layout.quote());
            csv.append(i == 0 ? "" : layout.delimiter());
            csv.append(mustQuote || dice.nextInt(4) == 0 ? quote + cell.replace(quote, quote + quote) + quote : cell);
        }
        csv.append(one(lineEnds, dice));
    }
}
