package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.lake.CsvLayout;
import io.themis.lake.Dice;
import io.themis.lake.NormalForm;
import io.themis.request.EmailAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataMapLoaderTest {

    private static final String ARTICLE_15 =
            "article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}"
                    + "\n    erasure: {action: keep, article: 17(3)(b), ground: g, until: u}";

    private static final String IN_ONE_LINE = ARTICLE_15.replace("\n    ", ", ");

    private static final Erasure ERASURE = new Erasure(
            Erasure.Action.KEEP,
            List.of(),
            null,
            Map.of(),
            new Erasure.Exemption(Map.of(), "17(3)(b)", words("g"), words("u")),
            List.of(),
            List.of());

    /** Line 2 to 9; {@code query} is line 7. */
    private static final String PROFILE = """
            datasets:
              - name: profile
                title: Your profile
                kind: sql
                dataSource: users
                query: SELECT * FROM users WHERE mail = :#emailAddress
                provides: {accountId: account_id}
                %s
            """.formatted(ARTICLE_15);

    private static final String MAP = "subject: {key: emailAddress}\n" + PROFILE;

    /** Starts at line 10. */
    private static final String POSTS = """
              - name: posts
                title: Your posts
                kind: lake
                path: "{site}/Posts.xml"
                format: xml-rows
                match: {OwnerAccountId: accountId}
                %s
            """.formatted(ARTICLE_15);

    @Test
    void sampleMapGoesFromTheProfileOverTheAccountsToEverythingElse() throws IOException {
        try (InputStream yaml = getClass().getResourceAsStream("/datamap.yaml")) {
            DataMap map = DataMapLoader.load("datamap.yaml", yaml);

            assertThat(map.subjectKey()).isEqualTo("emailAddress");
            assertThat(map.source()).isEqualTo("datamap.yaml");
            assertThat(map.levels())
                    .extracting(level -> level.stream().map(Dataset::name).toList())
                    .containsExactly(
                            List.of("profile"),
                            List.of("site-accounts"),
                            List.of("posts", "comments", "badges", "votes", "post-history"));
            assertThat(map.datasets())
                    .filteredOn(dataset -> dataset.kind() == Kind.LAKE)
                    .allSatisfy(dataset -> {
                        assertThat(dataset.format()).isEqualTo(Format.XML_ROWS);
                        assertThat(dataset.path()).startsWith("{site}/");
                    });
        }
    }

    /** Its people ask in English and German. */
    @Test
    void sampleMapSaysEverythingInBothLanguages() throws IOException {
        try (InputStream yaml = getClass().getResourceAsStream("/datamap.yaml")) {
            List<Words<?>> words = new ArrayList<>();
            for (Dataset dataset : DataMapLoader.load("datamap.yaml", yaml).datasets()) {
                Article15 facts = dataset.article15();
                words.addAll(List.of(
                        dataset.title(),
                        facts.purposes(),
                        facts.categories(),
                        facts.recipients(),
                        facts.retention(),
                        facts.origin()));
                dataset.columns().values().forEach(column -> {
                    words.add(column.title());
                    words.addAll(column.values().values());
                });
            }

            assertThat(words)
                    .hasSizeGreaterThan(150)
                    .allSatisfy(said -> assertThat(said.byLanguage())
                            .containsOnlyKeys(Locale.ENGLISH, Locale.GERMAN)
                            .as("%s", said));
        }
    }

    @Test
    void everyPropertyArrivesInItsField() {
        Dataset posts = load(MAP + POSTS.replace("    kind: lake", "    kind: lake\n    review: [OwnerDisplayName]"))
                .levels()
                .get(1)
                .get(0);

        assertThat(posts)
                .isEqualTo(new Dataset(
                        "posts",
                        Kind.LAKE,
                        words("Your posts"),
                        null,
                        null,
                        "{site}/Posts.xml",
                        Format.XML_ROWS,
                        null,
                        Dataset.Engine.THEMIS,
                        Map.of("OwnerAccountId", "accountId"),
                        null,
                        Set.of("accountId"),
                        Map.of(),
                        List.of("OwnerDisplayName"),
                        Map.of(),
                        new Article15(
                                words(List.of("p")), words(List.of("c")), words(List.of("r")), words("t"), words("o")),
                        ERASURE,
                        11));
    }

    @Test
    void wordsMayBeWrittenOnceForEachLanguage() {
        Dataset profile = load("language: fr\n"
                        + MAP.replace("title: Your profile", "title: {de: Ihr Profil, fr: Votre profil}")
                                .replace("purposes: [p]", "purposes: {fr: [a, b], de: [c]}"))
                .datasets()
                .get(0);

        assertThat(profile.title().in(Locale.GERMAN)).isEqualTo("Ihr Profil");
        assertThat(profile.title().in(Locale.ENGLISH)).as("the map's own").isEqualTo("Votre profil");
        assertThat(profile.title().languageFor(Locale.ENGLISH)).isEqualTo(Locale.FRENCH);
        assertThat(profile.article15().purposes().in(Locale.GERMAN)).containsExactly("c");
        assertThat(profile.article15().purposes().in(Locale.FRENCH)).containsExactly("a", "b");
        assertThat(profile.article15().origin()).isEqualTo(Words.of(Locale.FRENCH, "o"));
    }

    @Test
    void queryNamesTheKeysItNeeds() {
        Dataset profile = load(MAP).datasets().get(0);

        assertThat(profile.keys()).containsExactly("emailAddress");
        assertThat(profile.dataSource()).isEqualTo("users");
        assertThat(profile.query()).isEqualTo("SELECT * FROM users WHERE mail = :#emailAddress");
        assertThat(profile.provides()).isEqualTo(Map.of("accountId", "account_id"));
    }

    @Test
    void routeWithoutKeysIsAskedWithTheSubjectKey() {
        assertThat(load(MAP + route("")).datasets().get(1).keys()).containsExactly("emailAddress");
    }

    @Test
    void routeIsAskedWithTheKeysItWants() {
        DataMap map = load(MAP + route("keys: [accountId, emailAddress]"));

        assertThat(map.levels()).hasSize(2);
        assertThat(map.levels().get(1).get(0).keys()).containsExactly("accountId", "emailAddress");
    }

    @Test
    void datasetsMayShareAnArticle15ByAlias() {
        String shared = PROFILE.replace("article15: {", "article15: &same {");

        DataMap map = load("subject: {key: emailAddress}\n" + shared
                + POSTS.replace(ARTICLE_15.split("\n")[0], "article15: *same"));

        assertThat(map.datasets().get(1).article15())
                .isEqualTo(map.datasets().get(0).article15());
    }

    @Test
    void datasetWaitsForAllThatProvideItsKey() {
        DataMap map = load(MAP
                + POSTS
                + route("keys: [accountId]\n    provides: {accountId: id}").replace("[accountId]", "[customerId]")
                + """
                  - name: customers
                    title: Your customer number
                    kind: sql
                    dataSource: shop
                    query: SELECT id FROM customers WHERE mail = :#emailAddress
                    provides: {customerId: id}
                    %s
                """.formatted(ARTICLE_15));

        assertThat(map.levels())
                .extracting(level -> level.stream().map(Dataset::name).toList())
                .containsExactly(List.of("profile", "customers"), List.of("crm"), List.of("posts"));
    }

    @Test
    void everyProviderPrecedesItsUsersInRandomMaps() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = Dice.of(seed);
            int size = 1 + random.nextInt(12);
            List<String> entries = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                // Dataset i needs keys of lower numbers only, so that no cycle can come about; the file shuffles them.
                Set<String> needs = new TreeSet<>();
                for (int key = 0; key < i; key++) {
                    if (random.nextInt(3) == 0) {
                        needs.add("key" + key);
                    }
                }
                // Some keys have a second provider; as it needs nothing itself, it closes no cycle.
                String provides = "key%d: c%s"
                        .formatted(
                                i, i > 0 && needs.isEmpty() && random.nextBoolean() ? ", key" + (i - 1) + ": d" : "");
                entries.add(
                        """
                          - {name: d%d, title: t, kind: route, uri: direct:x, keys: [%s], provides: {%s}, %s}
                        """.formatted(i, needs.isEmpty() ? "mail" : String.join(", ", needs), provides, IN_ONE_LINE));
            }
            Collections.shuffle(entries, random);

            DataMap map = load("subject: {key: mail}\ndatasets:\n" + String.join("", entries));

            assertThat(map.datasets()).as("seed %d", seed).hasSize(size);
            for (int level = 0; level < map.levels().size(); level++) {
                for (Dataset user : map.levels().get(level)) {
                    List<Dataset> sameOrLater = map
                            .levels()
                            .subList(level, map.levels().size())
                            .stream()
                            .flatMap(List::stream)
                            .toList();
                    assertThat(sameOrLater)
                            .as("seed %d: those not before %s", seed, user)
                            .allSatisfy(other ->
                                    assertThat(other.provides().keySet()).doesNotContainAnyElementsOf(user.keys()));
                }
            }
        }
    }

    @Test
    void whatErasureDoesArrivesInItsFields() {
        Erasure erasure = erasureOf("""
                {action: mask, columns: {OwnerAccountId: keyed-hash, OwnerDisplayName: "null",
                 Body: {constant: removed}, CreationDate: {generalise: month}},
                 keep: [{when: {Status: [unpaid, "1"], Kind: x}, article: 17(3)(e), ground: {en: g, de: h}, until: u}],
                 notify: [a@x.example, b@x.example, a@x.example]}
                """);

        assertThat(erasure)
                .isEqualTo(new Erasure(
                        Erasure.Action.MASK,
                        List.of(),
                        null,
                        Map.of(
                                "OwnerAccountId", new Erasure.Replacement(Erasure.Strategy.KEYED_HASH, null),
                                "OwnerDisplayName", new Erasure.Replacement(Erasure.Strategy.NULL, null),
                                "Body", new Erasure.Replacement(Erasure.Strategy.CONSTANT, "removed"),
                                "CreationDate", new Erasure.Replacement(Erasure.Strategy.MONTH, null)),
                        null,
                        List.of(new Erasure.Exemption(
                                Map.of("Status", Set.of("unpaid", "1"), "Kind", Set.of("x")),
                                "17(3)(e)",
                                new Words<>(Locale.ENGLISH, Map.of(Locale.ENGLISH, "g", Locale.GERMAN, "h")),
                                words("u"))),
                        List.of(new EmailAddress("a@x.example"), new EmailAddress("b@x.example"))));
    }

    private static Erasure erasureOf(String erasure) {
        return load(MAP + posts(erasure)).dataset("posts").erasure();
    }

    private static String posts(String erasure) {
        return POSTS.replaceFirst("erasure: .*", Matcher.quoteReplacement("erasure: " + erasure.replace("\n", " ")))
                + "\n";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            ; | "erasure" is missing; write for example  erasure: {action: delete}
            {} | "erasure": "action" is missing; write for example  action: delete
            {action: drop} | "erasure": unknown action "drop"; there are delete, mask, keep
            {action: delete, statement: x} | "erasure": unknown property "statement" (did you mean "statements"?); there are
            {action: delete, ground: g} | "erasure": "ground" does not belong to action delete of kind lake; take it out
            {action: delete, statements: [DELETE]} | "erasure": "statements" does not belong to action delete of kind lake; take it out
            {action: delete, columns: {Body: "null"}} | "erasure": "columns" does not belong to action delete of kind lake; take it out
            {action: keep, ground: g, until: u} | "erasure": "article" is missing; write for example  erasure: {action: keep,
            {action: keep, article: 17(1)(a), ground: g, until: u} | "erasure": "17(1)(a)" is no ground for which Art. 17 does not apply; there are 17(3)(a) to 17(3)(e)
            {action: mask} | "erasure": "columns" is missing; write for example  columns: {OwnerUserId: keyed-hash
            {action: mask, columns: {Body: "null"}} | "erasure": rows would still be found by "OwnerAccountId"; write for example  OwnerAccountId: keyed-hash
            {action: mask, columns: {OwnerAccountId: {generalise: year}}} | "erasure": rows would still be found by "OwnerAccountId"; write for example
            {action: mask, columns: {OwnerAccountId: hash}} | "erasure": "columns": "OwnerAccountId" must be "null" (in quotes), keyed-hash, {constant: TEXT} or {generalise: year}
            {action: mask, columns: {OwnerAccountId: null}} | "erasure": "columns": "OwnerAccountId" must be "null" (in quotes), keyed-hash
            {action: mask, columns: {OwnerAccountId: keyed-hash, At: {generalise: week}}} | "erasure": "columns": "At": unknown generalise "week"; there are year, month, day, last-part
            {action: delete, keep: [{article: 17(3)(e), ground: g, until: u}]} | "erasure": "keep": "when" is missing; write for example  when: {status: [unpaid, open]}
            {action: delete, keep: [{when: {a: b}, ground: g, until: u}]} | "erasure": "keep": "article" is missing; write for example  keep: [
            {action: delete, notify: a@x.example} | "erasure": "notify" must be a list
            {action: delete, notify: []} | "erasure": "notify" is empty; fill it or leave it out
            {action: delete, notify: ["a@x.example, b@x.example"]} | "erasure": "a@x.example, b@x.example" is not one plain e-mail address; write for example  notify: [privacy@example.org]
            {action: delete, notify: ["a@x.example;b@x.example"]} | "erasure": "a@x.example;b@x.example" is not one plain e-mail address
            {action: delete, notify: ["Mail Ltd <a@x.example>"]} | "erasure": "Mail Ltd <a@x.example>" is not one plain e-mail address
            {action: delete, notify: [Mail Ltd]} | "erasure": "Mail Ltd" is not one plain e-mail address
            {action: delete, notify: ["a@x.example\\rBcc: b@x.example"]} | "erasure": "a@x.example
            {action: keep, article: 17(3)(b), ground: g, until: u, notify: [a@x.example]} | "erasure": "notify" does not belong to action keep of kind lake; take it out
            """)
    void aMistakeInWhatErasureDoesSaysWhatToWrite(String erasure, String problem) {
        String map = MAP + (erasure.equals(";") ? POSTS.replaceFirst(" *erasure: .*\n", "") : posts(erasure));

        assertThat(problems(map)).singleElement().asString().contains("dataset \"posts\": " + problem);
    }

    @Test
    void theMapSaysWhichEngineSearchesAndADatasetMaySayAnother() {
        String own = POSTS.replace("format: xml-rows", "format: xml-rows\n    engine: spark");
        String exception = POSTS.replace("format: xml-rows", "format: xml-rows\n    engine: themis");
        UnaryOperator<String> zipped = map -> map.replace("/Posts.xml", "/Posts.zip!/Posts.xml");

        assertThat(load(MAP + POSTS).dataset("posts").engine()).isEqualTo(Dataset.Engine.THEMIS);
        assertThat(load(MAP + own).dataset("posts").engine()).isEqualTo(Dataset.Engine.SPARK);
        assertThat(load("engine: spark\n" + MAP + POSTS).dataset("posts").engine())
                .isEqualTo(Dataset.Engine.SPARK);
        assertThat(load("engine: spark\n" + MAP + exception).dataset("posts").engine())
                .isEqualTo(Dataset.Engine.THEMIS);
        assertThat(load("engine: spark\n" + MAP + zipped.apply(POSTS))
                        .dataset("posts")
                        .engine())
                .as("what Spark does not search")
                .isEqualTo(Dataset.Engine.THEMIS);
        assertThat(load("engine: spark\n" + MAP).dataset("profile").engine()).isEqualTo(Dataset.Engine.THEMIS);
        assertThat(problems(MAP + zipped.apply(own)))
                .singleElement()
                .asString()
                .contains(
                        "dataset \"posts\": Spark searches files of format xml-rows, csv, jsonl, parquet that are not in zips; take \"engine\" out");
    }

    /** One row can be of both, and there is no roll-back in a lake. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', nullValues = "none", textBlock = """
            {action: keep, article: 17(3)(b), ground: g, until: u} | "posts" keeps
            {action: delete, keep: [{when: {a: b}, article: 17(3)(e), ground: g, until: u}]} | "posts" keeps
            {action: delete} | none
            """)
    void whatOneDatasetKeepsNoOtherErasesFromTheSameFiles(String erasure, String problem) {
        String map = MAP + posts(erasure) + posts("{action: delete}").replace("name: posts", "name: drafts");

        if (problem == null) {
            assertThat(load(map).datasets()).hasSize(3);
        } else {
            assertThat(problems(map))
                    .singleElement()
                    .asString()
                    .contains("dataset \"drafts\": its erasure would take rows that " + problem);
        }
        String elsewhere = map.replaceFirst("(?s)(name: drafts.*?)Posts.xml", "$1Drafts.xml");
        assertThat(load(elsewhere).datasets()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {action: delete} | "statements" is missing; write for example  statements: ["DELETE FROM users
            {action: delete, statements: [DELETE FROM users]} | a statement has no parameter, so it would change everybody's rows
            {action: delete, statements: ["DELETE FROM users WHERE id = :#id"]} | "id" is no parameter of the query; there is emailAddress
            {action: mask, statements: ["UPDATE x SET m = '#' WHERE m = :#emailAddress"]} | # and ? can't stand inside text
            """)
    void aStatementThatErasesNamesThePerson(String erasure, String problem) {
        String map = MAP.replaceFirst("erasure: .*", Matcher.quoteReplacement("erasure: " + erasure));

        assertThat(problems(map)).singleElement().asString().contains("dataset \"profile\": \"erasure\": " + problem);
    }

    @Test
    void aMaskOfRowsThatTwoKeysFindTouchesNothingThatMayBeSomebodyElses() {
        String posts = posts(
                        "{action: mask, columns: {OwnerAccountId: keyed-hash, EditorAccountId: keyed-hash, Name: \"null\"}}")
                .replaceFirst("match: .*", "match: {OwnerAccountId: accountId, EditorAccountId: accountId}");

        assertThat(problems(MAP + posts))
                .singleElement()
                .asString()
                .contains("rows are found by OwnerAccountId or by EditorAccountId, so \"Name\" may be somebody else's");
        assertThat(load(MAP + posts.replace(", Name: \"null\"", "")).datasets()).hasSize(2);
    }

    @Test
    void aMaskPutsNoTextInThePlaceOfAnObjectThatKeysAreReadFrom() {
        String columns = "{action: mask, columns: {user.account: keyed-hash, user: %s}}";
        String nested = posts(columns.formatted("{constant: gone}"))
                .replace("xml-rows", "jsonl")
                .replace("OwnerAccountId", "user.account");

        assertThat(problems(MAP + nested))
                .singleElement()
                .asString()
                .contains(
                        "keys are read from \"user.account\", which is in \"user\"; mask what is in that by itself, or write  user: \"null\"");
        assertThat(load(MAP + nested.replace("{constant: gone}", "\"null\"")).datasets())
                .hasSize(2);
    }

    @Test
    void oneMessageTellsEverythingInTheOrderOfTheLines() {
        assertThat(problems(MAP.replace("title: Your profile", "titel: Your profile")
                        + POSTS.replace("accountId", "acountId").replace("xml-rows", "xml-row")))
                .containsExactly(
                        "map.yaml:3: dataset \"profile\": \"title\" is missing; write for example  title: Your questions and"
                                + " answers",
                        "map.yaml:4: dataset \"profile\": unknown property \"titel\" (did you mean \"title\"?); there are name,"
                                + " title, kind, dataSource, query, path, format, csv, engine, match, review, uri, keys, provides,"
                                + " columns, article15, erasure",
                        "map.yaml:15: dataset \"posts\": unknown format \"xml-row\" (did you mean \"xml-rows\"?); there are"
                                + " xml-rows, csv, jsonl, parquet, file",
                        "map.yaml:16: dataset \"posts\": needs the key \"acountId\", which nobody provides (did you mean"
                                + " \"accountId\"?); there are accountId, emailAddress");
    }

    @Test
    void messageCountsItsProblemsAndListsThem() {
        assertThatExceptionOfType(DataMapException.class)
                .isThrownBy(
                        () -> load(MAP.replace("kind: sql", "kind: sequel").replace("name: profile", "name: Profile")))
                .withMessageStartingWith("The data map map.yaml has 2 problems:")
                .withMessageContaining(System.lineSeparator() + "map.yaml:3: ")
                .withMessageContaining(System.lineSeparator() + "map.yaml:5: ");
    }

    @Test
    void routeMatchesOnWhatItIsAskedWith() {
        String route = """
                subject: {key: emailAddress}
                datasets:
                  - name: letters
                    title: Your letters
                    kind: route
                    uri: direct:letters
                    match: {reader: %s}
                    article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                    erasure: {action: keep, article: 17(3)(b), ground: g, until: u}
                """;

        assertThat(load(route.formatted("emailAddress")).datasets().get(0).match())
                .isEqualTo(Map.of("reader", "emailAddress"));
        assertThat(DataMapSchema.violations(route.formatted("emailAddress"))).isEmpty();
        assertThatExceptionOfType(DataMapException.class)
                .isThrownBy(() -> load(route.formatted("emailAdress")))
                .withMessageContaining(
                        "map.yaml:7: dataset \"letters\": \"emailAdress\" is no key that the route is asked"
                                + " with (did you mean \"emailAddress\"?); match on one of emailAddress");
    }

    /** In one entry, with nothing else to look at, an editor can't see these. */
    private static final List<String> SEEN_BY_THE_LOADER_ALONE = List.of(
            "nobody provides",
            "is a name, and two people can share one",
            "is no parameter of the query",
            "is no key that the route is asked with",
            "the query has a ? that is no parameter",
            "is matched on",
            "is no key that this dataset is asked with",
            "\"by\" is no language",
            "is missing in en",
            "opens a bracket",
            "YAML merges",
            "the pages don't speak it",
            "written twice",
            "has this name already",
            "say which files in the zip");

    private static void assertThatAnEditorMarks(String wrong, String problem) {
        if (SEEN_BY_THE_LOADER_ALONE.stream().noneMatch(problem::contains)) {
            assertThat(DataMapSchema.violations(wrong)).as(wrong).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            title: Your profile          | titel: Your profile             | 4 | unknown property "titel" (did you mean "title"?)
            kind: sql                    | kind: sqll                      | 5 | unknown kind "sqll" (did you mean "sql"?); there are sql, lake, route
            kind: sql                    | kind:                           | 5 | "kind" is missing
            kind: sql                    | kind: lake                      | 6 | "dataSource" belongs to kind sql, and this dataset is of kind lake
            kind: sql                    | kind: lake                      | 7 | "query" belongs to kind sql, and this dataset is of kind lake
            kind: sql                    | kind: lake                      | 3 | "path" is missing; write for example  path: "{site}/Posts.xml"
            kind: sql                    | kind: lake                      | 3 | "format" is missing
            kind: sql                    | kind: lake                      | 3 | "match" is missing
            kind: sql                    | kind: route                     | 3 | "uri" is missing
            dataSource: users            | review: [name]                  | 6 | "review" belongs to kind lake, and this dataset is of kind sql
            provides: {accountId: account_id} | match: {mail: emailAdress} | 8 | "emailAdress" is no parameter of the query (did you mean "emailAddress"?); match on one of emailAddress
            dataSource: users            | keys: [emailAddress]            | 6 | "keys" belongs to kind route, and this dataset is of kind sql
            dataSource: users            | dataSource: [users]             | 6 | "dataSource" must be text
            dataSource: users            | dataSource: ""                  | 6 | "dataSource" is empty
            dataSource: users            | dataSource: !mine users         | 6 | "dataSource" must be text
            dataSource: users            | title: Again                    | 6 | "title" is written twice
            name: profile                | name: My_Profile                | 3 | the name must be at most 40 lower-case letters
            name: profile                | name: a23456789012345678901234567890123456789xy | 3 | the name must be at most 40 lower-case letters
            name: profile                | name:                           | 3 | dataset 1: "name" is missing
            {accountId: account_id}      | account_id                      | 8 | "provides": this must have properties; write for example  provides: {accountId: account_id}
            {accountId: account_id}      | {}                              | 8 | "provides" is empty
            {accountId: account_id}      | {account id: account_id}        | 8 | "account id" can't be a key
            {accountId: account_id}      | {accountId: }                   | 8 | "accountId" must be text
            :#emailAddress               | 'someone'                       | 7 | the query has no parameter, so it would give everybody's rows
            :#emailAddress               | :#emailAdress                   | 7 | needs the key "emailAdress", which nobody provides (did you mean "emailAddress"?)
            :#emailAddress               | :#displayName                   | 7 | "displayName" is a name, and two people can share one
            :#emailAddress               | :#in:emailAddress               | 7 | the query uses :#in:…; only plain parameters
            :#emailAddress               | ?                               | 7 | the query has a ? that is no parameter
            retention: t                 | retention:                      | 9 | "article15": "retention" is missing
            retention: t                 | retentoin: t                    | 9 | "article15": unknown property "retentoin" (did you mean "retention"?)
            purposes: [p]                | purposes: []                    | 9 | "article15": "purposes" is empty
            purposes: [p]                | purposes: p                     | 9 | "article15": "purposes" must be a list
            purposes: [p]                | purposes: [To deliver (contract, Art. 6)] | 9 | "article15": "To deliver (contract" opens a bracket and does not close it
            dataSource: users            | <<: {dataSource: users}         | 6 | YAML merges (<<) are not understood
            recipients: [r]              | recipients: [r, ""]             | 9 | "article15": "recipients" is empty
            origin: o                    | origin: {by: you}               | 9 | "article15": "origin": "by" is no language; a language is two letters, such as en or de
            origin: o                    | origin: {de: Sie}               | 9 | "article15": "origin" is missing in en, the language of this map; write it too, or set the map's "language"
            origin: o                    | origin: {en: you, fr: vous}     | 9 | "article15": "origin": nobody is shown "fr", since the pages don't speak it; there are en, de
            origin: o                    | origin: {EN: you}               | 9 | "article15": "origin": "EN" is no language
            origin: o                    | origin: {en: [you]}             | 9 | "en" must be text
            purposes: [p]                | purposes: {en: p}               | 9 | "en" must be a list
            subject: {key: emailAddress} | language: english               | 1 | "english" is no language; a language is two letters, such as en or de; write for example  language: en
            article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o} | # none | 3 | "article15" is missing
            {key: emailAddress}          | {key: }                         | 1 | "key" is missing; write for example  subject: {key: emailAddress}
            {key: emailAddress}          | emailAddress                    | 1 | "subject": this must have properties
            {key: emailAddress}          | {key: displayName}              | 1 | "displayName" is a name
            subject: {key: emailAddress} | subjects: {key: emailAddress}   | 1 | unknown property "subjects" (did you mean "subject"?)
            """)
    void mistakeInTheProfileIsNamedWithItsLine(String right, String wrong, int line, String problem) {
        assertThat(MAP).contains(right);

        assertThat(problems(MAP.replace(right, wrong)))
                .anySatisfy(text ->
                        assertThat(text).startsWith("map.yaml:" + line + ": ").contains(problem));
        assertThatAnEditorMarks(MAP.replace(right, wrong), problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            name: posts                | name: profile                     | 11 | line 3 has this name already
            xml-rows                   | csvv                              | 15 | unknown format "csvv" (did you mean "csv"?); there are xml-rows, csv, jsonl, parquet, file
            "{site}/Posts.xml"         | "/{site}/Posts.xml"               | 14 | write it from the top of the lake
            "{site}/Posts.xml"         | "{site/Posts.xml"                 | 14 | use { and } for a placeholder only
            "{site}/Posts.xml"         | "{site}{year}/Posts.xml"          | 14 | only one placeholder fits between two /
            "{site}/Posts.xml"         | "{site}//Posts.xml"               | 14 | with one / between two names
            "{site}/Posts.xml"         | ""                                | 14 | "path" is empty
            {OwnerAccountId: accountId}| [OwnerAccountId]                  | 16 | "match": this must have properties
            {OwnerAccountId: accountId}| {OwnerDisplayName: displayName}   | 16 | "displayName" is a name, and two people can share one
            title: Your posts          | review: [OwnerAccountId]          | 12 | "OwnerAccountId" is matched on
            "{site}/Posts.xml"         | "{site}/Posts.zip"                | 14 | say which files in the zip
            title: Your posts          | columns: {}                       | 12 | "columns" is empty; fill it or leave it out
            title: Your posts          | columns: [Score]                  | 12 | "columns": this must have properties; write for example  columns: {VoteTypeId:
            title: Your posts          | columns: {Score: }                | 12 | "columns": "Score": this must have properties; write for example  {title: Kind of vote
            title: Your posts          | columns: {Score: {}}              | 12 | "columns": "Score" is empty; fill it or leave it out
            title: Your posts          | columns: {Score: {titel: Points}} | 12 | "columns": "Score": unknown property "titel" (did you mean "title"?); there are title, values, date, mask
            title: Your posts          | columns: {Score: {date: epoch}}   | 12 | "columns": "Score": unknown date "epoch"; there are iso, epoch-seconds, epoch-milliseconds
            title: Your posts          | columns: {Score: {values: [up]}}  | 12 | "columns": "Score": "values": this must have properties; write for example  values: {2: up vote
            title: Your posts          | columns: {Score: {mask: never}}   | 12 | "columns": "Score": "mask" must be always, or tell when not; write for example  mask: {unless: {LastEditorUserId: siteUserId}}
            title: Your posts          | columns: {Score: {mask: {if: {A: accountId}}}} | 12 | "mask": unknown property "if"; there is unless
            title: Your posts          | columns: {Score: {mask: {unless: {A: acountId}}}} | 12 | "columns": "Score": "mask": "acountId" is no key that this dataset is asked with (did you mean "accountId"?); there are accountId, emailAddress
            title: Your posts          | uri: direct:x                     | 12 | "uri" belongs to kind route, and this dataset is of kind lake
            """)
    void mistakeInTheLakeDatasetIsNamedWithItsLine(String right, String wrong, int line, String problem) {
        assertThat(POSTS).contains(right);

        assertThat(problems(MAP + POSTS.replace(right, wrong)))
                .anySatisfy(text ->
                        assertThat(text).startsWith("map.yaml:" + line + ": ").contains(problem));
        assertThatAnEditorMarks(MAP + POSTS.replace(right, wrong), problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {customr: accountId}                        | 16 | the path has no placeholder {customr} (did you mean "customer"?); it has customer, name
            {customer: accountId}\\n    provides: {a: name} | 17 | "provides" is for rows, and a file of format file has none; take it out
            {customer: accountId}\\n    review: [name]  | 17 | "review" is for rows, and a file of format file has none; take it out
            {customer: accountId}\\n    csv: {quote: x} | 17 | "csv" belongs to format csv
            {customer: accountId}\\n    columns: {nam: {title: Name}} | 17 | "columns": a file has no column "nam" (did you mean "name"?); it has customer, name, path, bytes, modified, mediaType, file
            {customer: accountId}\\n    columns: {name: {mask: always}} | 17 | "columns": "mask" would hide "name" and not the file, whose path tells it too; take it out
            """)
    void mistakeInADatasetOfFilesIsNamedWithItsLine(String match, int line, String problem) {
        String yaml = MAP + files("letters/{customer}/{*name}", match.replace("\\n", "\n"));

        assertThat(problems(yaml))
                .singleElement()
                .asString()
                .startsWith("map.yaml:" + line + ": ")
                .contains(problem);
        if (problem.contains("is for rows") || problem.contains("belongs to")) {
            assertThat(DataMapSchema.violations(yaml)).isNotEmpty();
        }
    }

    @Test
    void filesHaveColumnsOfTheirOwnAndNoPartitions() {
        assertThat(problems(MAP + files("letters/{customer}/{path}", "{customer: accountId}")))
                .containsExactly("map.yaml:14: dataset \"letters\": every file has a column \"path\"; rename {path}");
        assertThat(problems(MAP + files("letters/all.pdf", "{customer: accountId}")))
                .singleElement()
                .asString()
                .endsWith(
                        "the path has no placeholder {customer}; write for example  path: \"attachments/{customer}/{name}\"");
        assertThat(problems(MAP
                        + POSTS.replace("format: xml-rows", "format: xml-rows\n    provides: {siteUserId: Id}")
                        + files("{site}/{user}.png", "{user: siteUserId}")))
                .singleElement()
                .asString()
                .endsWith("which holds only there; a dataset of files can't use it");

        Dataset letters = load(MAP
                        + files(
                                "letters/{customer}/{*name}",
                                "{customer: accountId}\n    columns: {file: {title: Letter}, name: {title: Name}}"))
                .dataset("letters");
        assertThat(letters.format()).isEqualTo(Format.FILE);
        assertThat(letters.placeholders()).isEmpty();
    }

    /** As {@link #POSTS}; {@code match} is line 15. */
    private static String files(String path, String match) {
        return POSTS.replace("posts", "letters")
                .replace("{site}/Posts.xml", path)
                .replace("xml-rows", "file")
                .replace("{OwnerAccountId: accountId}", match);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            ;                              | "csv": this must have properties; write for example  csv: {delimiter: ";"
            {delimeter: ";"}               | "csv": unknown property "delimeter" (did you mean "delimiter"?); there are delimiter, quote, encoding, header
            {delimiter: ;;}                | "csv": "delimiter" must be one character; write for example  delimiter: ";"
            {quote: []}                    | "csv": "quote" must be one character; write for example  quote: "'"
            {quote: ","}                   | "csv": "delimiter" and "quote" are the same; they must differ
            {encoding: windos-1252}        | "csv": unknown encoding "windos-1252" (did you mean "windows-1252"?); write for example
            {header: id}                   | "csv": "header" must be a list
            {header: [a, OwnerAccountId, a]} | "csv": a column is there twice
            """)
    void mistakeInTheLayoutOfACsvFileIsNamedWithItsLine(String csv, String problem) {
        assertThat(problems(MAP + csvPosts(csv)))
                .anySatisfy(text -> assertThat(text).startsWith("map.yaml:16: ").contains(problem));
    }

    @Test
    void aLineEndIsNoDelimiter() {
        assertThat(problems(MAP + csvPosts("{delimiter: \"\\n\"}")))
                .singleElement()
                .asString()
                .contains(
                        "\"delimiter\" can't be a line end, which ends a record; write for example  delimiter: \";\"");
    }

    @Test
    void columnsThatTheHeaderOfTheMapDoesNotHaveAreRefused() {
        assertThat(problems(MAP + csvPosts("{header: [OwnerAccountID, Id]}")))
                .containsExactly(
                        "map.yaml:17: dataset \"posts\": the header does not have the column \"OwnerAccountId\" (did you mean"
                                + " \"OwnerAccountID\"?); it has OwnerAccountID, Id");
    }

    @Test
    void describedColumnsThatTheHeaderDoesNotHaveAreRefused() {
        assertThat(problems(MAP
                        + csvPosts("{header: [OwnerAccountId, Id, Editor]}")
                                .replace(
                                        "    match:",
                                        "    columns:\n      Editer: {title: Editor}\n      Editor: {mask: {unless: {EditorId:"
                                                + " accountId}}}\n    match:")))
                .containsExactly(
                        "map.yaml:18: dataset \"posts\": \"columns\": the header does not have the column \"Editer\" (did"
                                + " you mean \"Editor\"?); it has OwnerAccountId, Id, Editor",
                        "map.yaml:19: dataset \"posts\": \"columns\": \"Editor\": the header does not have the column"
                                + " \"EditorId\" (did you mean \"Editor\"?); it has OwnerAccountId, Id, Editor");
        assertThat(problems(MAP
                        + POSTS.replace("xml-rows", "jsonl")
                                .replace("    match:", "    columns: {a..b: {date: iso}}\n    match:")))
                .singleElement()
                .asString()
                .contains("The path \"a..b\" can't be used");
    }

    @Test
    void whatTheMapSaysOfAColumnArrives() {
        Map<String, Column> columns = load(MAP
                        + POSTS.replace(
                                "    match:",
                                "    columns: {Type: {title: {en: Kind, de: Art}, values: {2: up vote, true: {en: yes}}, date:"
                                        + " epoch-milliseconds}, By: {mask: always}, To: {mask: {unless: {ToId: accountId, Mail:"
                                        + " emailAddress}}}}\n    match:"))
                .datasets()
                .get(1)
                .columns();

        assertThat(columns)
                .isEqualTo(Map.of(
                        "Type",
                        new Column(
                                new Words<>(Locale.ENGLISH, Map.of(Locale.ENGLISH, "Kind", Locale.GERMAN, "Art")),
                                Map.of("2", words("up vote"), "true", words("yes")),
                                Column.DateForm.EPOCH_MILLISECONDS,
                                null),
                        "By",
                        new Column(null, Map.of(), null, new Mask(Map.of())),
                        "To",
                        new Column(
                                null, Map.of(), null, new Mask(Map.of("ToId", "accountId", "Mail", "emailAddress")))));
    }

    @Test
    void theLayoutOfACsvFileBelongsToCsv() {
        assertThat(problems(MAP + csvPosts("{quote: x}").replace("format: csv", "format: jsonl")))
                .containsExactly("map.yaml:16: dataset \"posts\": \"csv\" belongs to format csv; take it out or write"
                        + "  format: csv");
    }

    @Test
    void aPathIntoNestedObjectsMustBeOne() {
        assertThat(problems(MAP + POSTS.replace("xml-rows", "jsonl").replace("{OwnerAccountId:", "{owner..id:")))
                .containsExactly(
                        "map.yaml:16: dataset \"posts\": The path \"owner..id\" can't be used: there is a name missing"
                                + " beside a dot; write for example  user.id");
    }

    @Test
    void theLayoutOfACsvFileArrives() {
        assertThat(load(MAP
                                + csvPosts(
                                        "{delimiter: \"\\t\", quote: \"'\", encoding: latin1, header: [Id, OwnerAccountId]}"))
                        .datasets()
                        .get(1)
                        .csv())
                .isEqualTo(new CsvLayout('\t', '\'', StandardCharsets.ISO_8859_1, List.of("Id", "OwnerAccountId")));
        assertThat(load(MAP + POSTS.replace("xml-rows", "csv"))
                        .datasets()
                        .get(1)
                        .csv())
                .isEqualTo(new CsvLayout(',', '"', null, List.of()));
    }

    private static String csvPosts(String csv) {
        return POSTS.replace("format: xml-rows", "format: csv\n    csv: " + csv);
    }

    @Test
    void uriMustNameAnEndpoint() {
        assertThat(problems(MAP + route("").replace("direct:my-crm", "my-crm")))
                .containsExactly("map.yaml:14: dataset \"crm\": the uri must name an endpoint; write for example  uri:"
                        + " direct:my-crm");
    }

    /** A second message about the same mistake would send its reader astray. */
    @Test
    void mistakeThatHasConsequencesIsToldWithoutThem() {
        String accounts = POSTS.replace("name: posts", "name: accounts")
                .replace("match:", "provides: {siteUserId: Id}\n    match:");
        String users = POSTS.replace("OwnerAccountId: accountId", "UserId: siteUserId");

        assertThat(problems(MAP + POSTS.replace("accountId}", "displayName}"))).hasSize(1);
        assertThat(problems(MAP + accounts + users.replace("{site}", "{site"))).hasSize(1);
    }

    @Test
    void cycleIsNamedInItsOrder() {
        String map = """
                subject: {key: mail}
                datasets:
                  - {name: a, title: t, kind: route, uri: direct:x, keys: [kb], provides: {ka: c}, %1$s}
                  - {name: b, title: t, kind: route, uri: direct:x, keys: [kc, mail], provides: {kb: c}, %1$s}
                  - {name: c, title: t, kind: route, uri: direct:x, keys: [ka], provides: {kc: c}, %1$s}
                  - {name: d, title: t, kind: route, uri: direct:x, keys: [ka], %1$s}
                """.formatted(IN_ONE_LINE);

        assertThat(problems(map))
                .singleElement()
                .asString()
                .startsWith(
                        "map.yaml:3: dataset \"a\": can never be asked: a needs kb from b, b needs kc from c, c needs ka from a; let a dataset that is asked with"
                                + " \"mail\" provide one of these keys");
    }

    @Test
    void datasetCanNotNeedWhatOnlyItselfProvides() {
        assertThat(problems(MAP
                        + POSTS.replace(
                                "match: {OwnerAccountId: accountId}",
                                "provides: {postId: Id}\n    match: {ParentId: postId}")))
                .singleElement()
                .asString()
                .startsWith("map.yaml:17: dataset \"posts\": can never be asked: posts needs postId from posts; ");
    }

    @Test
    void datasetMayFindMoreByWhatItFinds() {
        DataMap map = load(MAP + POSTS.replace("match: {", "provides: {postId: Id}\n    match: {ParentId: postId, "));

        assertThat(map.levels()).hasSize(2);
        assertThat(map.isAskedEarly(map.dataset("posts"))).isTrue();
    }

    /** Old addresses find more accounts, and these more addresses; everybody else waits for both. */
    @Test
    void datasetsThatNeedEachOthersKeysAreInOneLevel() {
        DataMap map = load(MAP
                + POSTS
                + route("keys: [accountId]\n    provides: {emailAddress: old_mail}")
                        .replace("crm", "old-addresses"));

        assertThat(map.levels())
                .extracting(level -> level.stream().map(Dataset::name).toList())
                .containsExactly(List.of("profile", "old-addresses"), List.of("posts"));
        assertThat(map.isAskedEarly(map.dataset("old-addresses"))).isTrue();
        assertThat(map.isAskedEarly(map.dataset("posts"))).isFalse();
        assertThat(map.knownBy()).isEqualTo("profile");
    }

    /** Whoever is behind the circle would wait for ever too; one message is enough. */
    @Test
    void keysOfOnePartitionStartNoCircleInAnother() {
        String accounts = POSTS.replace("name: posts", "name: accounts")
                .replace(
                        "match: {OwnerAccountId: accountId}",
                        "provides: {siteUserId: Id}\n    match: {UserId: siteUserId}");
        String posts = POSTS.replace("OwnerAccountId: accountId", "UserId: siteUserId");

        assertThat(problems(MAP + accounts + posts))
                .singleElement()
                .asString()
                .startsWith(
                        "map.yaml:17: dataset \"accounts\": can never be asked: accounts needs siteUserId from accounts; ");
    }

    @Test
    void whoIsKnownIsToldByTheFirstDatasetThatNeedsTheSubjectsKeyAlone() {
        DataMap map = load(MAP.replace("datasets:\n", "datasets:\n" + route("keys: [accountId, emailAddress]"))
                + route("").replace("crm", "second"));

        assertThat(map.knownBy()).isEqualTo("profile");
    }

    @Test
    void whoIsKnownIsToldByTheDatasetThatTheMapNames() {
        DataMap map = load(MAP.replace("{key: emailAddress}", "{key: emailAddress, knownBy: crm}") + route(""));

        assertThat(map.knownBy()).isEqualTo("crm");
    }

    @Test
    void whoIsKnownCanOnlyBeToldByADatasetThatARequestCanAsk() {
        String map = MAP.replace("{key: emailAddress}", "{key: emailAddress, knownBy: %s}");

        assertThat(problems(map.formatted("profil")))
                .containsExactly(
                        "map.yaml:1: \"subject\": there is no dataset \"profil\" (did you mean \"profile\"?); there are profile");
        assertThat(problems(map.formatted("posts") + POSTS))
                .containsExactly("map.yaml:1: \"subject\": \"posts\" needs accountId, and a request brings"
                        + " \"emailAddress\" alone; name a dataset that needs no other key");
    }

    @Test
    void someDatasetMustTellWhoIsKnown() {
        assertThat(
                        problems(
                                "subject: {key: emailAddress}\ndatasets:\n"
                                        + POSTS.replace(
                                                "match: {OwnerAccountId: accountId}",
                                                "provides: {accountId: Id}\n    match: {OwnerAccountId: accountId, Mail: emailAddress}")))
                .containsExactly(
                        "map.yaml:1: \"subject\": no dataset needs \"emailAddress\" alone, so it could not be told"
                                + " who is known; add one that does");
    }

    @Test
    void keysAreComparedCharacterByCharacterIfTheMapSaysNothingElse() {
        assertThat(load(MAP + POSTS).normalForms())
                .isEqualTo(Map.of("emailAddress", new NormalForm(null, false, true)));
        assertThat(load("keys: {accountId: {case: ignore, spaces: ignore}, emailAddress: {unicode: NFKC}}\n" + MAP
                                + POSTS)
                        .normalForms())
                .isEqualTo(Map.of(
                        "accountId", new NormalForm(null, true, true),
                        "emailAddress", new NormalForm(Normalizer.Form.NFKC, false, false)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {accountID: {case: ignore}}            | "keys": no dataset is asked with "accountID" (did you mean "accountId"?); there are emailAddress, accountId
            {displayName: {case: ignore}}          | "keys": "displayName" is a name, and two people can share one
            {accountId: {case: ignored}}           | "keys": "accountId": unknown case "ignored" (did you mean "ignore"?); there is ignore
            {accountId: {spaces: trim}}            | "keys": "accountId": unknown spaces "trim"; there is ignore
            {accountId: {unicode: nfc}}            | "keys": "accountId": unknown unicode "nfc" (did you mean "NFC"?); there are NFC, NFKC
            {accountId: {accents: ignore}}         | "keys": "accountId": unknown property "accents"; there are case, spaces, unicode
            {accountId: {}}                        | "keys": "accountId" is empty; fill it or leave it out
            {accountId: }                          | "keys": "accountId": this must have properties; write for example  customerNo: {case: ignore, spaces: ignore}
            {}                                     | "keys" is empty; fill it or leave it out
            [accountId]                            | "keys": this must have properties; write for example  keys: {customerNo: {case: ignore, spaces: ignore}}
            """)
    void mistakeInHowKeysAreComparedIsNamedWithItsLine(String keys, String problem) {
        String map = MAP + POSTS + "keys: " + keys + "\n";
        assertThat(problems(map)).singleElement().asString().startsWith("map.yaml:19: " + problem);
        if (!problem.contains("no dataset is asked with")) {
            assertThatAnEditorMarks(map, problem);
        }
    }

    @Test
    void keyOfOnePartitionCanNotBeUsedWithoutIt() {
        String accounts = POSTS.replace("name: posts", "name: accounts")
                .replace("match:", "provides: {siteUserId: Id}\n    match:");
        String comments = POSTS.replace("name: posts", "name: comments")
                .replace("{OwnerAccountId: accountId}", "{UserId: siteUserId}")
                .replace("{site}/Posts.xml", "all/Comments.xml");

        assertThat(problems(MAP + accounts + comments + route("keys: [siteUserId]")))
                .containsExactly(
                        "map.yaml:25: dataset \"comments\": needs the key \"siteUserId\", which \"accounts\" finds for each"
                                + " {site} and which holds only there; use the same placeholders in this path",
                        "map.yaml:32: dataset \"crm\": needs the key \"siteUserId\", which \"accounts\" finds for each {site}"
                                + " and which holds only there; only a lake dataset with the same placeholders can use it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"datasets: []", "datasets: {}", "datasets:", ""})
    void mapWithoutDatasetsIsRefused(String datasets) {
        assertThat(problems("subject: {key: mail}\n" + datasets))
                .singleElement()
                .asString()
                .contains("\"datasets\"");
    }

    @Test
    void emptyFileIsRefused() {
        assertThat(problems("# nothing here\n"))
                .containsExactly("map.yaml:1: the file is empty; write for example  subject: {key: emailAddress}");
    }

    @Test
    void listInPlaceOfAMapIsRefused() {
        assertThat(problems("- a\n- b\n"))
                .containsExactly(
                        "map.yaml:1: this must have properties; write for example  subject: {key: emailAddress}");
    }

    @Test
    void datasetThatIsNoMappingIsNamedByItsNumber() {
        assertThat(problems(MAP + "  - posts\n"))
                .containsExactly(
                        "map.yaml:11: dataset 2: this must have properties; write for example  {name: posts, ...}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            title: Your profile | title: "Your profile | 4
            title: Your profile | title: Your: profile | 4
            title: Your profile | \\ttitle: Your profile | 4
            {accountId: account_id} | {accountId: account_id | 9
            kind: sql | kind: *sql | 5
            kind: sql | kind: !!java.net.URL sql | 5
            """)
    void fileThatIsNotYamlIsRefusedWithTheLine(String right, String wrong, int line) {
        assertThat(problems(MAP.replace(right, wrong.replace("\\t", "\t"))))
                .singleElement()
                .asString()
                .matches("map.yaml:\\d+: this is not YAML: (?s:.+)")
                .satisfies(
                        text -> assertThat(Integer.parseInt(text.split(":")[1])).isGreaterThanOrEqualTo(line));
    }

    @Test
    void controlCharacterIsRefused() {
        assertThat(problems(MAP + "\0")).singleElement().asString().contains("U+0000");
    }

    @Test
    void secondDocumentIsRefused() {
        assertThat(problems(MAP + "---\n" + MAP))
                .singleElement()
                .asString()
                .startsWith("map.yaml:11: this is not YAML");
    }

    @Test
    void otherEncodingIsRefused() {
        byte[] latin1 = MAP.replace("Your profile", "Über dich").getBytes(StandardCharsets.ISO_8859_1);

        assertThatExceptionOfType(DataMapException.class)
                .isThrownBy(() -> DataMapLoader.load("map.yaml", new ByteArrayInputStream(latin1)))
                .withMessageContaining("not in UTF-8");
    }

    @Test
    void byteOrderMarkDoesNoHarm() {
        assertThat(load("\uFEFF" + MAP)).isEqualTo(load(MAP));
    }

    @Test
    void deepOrEndlessNestingIsRefused() {
        assertThat(problems("subject: " + "[".repeat(100_000)))
                .singleElement()
                .asString()
                .contains("Nesting Depth");
        assertThat(problems("subject: &a\n  key: *a\n"))
                .anySatisfy(text -> assertThat(text).contains("\"key\" must be text"));
        assertThat(problems("#" + "x".repeat(2 * 1024 * 1024) + "\n" + MAP))
                .singleElement()
                .asString()
                .contains("exceeds the limit");
    }

    @Test
    void unreadableFileIsNoMistakeOfTheMap() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("disk");
            }
        };

        assertThatIOException()
                .isThrownBy(() -> DataMapLoader.load("map.yaml", broken))
                .withMessage("disk");
    }

    private static <T> Words<T> words(T english) {
        return Words.of(Locale.ENGLISH, english);
    }

    private static String route(String more) {
        return Arrays.stream("""
              - name: crm
                title: Notes of our sales people
                kind: route
                uri: direct:my-crm
                %s
                %s
            """.formatted(more, ARTICLE_15).split("\n"))
                .filter(line -> !line.isBlank())
                .reduce("", (text, line) -> text + line + "\n");
    }

    /** What the loader takes, an editor must not mark as wrong. */
    private static DataMap load(String yaml) {
        try {
            DataMap map =
                    DataMapLoader.load("map.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
            assertThat(DataMapSchema.violations(yaml)).as(yaml).isEmpty();
            return map;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> problems(String yaml) {
        return catchThrowableOfType(DataMapException.class, () -> load(yaml)).problems();
    }
}
