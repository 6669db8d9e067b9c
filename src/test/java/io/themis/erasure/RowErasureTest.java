package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.lake.ColumnPath;
import io.themis.lake.NormalForm;
import io.themis.lake.RowVerdict;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a row is what the data map says, and others' rows and values stay as they are. */
class RowErasureTest {

    private static final Pseudonyms PSEUDONYMS = new Pseudonyms("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    private static final String P_7 = "pseudonym-llf02wN4pDnQozjVtzbQzg";
    private static final String P_ADA = "pseudonym-IZlrhIjJRpJziG7aeweC4A";

    private static final Keys ADA = keys("ada@example.org", "7", "8");
    private static final Keys BEN = keys("ben@example.org", "9", "7");

    private static final String POSTS =
            "kind: lake, path: \"{site}/Posts\", format: xml-rows, match: {Owner: userId, Editor: userId}";

    @Test
    void aRowGoesIfOneOfItsColumnsHoldsThePersonsKeyOfThatPartition() throws IOException {
        Dataset posts = dataset(POSTS, "action: delete");

        assertThat(verdict(posts, row("Owner", "7"))).isEqualTo(RowVerdict.DELETE);
        assertThat(verdict(posts, row("Owner", "9", "Editor", "7"))).isEqualTo(RowVerdict.DELETE);
        assertThat(verdict(posts, row("Owner", "8"))).isEqualTo(RowVerdict.KEEP);
        assertThat(verdict(posts, row("Title", "7"))).isEqualTo(RowVerdict.KEEP);
        assertThat(verdict(posts, row())).isEqualTo(RowVerdict.KEEP);
    }

    @Test
    void aRowOfAQueryIsThePersonsIfAllOfItsColumnsHoldTheirKeys() throws IOException {
        String sql = "kind: sql, dataSource: d, query: \"SELECT * FROM t WHERE m = :#mail\"";
        String statements = "action: delete, statements: [\"DELETE FROM t WHERE m = :#mail\"]";
        Dataset matched = dataset(sql + ", match: {m: mail, n: mail}", statements);
        Dataset unmatched = dataset(sql, statements);

        assertThat(verdict(matched, row("M", "ADA@example.org  ", "N", "ada@example.org")))
                .isEqualTo(RowVerdict.DELETE);
        assertThat(verdict(matched, row("M", "ada@example.org", "N", "adá@example.org")))
                .isEqualTo(RowVerdict.KEEP);
        assertThat(verdict(unmatched, row("anything", 1))).isEqualTo(RowVerdict.DELETE);
    }

    @Test
    void rowsOfADatasetThatIsKeptStayWithItsGround() throws IOException {
        Dataset posts = dataset(POSTS, "action: keep, article: 17(3)(b), ground: Tax law, until: ten years");
        RowCounts counts = counts(posts, ADA);

        assertThat(counts.of(row("Owner", "7"))).isEqualTo(RowVerdict.KEEP);
        counts.of(row("Owner", "9"));

        assertThat(counts.kept()).containsExactly(new Kept(1, "Art. 17(3)(b): Tax law", "ten years"));
        assertThat(counts.deleted() + counts.masked()).isZero();
    }

    @Test
    void aRowStaysIfAllThatItsExemptionNamesIsSoAndNoOthersRowIsCounted() throws IOException {
        Dataset orders = dataset("kind: lake, path: orders, format: jsonl, match: {mail: mail}", """
                action: delete, keep: [
                  {when: {invoice.paid: [false, 0], state: [open, due]}, article: 17(3)(e), ground: Claim, until: paid},
                  {when: {year: 2026}, article: 17(3)(b), ground: {en: Tax, de: Steuer}, until: {en: later, de: dann}}]""");
        RowCounts counts = counts(orders, ADA);
        Map<String, Object> paid = row("paid", false);

        assertThat(counts.of(row("mail", "Ada@example.org", "invoice", paid, "state", "due", "year", 2026)))
                .isEqualTo(RowVerdict.KEEP);
        assertThat(counts.of(
                        row("mail", "ada@example.org", "invoice", row("paid", new BigDecimal("0.0")), "state", "due")))
                .isEqualTo(RowVerdict.KEEP);
        assertThat(counts.of(row("mail", "ada@example.org", "year", 2026.0))).isEqualTo(RowVerdict.KEEP);
        counts.of(row("mail", "ben@example.org", "year", 2026));

        for (Map<String, Object> goes : List.of(
                row("invoice", paid, "state", "Due"),
                row("invoice", paid),
                row("invoice", paid, "state", null),
                row("invoice", "false", "state", "open"),
                row("invoice", List.of(paid), "state", "open"),
                row("invoice", row("paid", true), "state", "open"),
                row("year", List.of(2026)),
                row("year", "2026 "))) {
            goes.put("mail", "ada@example.org");
            assertThat(counts.of(goes)).as("%s", goes).isEqualTo(RowVerdict.DELETE);
        }
        assertThat(counts.deleted()).isEqualTo(8);
        assertThat(counts.kept())
                .containsExactly(
                        new Kept(2, "Art. 17(3)(e): Claim", "paid"), new Kept(1, "Art. 17(3)(b): Tax", "later"));
        assertThat(counts.keptRows()).isEqualTo(3);
    }

    @Test
    void aPaddedColumnOfADatabaseIsComparedWithoutItsPadding() throws IOException {
        Dataset orders = dataset("kind: sql, dataSource: d, query: \"SELECT * FROM t WHERE m = :#mail\"", """
                action: delete, statements: ["DELETE FROM t WHERE m = :#mail"],
                keep: [{when: {STATE: open}, article: 17(3)(e), ground: Claim, until: paid}]""");

        assertThat(verdict(orders, row("state", "open      "))).isEqualTo(RowVerdict.KEEP);
        assertThat(verdict(orders, row("state", "opened"))).isEqualTo(RowVerdict.DELETE);
    }

    @Test
    void aMaskReplacesWhatIsThere() throws IOException {
        Dataset posts = dataset(POSTS.replace(", Editor: userId", ""), """
                action: mask, columns: {Owner: keyed-hash, Name: {constant: removed}, Mail: "null",
                  Author: keyed-hash, City: {generalise: last-part}}""");

        assertThat(verdict(
                        posts,
                        row("Id", "7", "Owner", "7", "Name", "Ada", "Author", "Ada Lovelace", "City", "Ilm, DE")))
                .isEqualTo(masked("Owner", P_7, "Name", "removed", "Author", P_ADA, "City", "DE"));
        assertThat(verdict(posts, row("Owner", "7", "Name", null, "Mail", "a@b", "Author", " ")))
                .isEqualTo(masked("Owner", P_7, "Mail", null));
    }

    @Test
    void aMaskLeavesOthersKeysAlone() throws IOException {
        Dataset posts = dataset(POSTS, "action: mask, columns: {Owner: keyed-hash, Editor: \"null\"}");

        assertThat(verdict(posts, row("Owner", "7", "Editor", "9"))).isEqualTo(masked("Owner", P_7));
        assertThat(verdict(posts, row("Owner", "9", "Editor", "7"))).isEqualTo(masked("Editor", null));
    }

    @Test
    void aRowThatWasMaskedIsNotThePersonsAnyMore() throws IOException {
        Dataset posts = dataset(POSTS, "action: mask, columns: {Owner: keyed-hash, Editor: {constant: nobody}}");
        Map<String, Object> row = row("Owner", "7", "Editor", "7");
        verdict(posts, row)
                .replaced()
                .forEach((path, value) -> row.put(path.names().get(0), value));

        assertThat(row).isEqualTo(row("Owner", P_7, "Editor", "nobody"));
        assertThat(verdict(posts, row)).isEqualTo(RowVerdict.KEEP);
    }

    @Test
    void theSameKeyHasOnePseudonymAsNumberAndAsText() throws IOException {
        Dataset people = dataset("kind: lake, path: p, format: jsonl, match: {mail: mail}", """
                action: mask, columns: {mail: "null", number: keyed-hash, text: keyed-hash, uuid: keyed-hash,
                  list: keyed-hash, flag: keyed-hash}""");
        UUID uuid = UUID.fromString("00000000-0000-0000-0000-00000000002a");

        assertThat(verdict(
                        people,
                        row(
                                "mail",
                                "ada@example.org",
                                "number",
                                7.0,
                                "text",
                                "7",
                                "uuid",
                                uuid,
                                "list",
                                List.of(7),
                                "flag",
                                true)))
                .isEqualTo(masked(
                        "mail",
                        null,
                        "number",
                        P_7,
                        "text",
                        P_7,
                        "uuid",
                        "pseudonym-xKgvk4nq_eb1Cmz_st2Qbw",
                        "list",
                        null,
                        "flag",
                        null));
    }

    @Test
    void aNestedValueIsReplacedWhereItIsAndWhatAPathDoesNotLeadThroughGoesAsAWhole() throws IOException {
        Dataset events = dataset("kind: lake, path: e, format: jsonl, match: {\"by.mail\": mail}", """
                action: mask, columns: {by.mail: {constant: x}, user.name: "null",
                  "a\\\\.b": {constant: y}, device: {constant: z}, place.city.name: keyed-hash, gone.name: "null"}""");
        Map<String, Object> user = row("mail", "ben@example.org", "name", "Ben");
        Map<String, Object> by = row("mail", "ada@example.org");

        RowVerdict verdict = verdict(
                events,
                row(
                        "user",
                        user,
                        "by",
                        by,
                        "a.b",
                        1,
                        "a",
                        row("b", 2),
                        "device",
                        row("id", 1),
                        "place",
                        row("city", List.of(1)),
                        "gone",
                        null));

        Map<ColumnPath, Object> expected = new HashMap<>();
        expected.put(new ColumnPath(List.of("by", "mail")), "x");
        expected.put(new ColumnPath(List.of("user", "name")), null);
        expected.put(new ColumnPath(List.of("a.b")), "y");
        expected.put(new ColumnPath(List.of("device")), "z");
        expected.put(new ColumnPath(List.of("place", "city")), null);
        assertThat(verdict).isEqualTo(new RowVerdict(false, expected));
    }

    @Test
    void inParquetBothReadingsOfAPathAreReplaced() throws IOException {
        Dataset events = dataset("kind: lake, path: e, format: parquet, match: {m: mail}", """
                action: mask, columns: {m: "null", user.name: {constant: x}}""");

        Map<ColumnPath, Object> expected = new HashMap<>();
        expected.put(new ColumnPath(List.of("m")), null);
        expected.put(new ColumnPath(List.of("user.name")), "x");
        expected.put(new ColumnPath(List.of("user", "name")), "x");
        assertThat(verdict(events, row("m", "ada@example.org", "user.name", "Ada", "user", row("name", "Ada"))))
                .isEqualTo(new RowVerdict(false, expected));
    }

    static Stream<Arguments> generalised() {
        String seconds = ", columns: {d: {date: epoch-seconds}}";
        String millis = ", columns: {d: {date: epoch-milliseconds}}";
        return Stream.of(
                Arguments.of("year", "", "2026-05-17", "2026"),
                Arguments.of("month", "", "2026-05-17", "2026-05"),
                Arguments.of("day", "", "2026-05-17T10:11:12.345+02:00", "2026-05-17"),
                Arguments.of("day", "", " 2026-05-17 10:11:12.345 ", "2026-05-17"),
                Arguments.of("month", "", "2026-05-17 10:11:12+02", "2026-05"),
                Arguments.of("year", ", columns: {d: {date: iso}}", "2024-02-29", "2024"),
                Arguments.of("year", "", "2026-02-29", null),
                Arguments.of("year", "", "2026-13-01", null),
                Arguments.of("year", "", "17.05.2026", null),
                Arguments.of("year", "", "2026-05-17, in Berlin", null),
                Arguments.of("year", "", "20260517", null),
                Arguments.of("year", "", "", null),
                Arguments.of("year", "", List.of("2026-05-17"), null),
                Arguments.of("year", "", true, null),
                Arguments.of("day", "", "2026-05", "unchanged"),
                Arguments.of("year", "", 2026, "unchanged"),
                Arguments.of("year", seconds, 1779012672, 1767225600L),
                Arguments.of("month", seconds, 1779012672L, 1777593600L),
                Arguments.of("day", seconds, new BigDecimal("1779012672.9"), 1778976000L),
                Arguments.of("day", seconds, "1779012672", "1778976000"),
                Arguments.of("year", seconds, -19748928, -31536000L),
                Arguments.of("month", millis, 1779012672345L, 1777593600000L),
                Arguments.of("year", millis, "2026-05-17", null),
                Arguments.of("year", millis, new BigDecimal("1E+1000000000"), null),
                Arguments.of("year", seconds, Double.NaN, null),
                Arguments.of("last-part", "", "Alexanderplatz, Berlin, Germany", "Germany"),
                Arguments.of("last-part", millis, "Berlin, 1", "1"),
                Arguments.of("last-part", "", "12 Baker Street", null),
                Arguments.of("last-part", "", "Berlin, ", null),
                Arguments.of("last-part", "", LocalDate.of(2026, 5, 17), null),
                Arguments.of("month", "", LocalDate.of(2026, 5, 17), "2026-05-01"),
                Arguments.of("year", "", LocalDateTime.of(2026, 5, 17, 10, 11), "2026-01-01T00:00"),
                Arguments.of("day", "", Instant.parse("2026-05-17T10:11:12Z"), "2026-05-17T00:00:00Z"),
                Arguments.of("year", "", OffsetDateTime.parse("2026-01-01T00:30+01:00"), "2025-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @MethodSource("generalised")
    void aGeneralisedValueIsCoarserAndOneThatIsNotUnderstoodGoes(
            String to, String columns, Object value, Object expected) throws IOException {
        Dataset people = dataset(
                "kind: lake, path: p, format: jsonl, match: {mail: mail}" + columns,
                "action: mask, columns: {mail: \"null\", d: {generalise: %s}}".formatted(to));

        assertThat(verdict(people, row("mail", "ada@example.org", "d", value)))
                .isEqualTo("unchanged".equals(expected) ? masked("mail", null) : masked("mail", null, "d", expected));
    }

    @Test
    void aRowOfTwoPeopleIsCountedForEachAndBothKeysAreReplaced() throws IOException {
        Dataset posts = dataset(POSTS, "action: mask, columns: {Owner: \"null\", Editor: {constant: x}}");
        RowCounts ada = counts(posts, ADA);
        RowCounts ben = counts(posts, BEN);
        PeoplesRows people = new PeoplesRows(List.of(ada, ben));

        assertThat(people.of(row("Owner", "7", "Editor", "9"))).isEqualTo(masked("Owner", null, "Editor", "x"));
        assertThat(people.of(row("Owner", "7"))).isEqualTo(masked("Owner", null));
        assertThat(people.of(row("Owner", "5", "Editor", "9"))).isEqualTo(masked("Editor", "x"));
        assertThat(people.of(row("Owner", "5"))).isEqualTo(RowVerdict.KEEP);

        assertThat(List.of(ada.masked(), ben.masked())).containsExactly(2L, 2L);
    }

    @Test
    void aRowGoesIfItIsAnybodysWhoIsErased() throws IOException {
        Dataset posts = dataset(POSTS, "action: delete");
        RowCounts ada = counts(posts, ADA);
        RowCounts ben = counts(posts, BEN);
        PeoplesRows people = new PeoplesRows(List.of(ada, ben));

        assertThat(people.of(row("Owner", "9"))).isEqualTo(RowVerdict.DELETE);
        assertThat(people.of(row("Owner", "7", "Editor", "9"))).isEqualTo(RowVerdict.DELETE);
        assertThat(List.of(ada.deleted(), ben.deleted())).containsExactly(1L, 2L);
    }

    private static RowVerdict verdict(Dataset dataset, Map<String, Object> row) {
        return counts(dataset, ADA).of(Collections.unmodifiableMap(row));
    }

    private static RowCounts counts(Dataset dataset, Keys keys) {
        return new RowCounts(dataset, new RowErasure(dataset, "tea", keys, PSEUDONYMS));
    }

    private static RowVerdict masked(String... columns) {
        return masked((Object[]) columns);
    }

    private static RowVerdict masked(Object... columns) {
        Map<ColumnPath, Object> replaced = new LinkedHashMap<>();
        row(columns).forEach((column, value) -> replaced.put(new ColumnPath(List.of(column)), value));
        return new RowVerdict(false, replaced);
    }

    private static Keys keys(String mail, String inTea, String inCoffee) {
        return new Keys(
                Set.of(
                        new SubjectKey("mail", null, mail),
                        new SubjectKey("userId", "tea", inTea),
                        new SubjectKey("userId", "coffee", inCoffee)),
                Map.of("mail", NormalForm.EMAIL_ADDRESS));
    }

    private static Dataset dataset(String properties, String erasure) throws IOException {
        String article15 = "article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}";
        String yaml = """
                subject: {key: mail}
                datasets:
                  - {name: users, title: t, kind: lake, path: "{site}/Users", format: csv, match: {m: mail},
                     provides: {userId: id}, %1$s, erasure: {action: delete}}
                  - {name: tested, title: t, %1$s, %2$s, erasure: {%3$s}}
                """.formatted(article15, properties, erasure);
        return DataMapLoader.load("map.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .dataset("tested");
    }

    private static Map<String, Object> row(Object... columns) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put((String) columns[i], columns[i + 1]);
        }
        return row;
    }
}
