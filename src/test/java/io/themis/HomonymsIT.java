package io.themis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.models.ListBlobsOptions;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.IdentityProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/**
 * Rows that show the name of the person who asks. Zoë Quill has account 7 in {@code tea} and none in {@code coffee}, where
 * 7 is somebody else.
 */
@ThemisTest
@TestPropertySource(properties = "themis.data-map=classpath:datamap/homonyms.yaml")
class HomonymsIT {

    /** Of one table: whose it is by key, the name that it shows, and a word to know it by. */
    private record Row(String user, String name, String mark) {}

    private static final List<Row> ROWS = List.of(
            new Row("7", "Zo\u00eb Quill", "by-number-7"),
            new Row("7", "Somebody", "by-number-7-too"),
            new Row("8", "Zo\u00eb Quill", "of-a-namesake"),
            new Row(null, "Zo\u00eb Quill", "nobodys-as-written"),
            new Row("", "zo\u00eb   QUILL ", "nobodys-in-other-case"),
            new Row(null, "\uff3a\uff4fe\u0308\u00a0Quill", "nobodys-in-other-characters"),
            new Row(null, "zo\u00eb-q", "nobodys-by-display-name"),
            new Row(null, "Zo\u00eb Quillfeather", "other-longer"),
            new Row(null, "Zo\u00eb", "other-first-name"),
            new Row(null, "Anna Zo\u00eb Quill", "other-within"),
            new Row(null, "Zoe Quill", "other-without-dots"),
            new Row(null, "Zo\u00ebQuill", "other-in-one"),
            new Row(null, "", "other-blank"));

    private static final List<String> DATASETS = List.of("posts", "comments", "clicks", "invoices", "orders");
    private static final Map<String, String> FILES = Map.of(
            "posts", "names/%s/posts.xml",
            "comments", "names/%s/comments.csv",
            "clicks", "names/%s/clicks.jsonl.gz",
            "invoices", "names/%s/invoices.parquet",
            "orders", "names/%s/2026.zip!/orders.csv");
    private static final Map<String, String> COLUMNS = Map.of(
            "posts", "OwnerName", "comments", "name", "clicks", "user.name", "invoices", "user.name", "orders", "name");

    private static final Pattern MARK = Pattern.compile("(tea|coffee)-(by-number|of-a|nobodys|other)[a-z0-9-]*");

    @TempDir
    Path folder;

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    @Autowired
    IdentityProvider identity;

    @Autowired
    JdbcClient database;

    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final String address = "zoe-" + UUID.randomUUID() + "@example.org";

    @BeforeEach
    void fillTheLake() throws Exception {
        services.users()
                .load(List.of(new DevUser(address, "zo\u00eb-q", "Zo\u00eb", "Quill", null, null, null, account)));
        lake.put("names/tea/accounts.csv", "id,account\n7,%d\n8,%d\n".formatted(account, account + 1));
        lake.put("names/coffee/accounts.csv", "id,account\n7,%d\n".formatted(account + 1));
        for (String site : List.of("tea", "coffee")) {
            lake.put("names/" + site + "/posts.xml", xml(site));
            lake.put("names/" + site + "/comments.csv", csv(site, null));
            lake.put("names/" + site + "/clicks.jsonl.gz", gzip(jsonl(site)));
            lake.put("names/" + site + "/invoices.parquet", parquet(site));
            // By the account, which is the same on all sites
            lake.put("names/" + site + "/2026.zip", zip("orders.csv", csv(site, account)));
        }
    }

    @AfterEach
    void emptyTheLake() {
        lake.empty("names/");
    }

    @Test
    void whatShowsTheNameAndNobodysKeyIsListedAndNothingElseIs() {
        String id = themis.ask(address);
        themis.await(id, "delivered");

        HttpResponse<String> list = homonyms(id, "privacy-officer");

        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(list.body()
                        .lines()
                        .map(Themis::json)
                        .map(line -> line.path("dataset").asText() + " "
                                + line.path("file").asText() + " "
                                + line.path("column").asText() + " "
                                + marks(line.path("row").toString())))
                .containsExactlyInAnyOrderElementsOf(expected());
        assertThat(list.body()).contains("\"Masked\":\"[masked]\"").doesNotContain("secret of ");
    }

