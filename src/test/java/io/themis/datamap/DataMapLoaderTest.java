package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.lake.CsvLayout;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataMapLoaderTest {

    private static final String ARTICLE_15 =
            "article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}";

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
                        "Your posts",
                        null,
                        null,
                        "{site}/Posts.xml",
                        Format.XML_ROWS,
                        null,
                        Map.of("OwnerAccountId", "accountId"),
                        null,
                        Set.of("accountId"),
                        Map.of(),
                        List.of("OwnerDisplayName"),
                        new Article15(List.of("p"), List.of("c"), List.of("r"), "t", "o"),
                        10));
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

        DataMap map = load("subject: {key: emailAddress}\n" + shared + POSTS.replace(ARTICLE_15, "article15: *same"));

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
            Random random = new Random(seed);
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
                        """.formatted(i, needs.isEmpty() ? "mail" : String.join(", ", needs), provides, ARTICLE_15));
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
    void oneMessageTellsEverythingInTheOrderOfTheLines() {
        assertThat(problems(MAP.replace("title: Your profile", "titel: Your profile")
                        + POSTS.replace("accountId", "acountId").replace("xml-rows", "xml-row")))
                .containsExactly(
                        "map.yaml:3: dataset \"profile\": \"title\" is missing; write for example  title: Your questions and"
                                + " answers",
                        "map.yaml:4: dataset \"profile\": unknown property \"titel\" (did you mean \"title\"?); there are name,"
                                + " title, kind, dataSource, query, path, format, csv, match, review, uri, keys, provides,"
                                + " article15",
                        "map.yaml:14: dataset \"posts\": unknown format \"xml-row\" (did you mean \"xml-rows\"?); there are"
                                + " xml-rows, csv, jsonl, parquet",
                        "map.yaml:15: dataset \"posts\": needs the key \"acountId\", which nobody provides (did you mean"
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
            "comes with the request",
            "is a name, and two people can share one",
            "is no parameter of the query",
            "is no key that the route is asked with",
            "the query has a ? that is no parameter",
            "is matched on",
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
            {accountId: account_id}      | {emailAddress: mail}            | 8 | "emailAddress" comes with the request and can't be provided
            :#emailAddress               | 'someone'                       | 7 | the query has no parameter, so it would give everybody's rows
            :#emailAddress               | :#emailAdress                   | 7 | needs the key "emailAdress", which nobody provides (did you mean "emailAddress"?)
            :#emailAddress               | :#displayName                   | 7 | "displayName" is a name, and two people can share one
            :#emailAddress               | :#in:emailAddress               | 7 | the query uses :#in:…; only plain parameters
            :#emailAddress               | ?                               | 7 | the query has a ? that is no parameter
            retention: t                 | retention:                      | 9 | "article15": "retention" is missing
            retention: t                 | retentoin: t                    | 9 | "article15": unknown property "retentoin" (did you mean "retention"?)
            purposes: [p]                | purposes: []                    | 9 | "article15": "purposes" is empty
            purposes: [p]                | purposes: p                     | 9 | "article15": "purposes" must be a list
            recipients: [r]              | recipients: [r, ""]             | 9 | "article15": "recipients" is empty
            origin: o                    | origin: {by: you}               | 9 | "article15": "origin" must be text
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
            name: posts                | name: profile                     | 10 | line 3 has this name already
            xml-rows                   | csvv                              | 14 | unknown format "csvv" (did you mean "csv"?); there are xml-rows, csv, jsonl, parquet
            "{site}/Posts.xml"         | "/{site}/Posts.xml"               | 13 | write it from the top of the lake
            "{site}/Posts.xml"         | "{site/Posts.xml"                 | 13 | use { and } for a placeholder only
            "{site}/Posts.xml"         | "{site}{year}/Posts.xml"          | 13 | only one placeholder fits between two /
            "{site}/Posts.xml"         | "{site}//Posts.xml"               | 13 | with one / between two names
            "{site}/Posts.xml"         | ""                                | 13 | "path" is empty
            {OwnerAccountId: accountId}| [OwnerAccountId]                  | 15 | "match": this must have properties
            {OwnerAccountId: accountId}| {OwnerDisplayName: displayName}   | 15 | "displayName" is a name, and two people can share one
            title: Your posts          | review: [OwnerAccountId]          | 11 | "OwnerAccountId" is matched on
            "{site}/Posts.xml"         | "{site}/Posts.zip"                | 13 | say which files in the zip
            title: Your posts          | uri: direct:x                     | 11 | "uri" belongs to kind route, and this dataset is of kind lake
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
                .anySatisfy(text -> assertThat(text).startsWith("map.yaml:15: ").contains(problem));
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
                        "map.yaml:16: dataset \"posts\": the header does not have the column \"OwnerAccountId\" (did you mean"
                                + " \"OwnerAccountID\"?); it has OwnerAccountID, Id");
    }

    @Test
    void theLayoutOfACsvFileBelongsToCsv() {
        assertThat(problems(MAP + csvPosts("{quote: x}").replace("format: csv", "format: jsonl")))
                .containsExactly("map.yaml:15: dataset \"posts\": \"csv\" belongs to format csv; take it out or write"
                        + "  format: csv");
    }

    @Test
    void aPathIntoNestedObjectsMustBeOne() {
        assertThat(problems(MAP + POSTS.replace("xml-rows", "jsonl").replace("{OwnerAccountId:", "{owner..id:")))
                .containsExactly(
                        "map.yaml:15: dataset \"posts\": The path \"owner..id\" can't be used: there is a name missing"
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
                .containsExactly("map.yaml:13: dataset \"crm\": the uri must name an endpoint; write for example  uri:"
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
                """.formatted(ARTICLE_15);

        assertThat(problems(map))
                .singleElement()
                .asString()
                .startsWith(
                        "map.yaml:3: dataset \"a\": waits for itself: a needs kb from b, b needs kc from c, c needs ka from a; ");
    }

    @Test
    void datasetCanNotNeedWhatOnlyItselfProvides() {
        assertThat(problems(MAP + POSTS.replace("match: {", "provides: {postId: Id}\n    match: {ParentId: postId, ")))
                .singleElement()
                .asString()
                .startsWith("map.yaml:16: dataset \"posts\": waits for itself: posts needs postId from posts; ");
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
                        "map.yaml:23: dataset \"comments\": needs the key \"siteUserId\", which \"accounts\" finds for each"
                                + " {site} and which holds only there; use the same placeholders in this path",
                        "map.yaml:29: dataset \"crm\": needs the key \"siteUserId\", which \"accounts\" finds for each {site}"
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
                        "map.yaml:10: dataset 2: this must have properties; write for example  {name: posts, ...}");
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
                .startsWith("map.yaml:10: this is not YAML");
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
