package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch.Wanted;
import io.themis.request.SubjectKey;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

    private static final String COFFEE = "coffee.example";
    private static final String TEA = "tea.example";

    @Test
    void sameNumberOnAnotherSiteIsSomebodyElse() {
        Keys keys = keys(new SubjectKey("siteUserId", COFFEE, "7"), new SubjectKey("siteUserId", TEA, "99"));
        Dataset posts = lake(Map.of("OwnerUserId", "siteUserId"));

        assertThat(keys.match(posts, COFFEE)).isEqualTo(Map.of("OwnerUserId", exactly("7")));
        assertThat(keys.match(posts, TEA)).isEqualTo(Map.of("OwnerUserId", exactly("99")));
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

        assertThat(keys.match(accounts, COFFEE)).isEqualTo(Map.of("AccountId", exactly("1")));
        assertThat(keys.match(accounts, null)).isEqualTo(Map.of("AccountId", exactly("1")));
    }

    @Test
    void everyValueOfAKeyIsNamedWhereverItHolds() {
        Keys keys = keys(
                new SubjectKey("siteUserId", COFFEE, "7"),
                new SubjectKey("siteUserId", TEA, "9"),
                new SubjectKey("accountId", null, "1"));

        assertThat(keys.everywhere("siteUserId")).contains(exactly("7", "9"));
        assertThat(keys.everywhere("accountId")).contains(exactly("1"));
        assertThat(keys.everywhere("orderId")).isEmpty();
    }

    @Test
    void personWithSeveralAccountsIsFoundByEach() {
        Keys keys = keys(
                new SubjectKey("siteUserId", COFFEE, "7"),
                new SubjectKey("siteUserId", COFFEE, "8"),
                new SubjectKey("siteUserId", TEA, "9"));

        assertThat(keys.match(lake(Map.of("OwnerUserId", "siteUserId")), COFFEE))
                .isEqualTo(Map.of("OwnerUserId", exactly("7", "8")));
    }

    @Test
    void columnIsLeftOutWhileItsKeyIsUnknown() {
        Keys keys = keys(new SubjectKey("accountId", null, "1"));
        Dataset both = lake(Map.of("AccountId", "accountId", "Email", "emailAddress"));

        assertThat(keys.match(both, COFFEE)).isEqualTo(Map.of("AccountId", exactly("1")));
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
                .isEqualTo(Map.of("AccountId", exactly("1")));
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
    void aRoutesColumnIsItsNameOrElseAPathInAnyCase() {
        Dataset orders = route(Map.of("buyer.mail", "mail"), Map.of("orderNo", "Order.No", "dots", "No."), Map.of());
        Map<String, Object> row =
                Map.of("Buyer", Map.of("MAIL", "ada@example.org"), "order", Map.of("no", 7), "no.", 8);

        assertThat(Keys.provided(orders, null, row))
                .containsExactlyInAnyOrder(new SubjectKey("orderNo", null, "7"), new SubjectKey("dots", null, "8"));
        assertThat(isOwn(keys(new SubjectKey("mail", null, "ada@example.org")), orders, row))
                .isTrue();
        assertThat(isOwn(keys(new SubjectKey("mail", null, "ben@example.org")), orders, row))
                .isFalse();
        assertThat(Keys.provided(orders, null, Map.of("order.no", 9, "Order", Map.of("No", 7))))
                .as("a column of that very name comes first")
                .containsExactly(new SubjectKey("orderNo", null, "9"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> isOwn(
                        keys(new SubjectKey("mail", null, "ada@example.org")),
                        orders,
                        Map.of("buyer", Map.of("name", "Ada"))));
    }

    @Test
    void aKeyThatOnlyAMaskUsesCountsToo() {
        Mask unless = new Mask(Map.of("writer", "mail"));
        Column writer = new Column(null, Map.of(), null, unless);
        Dataset notes = route(Map.of(), Map.of(), Map.of("text", writer));

        assertThat(keys(new SubjectKey("customerId", null, "1"), new SubjectKey("mail", null, "ada@example.org"))
                        .count(notes))
                .isEqualTo(Map.of("customerId", 1, "mail", 1));
        assertThat(keys(
                                new SubjectKey("customerId", null, "1"),
                                new SubjectKey("mail", null, "ada@example.org"),
                                new SubjectKey("mail", null, "ada@old.example"),
                                new SubjectKey("mail", TEA, "ada@tea.example"))
                        .count(notes))
                .isEqualTo(Map.of("customerId", 1, "mail", 2));
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
            {" x ", " x"},
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

        assertThat(isOwn(keys, profile, Map.of("EMAIL_ADDRESS", "Jose@Example.org", "ACCOUNT", "a7")))
                .isTrue();
        assertThat(isOwn(keys, profile, Map.of("email_address", "jos\u00e9@example.org", "account", "a7")))
                .isFalse();
        assertThat(isOwn(keys, profile, Map.of("email_address", "jose@example.org", "account", "A7")))
                .as("upper and lower case are alike in addresses only")
                .isFalse();
        assertThat(isOwn(keys, profile, Map.of("email_address", "", "account", "a7")))
                .isFalse();
        Map<String, Object> unknown = new HashMap<>(Map.of("account", "a7"));
        unknown.put("email_address", null);
        assertThat(isOwn(keys, profile, unknown)).isFalse();
    }

    /** As a driver gives a column of type CHAR(10). */
    @Test
    void blanksWithWhichADatabaseFillsUpAColumnAreNoPartOfTheKey() {
        Set<SubjectKey> found =
                Keys.provided(sql(List.of("mail"), Map.of("member", "no")), null, Map.of("no", "AB12      "));

        assertThat(found).containsExactly(new SubjectKey("member", null, "AB12"));
    }

    /** The last two are a Kelvin sign and a long s, which become k and s in lower or upper case. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jos\u00e9.k@example.org",
                " jose.k@example.org",
                "jose.k@example.com",
                "Jos\u00e9 <jose.k@example.org>",
                "",
                "jose.\u212a@example.org",
                "jo\u017fe.k@example.org"
            })
    void whatAnotherCollationTakesForTheAddressIsAnother(String stored) {
        assertThat(isOwn(
                        keys(new SubjectKey("mail", null, "jose.k@example.org")),
                        matching(Map.of("email_address", "mail")),
                        Map.of("email_address", stored)))
                .isFalse();
    }

    private static final Map<String, NormalForm> HANDLES_AND_NUMBERS = Map.of(
            "handle",
            new NormalForm(Normalizer.Form.NFKC, false, true),
            "customerNo",
            new NormalForm(null, true, true));

    @Test
    void rowOfAQueryIsHeldAgainstTheNormalFormOfItsKey() {
        Keys keys = keys(
                HANDLES_AND_NUMBERS,
                new SubjectKey("handle", null, "Zo\u00eb"),
                new SubjectKey("customerNo", null, "ab 12-3"));
        Dataset orders = matching(Map.of("handle", "handle", "no", "customerNo"));

        assertThat(isOwn(keys, orders, Map.of("handle", "ZOE\u0308", "no", "AB12-3")))
                .isTrue();
        assertThat(isOwn(keys, orders, Map.of("handle", "zoe", "no", "AB12-3"))).isFalse();
        assertThat(isOwn(keys, orders, Map.of("handle", "zo\u00eb", "no", "AB123")))
                .isFalse();
    }

    @Test
    void valuesWithOneNormalFormAreOneKeyAndAskedWithAsTheFirstIsStored() {
        Keys keys = keys(
                HANDLES_AND_NUMBERS,
                new SubjectKey("customerNo", null, "AB 1"),
                new SubjectKey("customerNo", null, "ab1"),
                new SubjectKey("customerNo", COFFEE, "a b1"),
                new SubjectKey("customerNo", COFFEE, "c"),
                new SubjectKey("customerNo", TEA, "c"));
        Dataset query = sql(List.of("customerNo"), Map.of());
        Dataset files = lake(Map.of("no", "customerNo"));

        assertThat(keys.parameters(query)).containsExactly(Map.of("customerNo", "AB 1"));
        assertThat(keys.count(query)).isEqualTo(Map.of("customerNo", 1));
        assertThat(keys.match(files, COFFEE))
                .isEqualTo(Map.of("no", new Wanted(HANDLES_AND_NUMBERS.get("customerNo"), Set.of("ab1", "c"))));
        assertThat(keys.count(files))
                .as("ab1 everywhere and in coffee, c in coffee and in tea")
                .isEqualTo(Map.of("customerNo", 4));
    }

    @Test
    void aValueOfWhichNothingCountsNamesNobody() {
        Keys keys = keys(HANDLES_AND_NUMBERS, new SubjectKey("customerNo", null, "\u00a0"));
        Dataset query = matching(Map.of("no", "customerNo"));

        assertThat(keys.parameters(query)).isEmpty();
        assertThat(keys.count(query)).isEqualTo(Map.of("customerNo", 0));
        assertThat(keys.match(lake(Map.of("no", "customerNo")), COFFEE)).isEmpty();
        assertThat(isOwn(keys, query, Map.of("no", " "))).isFalse();
    }

    @Test
    void rowWithoutTheColumnToMatchOnIsNoAnswer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> isOwn(
                        keys(new SubjectKey("mail", null, "jose@example.org")),
                        matching(Map.of("email_address", "mail")),
                        Map.of("account", "a7")))
                .withMessage("dataset \"test\": a row does not have the column \"email_address\" that rows are"
                        + " matched on");
    }

    /** The search of Parquet files takes a column of that very name first; a key of it must not be lost. */
    @Test
    void aColumnOfParquetIsItsNameOrElseAPathIntoTheRow() {
        Dataset orders = new Dataset(
                "orders",
                Kind.LAKE,
                Words.of(Locale.ENGLISH, "Orders"),
                null,
                null,
                "orders.parquet",
                Format.PARQUET,
                null,
                Dataset.Engine.THEMIS,
                Map.of("customer.id", "customerId"),
                null,
                Set.of("customerId"),
                Map.of("order", "order.id"),
                List.of(),
                Map.of(),
                null,
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
                Words.of(Locale.ENGLISH, "Clicks"),
                null,
                null,
                "clicks.jsonl",
                Format.JSONL,
                null,
                Dataset.Engine.THEMIS,
                Map.of("user.id", "userId"),
                null,
                Set.of("userId"),
                Map.of("session", "user.session\\.id"),
                List.of(),
                Map.of(),
                null,
                null,
                1);

        assertThat(Keys.provided(clicks, null, Map.of("user", Map.of("session.id", new BigDecimal("7.0")))))
                .containsExactly(new SubjectKey("session", null, "7"));
        assertThat(Keys.provided(clicks, null, Map.of("user.session.id", 7L))).isEmpty();
    }

    private static Keys keys(SubjectKey... keys) {
        return keys(Map.of("mail", NormalForm.EMAIL_ADDRESS), keys);
    }

    private static Keys keys(Map<String, NormalForm> normalForms, SubjectKey... keys) {
        return new Keys(new LinkedHashSet<>(Arrays.asList(keys)), normalForms);
    }

    private static Wanted exactly(String... values) {
        return new Wanted(NormalForm.EXACT, Set.of(values));
    }

    private static Dataset lake(Map<String, String> match) {
        return lake(match, Map.of());
    }

    private static Dataset lake(Map<String, String> match, Map<String, String> provides) {
        return new Dataset(
                "test",
                Kind.LAKE,
                Words.of(Locale.ENGLISH, "Test"),
                null,
                null,
                "{site}/Test.xml",
                Format.XML_ROWS,
                null,
                Dataset.Engine.THEMIS,
                match,
                null,
                Set.copyOf(match.values()),
                provides,
                List.of(),
                Map.of(),
                null,
                null,
                1);
    }

    private static Dataset sql(List<String> keys, Map<String, String> provides) {
        return sql(keys, Map.of(), provides);
    }

    /** Asked with the customer's number. */
    private static Dataset route(Map<String, String> match, Map<String, String> provides, Map<String, Column> columns) {
        return new Dataset(
                "test",
                Kind.ROUTE,
                Words.of(Locale.ENGLISH, "Test"),
                null,
                null,
                null,
                null,
                null,
                Dataset.Engine.THEMIS,
                match,
                "direct:test",
                Set.of("customerId"),
                provides,
                List.of(),
                columns,
                null,
                null,
                1);
    }

    private static Dataset matching(Map<String, String> match) {
        return sql(List.copyOf(match.values()), match, Map.of());
    }

    /** Of a row that a query gave. */
    private static boolean isOwn(Keys keys, Dataset dataset, Map<String, ?> row) {
        return new RowOwner(dataset, null, keys).isWhollyPersons(row);
    }

    private static Dataset sql(List<String> keys, Map<String, String> match, Map<String, String> provides) {
        return new Dataset(
                "test",
                Kind.SQL,
                Words.of(Locale.ENGLISH, "Test"),
                "db",
                "SELECT 1",
                null,
                null,
                null,
                Dataset.Engine.THEMIS,
                match,
                null,
                new LinkedHashSet<>(keys),
                provides,
                List.of(),
                Map.of(),
                null,
                null,
                1);
    }
}