    @Test
    void thePackageHasTheRowsOfThePersonsKeysAloneAndSaysHowManyOthersThereAre() {
        Map<String, byte[]> files = themis.packageOf(address);

        List<String> marks = new ArrayList<>();
        files.forEach((path, content) -> marks.addAll(marks(new String(content, UTF_8))));
        assertThat(marks)
                .containsOnly("tea-by-number-7", "tea-by-number-7-too", "coffee-by-number-7", "coffee-by-number-7-too");
        for (JsonNode dataset : Themis.manifest(files).path("datasets")) {
            String name = dataset.path("name").asText();
            boolean isReviewed = DATASETS.contains(name);
            assertThat(dataset.path("status").asText()).as(name).isEqualTo("complete");
            assertThat(dataset.path("review").path("rows").asInt()).as(name).isEqualTo(isReviewed ? 8 : 0);
            if (isReviewed) {
                boolean isOrders = name.equals("orders");
                assertThat(dataset.path("matched").path("rows").asInt())
                        .as(name)
                        .isEqualTo(isOrders ? 4 : 2);
                assertThat(dataset.path("searched").path("files").asInt())
                        .as("files of %s searched for a key", name)
                        .isEqualTo(isOrders ? 2 : 1);
                assertThat(Themis.text(files, "data/" + name + "/tea" + (isOrders ? "/2026" : "") + ".jsonl")
                                .lines())
                        .hasSize(2);
            }
        }
        assertThat(Themis.text(files, "index.html")).contains("href=\"notices/review.html\"");
        assertThat(Themis.text(files, "notices/review.html"))
                .contains("Records with a name like yours", "Posts", "Orders")
                .doesNotContain("Quill", "Accounts");
    }

    @Test
    void operatorsSeeHowManyThereAreAndOthersNotEvenThat() {
        String id = themis.ask(address);
        themis.await(id, "delivered");

        for (String role : List.of("operator", "privacy-officer")) {
            JsonNode request = Themis.json(themis.send("GET", "/api/v1/requests/" + id, null, bearer(role))
                    .body());
            assertThat(request.path("review")).as(role).isEqualTo(Themis.json("{\"rows\":40,\"problems\":[]}"));
        }
        assertThat(themis.request(id).has("review")).isFalse();
        for (String role : List.of("operator", "person")) {
            HttpResponse<String> refused = homonyms(id, role);
            assertThat(refused.statusCode()).as(role).isEqualTo(403);
            assertThat(refused.body()).doesNotContain("Quill");
        }
    }

    @Test
    void theListGoesWithThePackage() {
        String id = themis.ask(address);
        themis.await(id, "delivered");
        assertThat(lists(id)).hasSize(10).noneMatch(name -> name.contains("names") || name.contains("Quill"));

        database.sql("UPDATE scheduled_tasks SET execution_time = now() WHERE task_instance = ?")
                .param(id + "/expire-package")
                .update();
        themis.await(id, "expired");

        assertThat(lists(id)).isEmpty();
        assertThat(homonyms(id, "privacy-officer").statusCode()).isEqualTo(404);
    }

    /** The person has no key there, so nothing of theirs can be missing; but the list may be short. */
    @Test
    void aFileThatCanNotBeSearchedForTheNameIsToldToThoseWhoReviewAndNotToThePerson() {
        lake.put("names/coffee/posts.xml", "<posts><row OwnerName=\"Zo\u00eb Quill\" Mark=\"coffee-nobodys\"/>");

        String id = themis.ask(address);
        Map<String, byte[]> files = themis.awaitPackage(id, address);

        assertThat(Themis.manifest(files).path("datasets"))
                .extracting(dataset -> dataset.path("status").asText())
                .containsOnly("complete");
        JsonNode review = Themis.json(themis.send("GET", "/api/v1/requests/" + id, null, bearer("operator"))
                        .body())
                .path("review");
        assertThat(review.path("rows").asInt()).isEqualTo(40 - 3);
        assertThat(review.path("problems"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.asText())
                        .startsWith("names/coffee/posts.xml: the file ends before its root element is closed"));
    }

