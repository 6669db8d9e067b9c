package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.SampleLake;
import io.themis.devservices.SharedDevServices;
import io.themis.devservices.StackExchangeRows;
import io.themis.devservices.StackExchangeRows.Source;
import io.themis.dryrun.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The commands of the jar, on the databases and the lake of the sample company. */
@WarmJvm
@ExtendWith(OutputCaptureExtension.class)
class DryRunIT {

    private static final SampleLake SAMPLE = new SampleLake(SharedDevServices.SAMPLE_SIZE);
    private static final Pattern ROWS = Pattern.compile("(?m)^([a-z-]+): ([a-z ]+), (\\d+) rows?, \\d+ ms$");
    private static final Pattern FILE_READ = Pattern.compile("(?m)^    (\\S+\\.xml)$");
    private static final Pattern HOMONYMS = Pattern.compile("possible homonyms: (\\d+),");

    private final SharedDevServices shared = new SharedDevServices();
    private DevServices services;

    @TempDir
    Path folder;

    @Test
    void checkTellsWhereEachKeyComesFromAndWhatTheLakeHas(CapturedOutput output) throws Exception {
        assertThat(run("check")).isZero();

        int files = 0;
        long bytes = 0;
        for (String path : SAMPLE.paths()) {
            if (path.endsWith("/Posts.xml")) {
                files++;
                bytes += bytes(path).length;
            }
        }
        assertThat(output.getOut().lines())
                .contains("The data map datamap.yaml works. Datasets: 7; \"profile\" says who is known.")
                .containsSequence("profile (sql, users)", "  emailAddress from the request", "  erasure: delete", "")
                .containsSequence(
                        "posts (lake, {site}/Posts.xml)",
                        "  siteUserId from site-accounts",
                        "  erasure: delete",
                        "  files: %d, %,d bytes".formatted(files, bytes));
    }

    @Test
    void checkAsksTheDatabaseWhetherItHasTheColumns(CapturedOutput output) throws IOException {
        Path map = Files.writeString(
                folder.resolve("map.yaml"),
                Files.readString(Path.of("src/main/resources/datamap.yaml"))
                        .replace("accountId: account_id", "accountId: account_no"));

        assertThat(run("check", "--themis.data-map=file:" + map)).isEqualTo(1);

        assertThat(output.getOut())
                .startsWith("The data map map.yaml has a problem:")
                .contains("provides \"accountId\" from the column \"account_no\", which the query does not give"
                        + " (did you mean \"account_id\"?)");
    }

    @Test
    void checkOfAMapWhoseStoresAreAwaySaysWhatItCouldNotLookAt(CapturedOutput output) throws IOException {
        int nobody = portOfNobody();

        assertThat(run(
                        "check",
                        "--themis.data-sources.users.url=jdbc:h2:tcp://127.0.0.1:" + nobody + "/mem:users",
                        "--themis.lake.endpoint=http://127.0.0.1:" + nobody + "/lake"))
                .isZero();

        assertThat(output)
                .contains("The queries on data source users are not checked: it can't be reached")
                .containsOnlyOnce("files not counted, the lake gives no list: ")
                .contains("files not counted, as above");
    }

