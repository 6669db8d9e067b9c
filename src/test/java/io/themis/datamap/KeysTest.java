package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.request.SubjectKey;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeysTest {

    private static final String COFFEE = "coffee.example";
    private static final String TEA = "tea.example";

    @Test
    void sameNumberOnAnotherSiteIsSomebodyElse() {
        Keys keys = keys(new SubjectKey("siteUserId", COFFEE, "7"), new SubjectKey("siteUserId", TEA, "99"));
        Dataset posts = lake(Map.of("OwnerUserId", "siteUserId"));

        assertThat(keys.match(posts, COFFEE)).isEqualTo(Map.of("OwnerUserId", Set.of("7")));
        assertThat(keys.match(posts, TEA)).isEqualTo(Map.of("OwnerUserId", Set.of("99")));
    }

    @Test
    void thereIsNothingToSearchOnASiteWithoutTheKey() {
        Keys keys = keys(new SubjectKey("siteUserId", COFFEE, "7"), new SubjectKey("accountId", null, "1"));

        assertThat(keys.match(lake(Map.of("OwnerUserId", "siteUserId")), TEA)).isEmpty();
        assertThat(keys.match(lake(Map.of("OwnerUserId", "siteUserId")), null)).isEmpty();
    }

    @Test
    void keyWithoutPartitionHoldsEverywhere() {
        Keys keys = keys(new SubjectKey("accountId", null, "1"));
        Dataset accounts = lake(Map.of("AccountId", "accountId"));

        assertThat(keys.match(accounts, COFFEE)).isEqualTo(Map.of("AccountId", Set.of("1")));
        assertThat(keys.match(accounts, null)).isEqualTo(Map.of("AccountId", Set.of("1")));
    }

    @Test
    void personWithSeveralAccountsIsFoundByEach() {
        Keys keys = keys(
                new SubjectKey("siteUserId", COFFEE, "7"),
                new SubjectKey("siteUserId", COFFEE, "8"),
                new SubjectKey("siteUserId", TEA, "9"));

        assertThat(keys.match(lake(Map.of("OwnerUserId", "siteUserId")), COFFEE))
                .isEqualTo(Map.of("OwnerUserId", Set.of("7", "8")));
    }

    @Test
    void columnIsLeftOutWhileItsKeyIsUnknown() {
        Keys keys = keys(new SubjectKey("accountId", null, "1"));
        Dataset both = lake(Map.of("AccountId", "accountId", "Email", "emailAddress"));

        assertThat(keys.match(both, COFFEE)).isEqualTo(Map.of("AccountId", Set.of("1")));
    }

    @Test
    void otherKeysWithTheSameValueDoNotCount() {
        assertThat(keys(new SubjectKey("customerId", null, "1")).match(lake(Map.of("AccountId", "accountId")), COFFEE))
                .isEmpty();
    }

    @Test
    void queryRunsForEveryCombinationOfItsKeys() {
        Keys keys = keys(
                new SubjectKey("accountId", null, "1"),
                new SubjectKey("accountId", null, "2"),
                new SubjectKey("emailAddress", null, "a@example.org"),
                new SubjectKey("emailAddress", null, "b@example.org"),
                new SubjectKey("customerId", null, "5"));

        assertThat(keys.parameters(sql(List.of("accountId", "emailAddress"), Map.of())))
                .containsExactlyInAnyOrder(
                        Map.of("accountId", "1", "emailAddress", "a@example.org"),
                        Map.of("accountId", "1", "emailAddress", "b@example.org"),
                        Map.of("accountId", "2", "emailAddress", "a@example.org"),
                        Map.of("accountId", "2", "emailAddress", "b@example.org"));
    }

    @Test
    void queryDoesNotRunWhileOneOfItsKeysIsUnknown() {
        Keys keys = keys(new SubjectKey("accountId", null, "1"));

        assertThat(keys.parameters(sql(List.of("accountId", "customerId"), Map.of())))
                .isEmpty();
    }

    @Test
    void queryIsNeverAskedWithTheKeyOfOneSite() {
        Keys keys = keys(new SubjectKey("siteUserId", COFFEE, "7"));

        assertThat(keys.parameters(sql(List.of("siteUserId"), Map.of()))).isEmpty();
    }

    @Test
    void sameValueFoundTwiceIsAskedOnce() {
        Keys keys = keys(new SubjectKey("accountId", null, "1"), new SubjectKey("accountId", COFFEE, "1"));

        assertThat(keys.match(lake(Map.of("AccountId", "accountId")), COFFEE))
                .isEqualTo(Map.of("AccountId", Set.of("1")));
        assertThat(keys.parameters(sql(List.of("accountId"), Map.of()))).containsExactly(Map.of("accountId", "1"));
    }

    @Test
    void rowBringsItsKeysWithThePartitionItWasFoundIn() {
        Dataset accounts = lake(Map.of("AccountId", "accountId"), Map.of("siteUserId", "Id"));

        assertThat(Keys.provided(accounts, COFFEE, Map.of("Id", "7", "AccountId", "1")))
                .containsExactly(new SubjectKey("siteUserId", COFFEE, "7"));
    }

    @Test
    void absentNullAndBlankColumnsBringNothing() {
        Dataset profile = sql(List.of("mail"), Map.of("a", "a", "b", "b", "c", "c", "d", "d"));
        Map<String, Object> row = new HashMap<>();
        row.put("a", null);
        row.put("b", " ");
        row.put("c", "");

        assertThat(Keys.provided(profile, null, row)).isEmpty();
    }

    @Test
    void databaseMayAnswerInAnyCaseAndALakeFileMayNot() {
        assertThat(Keys.provided(
                        sql(List.of("mail"), Map.of("accountId", "account_id")), null, Map.of("ACCOUNT_ID", 1)))
                .containsExactly(new SubjectKey("accountId", null, "1"));
        assertThat(Keys.provided(lake(Map.of(), Map.of("siteUserId", "Id")), COFFEE, Map.of("ID", "1")))
                .isEmpty();
    }

    static Object[][] valuesAndTheirText() {
        return new Object[][] {
            {42, "42"},
            {-1L, "-1"},
            {100L, "100"},
            {9007199254740993L, "9007199254740993"},
            {new BigDecimal("42.00"), "42"},
            {new BigDecimal("1E+3"), "1000"},
            {new BigDecimal("0.50"), "0.5"},
            {12345678.0, "12345678"},
            {"007", "007"},
            {"4.20", "4.20"},
            {" x ", " x "},
            {UUID.fromString("6f1c1e9e-0000-4000-8000-00000000000a"), "6f1c1e9e-0000-4000-8000-00000000000a"}
        };
    }

    @ParameterizedTest
    @MethodSource("valuesAndTheirText")
    void numbersComeInPlainFormAndTextAsItIsStored(Object value, String text) {
        assertThat(Keys.provided(sql(List.of("mail"), Map.of("k", "c")), null, Map.of("c", value)))
                .containsExactly(new SubjectKey("k", null, text));
    }

    @Test
    void bytesAreNoKeyAndTheErrorDoesNotShowThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Keys.provided(sql(List.of("mail"), Map.of("k", "c")), null, Map.of("c", new byte[] {1, 2, 3})))
                .withMessage(
                        "dataset \"test\": column \"c\" holds byte[], which can't be a key; cast it to text or a number in"
                                + " the source");
    }

    @Test
    void rowOfAQueryIsThePersonsOnlyIfItHoldsWhatWasAskedFor() {
        Dataset profile = matching(Map.of("email_address", "mail", "account", "accountId"));
        Keys keys = keys(new SubjectKey("mail", null, "jose@example.org"), new SubjectKey("accountId", null, "a7"));

        assertThat(keys.own(profile, "mail", Map.of("EMAIL_ADDRESS", "Jose@Example.org", "ACCOUNT", "a7")))
                .isTrue();
        assertThat(keys.own(profile, "mail", Map.of("email_address", "jos\u00e9@example.org", "account", "a7")))
                .isFalse();
        assertThat(keys.own(profile, "mail", Map.of("email_address", "jose@example.org", "account", "A7")))
                .as("upper and lower case are alike in addresses only")
                .isFalse();
        assertThat(keys.own(profile, "mail", Map.of("email_address", "", "account", "a7")))
                .isFalse();
        Map<String, Object> unknown = new HashMap<>(Map.of("account", "a7"));
        unknown.put("email_address", null);
        assertThat(keys.own(profile, "mail", unknown)).isFalse();
    }

    @Test
    void rowWithoutTheColumnToMatchOnIsNoAnswer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys(new SubjectKey("mail", null, "jose@example.org"))
                        .own(matching(Map.of("email_address", "mail")), "mail", Map.of("account", "a7")))
                .withMessage("dataset \"test\": a row does not have the column \"email_address\" that rows are"
                        + " matched on");
    }

    /** The search of Parquet files takes a column of that very name first; a key of it must not be lost. */
    @Test
    void aColumnOfParquetIsItsNameOrElseAPathIntoTheRow() {
        Dataset orders = new Dataset(
                "orders",
                Kind.LAKE,
                "Orders",
                null,
                null,
                "orders.parquet",
                Format.PARQUET,
                null,
                Map.of("customer.id", "customerId"),
                null,
                Set.of("customerId"),
                Map.of("order", "order.id"),
                List.of(),
                null,
                1);

        assertThat(Keys.provided(orders, null, Map.of("order.id", 7L)))
                .containsExactly(new SubjectKey("order", null, "7"));
        assertThat(Keys.provided(orders, null, Map.of("order", Map.of("id", 8L))))
                .containsExactly(new SubjectKey("order", null, "8"));
    }

    @Test
    void aColumnOfJsonLinesIsAPathIntoTheRow() {
        Dataset clicks = new Dataset(
                "clicks",
                Kind.LAKE,
                "Clicks",
                null,
                null,
                "clicks.jsonl",
                Format.JSONL,
                null,
                Map.of("user.id", "userId"),
                null,
                Set.of("userId"),
                Map.of("session", "user.session\\.id"),
                List.of(),
                null,
                1);

        assertThat(Keys.provided(clicks, null, Map.of("user", Map.of("session.id", new BigDecimal("7.0")))))
                .containsExactly(new SubjectKey("session", null, "7"));
        assertThat(Keys.provided(clicks, null, Map.of("user.session.id", 7L))).isEmpty();
    }

    private static Keys keys(SubjectKey... keys) {
        return new Keys(new LinkedHashSet<>(Arrays.asList(keys)));
    }

    private static Dataset lake(Map<String, String> match) {
        return lake(match, Map.of());
    }

    private static Dataset lake(Map<String, String> match, Map<String, String> provides) {
        return new Dataset(
                "test",
                Kind.LAKE,
                "Test",
                null,
                null,
                "{site}/Test.xml",
                Format.XML_ROWS,
                null,
                match,
                null,
                Set.copyOf(match.values()),
                provides,
                List.of(),
                null,
                1);
    }

    private static Dataset sql(List<String> keys, Map<String, String> provides) {
        return sql(keys, Map.of(), provides);
    }

    private static Dataset matching(Map<String, String> match) {
        return sql(List.copyOf(match.values()), match, Map.of());
    }

    private static Dataset sql(List<String> keys, Map<String, String> match, Map<String, String> provides) {
        return new Dataset(
                "test",
                Kind.SQL,
                "Test",
                "db",
                "SELECT 1",
                null,
                null,
                null,
                match,
                null,
                new LinkedHashSet<>(keys),
                provides,
                List.of(),
                null,
                1);
    }
}