    @Test
    void aFileWithoutTheColumnOfTheNameIsSearchedForTheKeys() throws Exception {
        lake.put("names/tea/comments.csv", "user,mark\n7,tea-by-number-7\n,tea-nobodys\n");
        lake.put(
                "names/tea/clicks.jsonl.gz",
                gzip("{\"user\":{\"id\":7,\"name\":[\"Zo\u00eb Quill\"]}}\n"
                        + "{\"user\":{\"name\":{\"a\":1}}}\n{\"user\":{\"id\":true,\"name\":\"Zo\u00eb Quill\"}}\n"));
        for (String site : List.of("tea", "coffee")) {
            lake.put(
                    "names/" + site + "/invoices.parquet",
                    duckDb("SELECT {'id': '7'} AS \"user\", '%s-by-number-7' AS mark".formatted(site)));
        }

        Map<String, byte[]> files = themis.packageOf(address);

        assertThat(Themis.text(files, "data/comments/tea.jsonl").lines()).hasSize(1);
        assertThat(Themis.text(files, "data/invoices/tea.jsonl").lines()).hasSize(1);
        assertThat(files).doesNotContainKey("data/invoices/coffee.jsonl");
        for (JsonNode dataset : Themis.manifest(files).path("datasets")) {
            String name = dataset.path("name").asText();
            if (name.equals("clicks")) {
                assertThat(dataset.path("reasons").toString())
                        .as("a key that can be none makes the file unreadable, as without names")
                        .contains("line 3 holds something else than a key in user.id");
            } else {
                assertThat(dataset.path("status").asText()).as(name).isEqualTo("complete");
            }
        }
    }

    private static List<String> expected() {
        List<String> expected = new ArrayList<>();
        for (String dataset : DATASETS) {
            for (String site : List.of("tea", "coffee")) {
                ROWS.stream()
                        .filter(row -> row.mark().startsWith("nobodys-"))
                        .forEach(row -> expected.add(dataset + " "
                                + FILES.get(dataset).formatted(site) + " " + COLUMNS.get(dataset) + " [" + site + "-"
                                + row.mark() + "]"));
            }
        }
        return expected;
    }

    private static List<String> marks(String text) {
        return MARK.matcher(text).results().map(MatchResult::group).toList();
    }

    private HttpResponse<String> homonyms(String id, String role) {
        return themis.send("GET", "/api/v1/requests/" + id + "/homonyms", null, bearer(role));
    }

    private String[] bearer(String role) {
        return new String[] {"Authorization", "Bearer " + identity.token("x", "x@example.org", role)};
    }

    private List<String> lists(String id) {
        return services
                .azurite()
                .client()
                .getBlobContainerClient("review")
                .listBlobs(new ListBlobsOptions().setPrefix(id + "/"), null)
                .stream()
                .map(blob -> blob.getName())
                .toList();
    }

    private static String xml(String site) {
        return ROWS.stream()
                .map(row -> "<row%s OwnerName=\"%s\" Masked=\"secret of %s\" Mark=\"%s-%s\"/>"
                        .formatted(
                                row.user() == null ? "" : " Owner=\"" + row.user() + "\"",
                                row.name(),
                                row.name(),
                                site,
                                row.mark()))
                .collect(Collectors.joining("\n", "<posts>", "</posts>"));
    }

    /** @param account in the place of number 7, or null */
    private static String csv(String site, Long account) {
        return ROWS.stream()
                .map(row -> "%s,\"%s\",%s-%s"
                        .formatted(
                                row.user() == null
                                        ? ""
                                        : account != null && row.user().equals("7")
                                                ? account.toString()
                                                : row.user().isEmpty() ? "\" \"" : row.user(),
                                row.name(),
                                site,
                                row.mark()))
                .collect(Collectors.joining("\n", "user,name,mark\n", "\n"));
    }

    private static String jsonl(String site) {
        return ROWS.stream()
                .map(row -> "{\"user\":{%s\"name\":\"%s\"},\"mark\":\"%s-%s\"}"
                        .formatted(
                                row.user() == null ? "" : "\"id\":\"" + row.user() + "\",",
                                row.name(),
                                site,
                                row.mark()))
                .collect(Collectors.joining("\n"));
    }

    private byte[] parquet(String site) throws Exception {
        String values = ROWS.stream()
                .map(row -> "(%s, '%s', '%s-%s')"
                        .formatted(row.user() == null ? "NULL" : "'" + row.user() + "'", row.name(), site, row.mark()))
                .collect(Collectors.joining(", "));
        return duckDb(
                "SELECT {'id': u, 'name': n} AS \"user\", m AS mark FROM (VALUES %s) t(u, n, m)".formatted(values));
    }

    private byte[] duckDb(String query) throws SQLException, IOException {
        Path file = folder.resolve(UUID.randomUUID() + ".parquet");
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute("COPY (%s) TO '%s' (FORMAT parquet)".formatted(query, file));
        }
        return Files.readAllBytes(file);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(String name, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }
}