    @Test
    void explainFindsWhatARequestFindsAndShowsNobody(CapturedOutput output) throws Exception {
        DevUser person = SAMPLE.samplePerson();
        assertThat(run("explain", person.emailAddress())).isZero();

        ExpectedPackage expected = ExpectedPackage.of(person.emailAddress(), services.users(), lake());
        String text = output.getAll();
        Map<String, Long> rows = new TreeMap<>();
        ROWS.matcher(text).results().forEach(dataset -> rows.put(dataset.group(1), Long.valueOf(dataset.group(3))));
        assertThat(rows).hasSize(7).containsEntry("profile", 1L);
        assertThat(rows.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(1L + expected.rows());
        assertThat(FILE_READ.matcher(text).results().map((MatchResult file) -> file.group(1)))
                .contains(
                        expected.tables().stream().map(table -> table + ".xml").toArray(String[]::new))
                .doesNotContain("tea.example/Tags.xml");
        assertThat(text)
                .contains("  emailAddress " + person.emailAddress().charAt(0) + "*** from the request")
                .contains("  accountId " + person.accountId().toString().charAt(0) + "*** from profile")
                .contains(" in tea.example from site-accounts")
                .doesNotContain(person.emailAddress())
                .doesNotContain(person.accountId().toString())
                .doesNotContain(person.lastName());
        assertThat(HOMONYMS.matcher(text)
                        .results()
                        .mapToLong(count -> Long.parseLong(count.group(1)))
                        .sum())
                .isPositive()
                .isEqualTo(rowsWithTheNameAlone(person));
        assertNothingIsWritten();
    }

    /** The sample has one name a person in one spelling. */
    private static long rowsWithTheNameAlone(DevUser person) throws Exception {
        List<String> names = List.of(person.displayName(), person.firstName() + " " + person.lastName());
        long rows = 0;
        for (Map.Entry<String, Source> file : lake().entrySet()) {
            for (Map<String, String> row : StackExchangeRows.of(file.getValue())) {
                boolean isOfPosts = file.getKey().endsWith("/Posts.xml");
                boolean isNobodys = row.get(isOfPosts ? "OwnerUserId" : "UserId") == null;
                String name = row.get(isOfPosts ? "OwnerDisplayName" : "UserDisplayName");
                rows += isNobodys && name != null && names.contains(name) ? 1 : 0;
            }
        }
        return rows;
    }

    @Test
    void explainShowsWhichKeysCameToLightLateAndHowOftenADatasetWasAsked(CapturedOutput output) throws Exception {
        long account = 1L << 43;
        assertThat(run("check", "--themis.data-map=classpath:datamap/late-keys.yaml"))
                .isZero();
        services.users()
                .load(List.of(
                        new DevUser("late-new@example.org", "L", "L", "N", null, "Oslo", null, account),
                        new DevUser("xlate-old@example.org", "L", "L", "O", null, "Bergen", null, account + 1)));
        BlobContainerClient lake = services.azurite().client().getBlobContainerClient("lake");
        Map<String, String> files = Map.of(
                "late/addresses.csv",
                "account,address\n%d,xlate-old@example.org\n".formatted(account),
                "late/merged.csv",
                "before,after\n");
        files.forEach((name, text) -> lake.getBlobClient(name).upload(BinaryData.fromString(text), true));
        try {
            assertThat(run("explain", "late-new@example.org", "--themis.data-map=classpath:datamap/late-keys.yaml"))
                    .isZero();
        } finally {
            files.keySet().forEach(name -> lake.getBlobClient(name).delete());
        }

        assertThat(output.getOut())
                .contains("\"profile\" says who is known")
                .contains("  emailAddress from the request and old-addresses")
                .containsPattern("profile: complete, 2 rows, \\d+ ms\\R"
                        + "  asked 2 times, as more keys came to light\\R"
                        + "  emailAddress l\\*\\*\\* from the request\\R"
                        + "  emailAddress x\\*\\*\\* from old-addresses\\R")
                .containsPattern("places: complete, 2 rows, \\d+ ms\\R"
                        + "  accountId 8\\*\\*\\* from profile\\R"
                        + "  accountId 8\\*\\*\\* from profile\\R")
                .doesNotContain("late-new@");
        assertNothingIsWritten();
    }

    /** The profile says who is known, and so has answered before anybody looks for other addresses of the person. */
    @Test
    void explainTellsOfAMissingFileToWhoeverIsAskedBeforeItAndOfNoFileThatIsThere(CapturedOutput output)
            throws Exception {
        String person = SAMPLE.samplePerson().emailAddress();
        Path map = Files.writeString(folder.resolve("map.yaml"), """
                subject: {key: emailAddress, knownBy: profile}
                datasets:
                  - name: profile
                    title: Profile
                    kind: sql
                    dataSource: users
                    query: SELECT * FROM users WHERE email_address = :#emailAddress
                    article15: &same {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                    erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
                  - name: aliases
                    title: Aliases
                    kind: lake
                    path: late/aliases.csv
                    format: csv
                    match: {mail: emailAddress}
                    provides: {emailAddress: alias}
                    article15: *same
                    erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
                """);
        assertThat(run("explain", person, "--themis.data-map=file:" + map)).isZero();
        assertThat(output.getOut())
                .containsPattern(
                        "profile: partial, 1 row, (?s:.*)  not complete: the aliases file is missing or can't be read");

        BlobClient aliases =
                services.azurite().client().getBlobContainerClient("lake").getBlobClient("late/aliases.csv");
        aliases.upload(BinaryData.fromString("mail,alias\n"));
        try {
            assertThat(run("explain", person, "--themis.data-map=file:" + map)).isZero();
        } finally {
            aliases.delete();
        }
        assertThat(output.getOut()).contains("profile: complete, 1 row, ", "aliases: nothing found, 0 rows, ");
    }

    @Test
    void explainSaysThatNobodyIsKnown(CapturedOutput output) throws Exception {
        assertThat(run("explain", "nobody@example.org")).isZero();

        assertThat(output.getOut())
                .contains("profile: nothing found, 0 rows")
                .contains("posts: not asked")
                .contains("Nobody is known at this address: \"profile\" has no row of it.");
        assertNothingIsWritten();
    }

    /** Of one dataset, which asks direct:my-crm. */
    private Path mapOfARoute() throws IOException {
        return Files.writeString(folder.resolve("map.yaml"), """
                subject: {key: emailAddress}
                datasets:
                  - name: notes
                    title: Notes
                    kind: route
                    uri: direct:my-crm
                    article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                    erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
                """);
    }

    /** The company's own routes are part of what is tried. */
    @Test
    void explainAsksARouteOfTheCompany(CapturedOutput output) throws IOException {
        Path map = mapOfARoute();
        Path route = Files.writeString(folder.resolve("crm.camel.yaml"), """
                - route:
                    from:
                      uri: direct:my-crm
                      steps:
                        - to: "sql:SELECT 'called' AS note UNION SELECT 'wrote'?dataSource=#users"
                """);

        assertThat(run(
                        "explain",
                        SAMPLE.samplePerson().emailAddress(),
                        "--themis.data-map=file:" + map,
                        "--camel.main.routes-include-pattern=classpath:routes/*.camel.yaml,file:" + route))
                .isZero();

        assertThat(output.getOut()).contains("notes: complete, 2 rows");
    }

    @Test
    void checkTellsThatARouteOfTheCompanyIsMissing(CapturedOutput output) throws IOException {
        Path map = mapOfARoute();
        String right = """
                - route:
                    from:
                      uri: direct:my-crm
                      steps:
                        - setBody: {simple: "${empty(list)}"}
                """;
        String[] check = {
            "check",
            "--themis.data-map=file:" + map,
            "--camel.main.routes-include-pattern=classpath:routes/*.camel.yaml,file:" + folder + "/*.camel.yaml"
        };
        Files.writeString(folder.resolve("crm.camel.yaml"), right);
        assertThat(run(check)).isZero();
        assertThat(output.getOut()).contains("The data map map.yaml works.");

        Files.writeString(folder.resolve("crm.camel.yaml"), right.replace("my-crm", "my-crn"));
        assertThat(run(check)).isEqualTo(1);
        assertThat(output.getOut())
                .contains("The data map map.yaml has a problem:%nmap.yaml:3: ".formatted())
                .contains("there is no route that begins with direct:my-crm (did you mean \"direct:my-crn\"?)")
                .doesNotContain("\tat ");
    }

    /** They would be entries without the guards that those of Themis have. */
    @Test
    void aRouteOfTheCompanyThatBeginsOutsideStopsTheStart(CapturedOutput output) throws IOException {
        Path route = Files.writeString(folder.resolve("crm.camel.yaml"), """
                - route:
                    id: sneaky
                    from:
                      uri: "timer:sneaky?delay=0"
                      steps:
                        - log: {message: it ran, loggingLevel: WARN}
                """);

        assertThat(run(
                        "explain",
                        SAMPLE.samplePerson().emailAddress(),
                        "--camel.main.routes-include-pattern=classpath:routes/*.camel.yaml,file:" + route))
                .isEqualTo(1);

        assertThat(output)
                .contains("It did not work: ")
                .contains(
                        "crm.camel.yaml: the route \"sneaky\" begins with timer:; routes of your own begin with direct:")
                .doesNotContain("it ran");
    }

    @Test
    void explainOfABrokenMapSaysWhatCheckSays(CapturedOutput output) throws IOException {
        Path map = Files.writeString(folder.resolve("map.yaml"), "subject: {key: emailAddress}\ndatasets: []\n");

        assertThat(run("explain", "ada@example.org", "--themis.data-map=file:" + map))
                .isEqualTo(1);

        assertThat(output.getOut())
                .endsWith(
                        "The data map map.yaml has a problem:%nmap.yaml:2: \"datasets\" is empty; fill it or leave it out%n"
                                .formatted())
                .doesNotContain("APPLICATION FAILED", "ada@");
    }

    @Test
    void explainEndsWithTheReasonIfAStoreIsAway(CapturedOutput output) throws IOException {
        String person = SAMPLE.samplePerson().emailAddress();
        assertThat(run("explain", person, "--themis.lake.endpoint=http://127.0.0.1:" + portOfNobody() + "/lake"))
                .isEqualTo(1);

        assertThat(output.getAll())
                .contains("profile: complete, 1 row, ")
                .contains("site-accounts: not asked")
                .contains("It did not come to an end: ")
                .contains("Connection refused")
                .doesNotContain("Camel")
                .doesNotContain(person)
                .doesNotContain("\tat ");
    }

    @Test
    void aWordThatIsNoCommandStartsNothing(CapturedOutput output) {
        for (List<String> words : List.of(List.of("chek"), List.of("explain"), List.of("check", "it"))) {
            assertThat(run(words.toArray(String[]::new))).isEqualTo(1);
        }
        assertThat(run("explain", "Ada <ada@example.org>")).isEqualTo(1);

        assertThat(output.getOut())
                .contains("explain ADDRESS  shows what would be gathered")
                .contains("emailAddress has a character that one plain address can't have")
                .doesNotContain("ada@");
    }

    @Test
    void argumentsWithoutAWordAreForTheService() {
        assertThat(Command.of("--server.port=0", "--themis.lake.readers=2")).isEmpty();
    }

    private int run(String... arguments) {
        return Command.of(arguments).orElseThrow().run(application -> {
            application.setRegisterShutdownHook(false);
            application.addInitializers(
                    shared, context -> services = context.getBeanFactory().getBean(DevServices.class));
        });
    }

    /** The request database has not even its tables. */
    private void assertNothingIsWritten() throws Exception {
        for (String container : List.of("staging", "packages", "review")) {
            assertThat(services.azurite()
                            .client()
                            .getBlobContainerClient(container)
                            .listBlobs())
                    .as(container)
                    .isEmpty();
        }
        try (Connection connection = DriverManager.getConnection(
                        services.database().url(),
                        services.database().username(),
                        services.database().password());
                ResultSet tables = connection
                        .createStatement()
                        .executeQuery(
                                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")) {
            List<String> names = new ArrayList<>();
            while (tables.next()) {
                names.add(tables.getString(1));
            }
            assertThat(names).isEmpty();
        }
    }

    private static int portOfNobody() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static Map<String, Source> lake() {
        Map<String, Source> files = new TreeMap<>();
        for (String path : SAMPLE.paths()) {
            files.put(path, () -> new ByteArrayInputStream(bytes(path)));
        }
        return files;
    }

    private static byte[] bytes(String path) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SAMPLE.write(path, out);
        return out.toByteArray();
    }
}
