package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.AccessTier;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Lake files as they should not be. Whatever is wrong with one, the person gets their package with all that could be read,
 * and the package says which file could not, and why.
 */
@ThemisTest
class DamagedLakeIT {

    private static final String ROWS = """
            <?xml version="1.0" encoding="utf-8"?>
            <%1$s>
            %2$s
            </%1$s>
            """;

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    private final String site = UUID.randomUUID() + ".example.org";
    private final long account = 9_000_000_000L + Math.abs(UUID.randomUUID().getMostSignificantBits() % 1_000_000_000L);
    private final String address = "damaged-" + account + "@example.org";

    /** One person with user id 42 on a site of the test's own. */
    @BeforeEach
    void fillTheLake() {
        services.users().load(List.of(new DevUser(address, "Dora", "Dora", "Damage", null, null, null, account)));
        upload("Users", rows("users", user()));
    }

    private String user() {
        return "<row Id=\"42\" AccountId=\"" + account + "\" DisplayName=\"Dora\" />";
    }

    private static String rows(String root, String... rows) {
        return ROWS.formatted(root, String.join("\n", rows));
    }

    private static String post(int id, String owner) {
        return "<row Id=\"" + id + "\" OwnerUserId=\"" + owner + "\" Body=\"post " + id + "\" />";
    }

    private String path(String table) {
        return site + "/" + table + ".xml";
    }

    private void upload(String table, String content) {
        upload(table, content.getBytes(StandardCharsets.UTF_8));
    }

    private void upload(String table, byte[] content) {
        lake.put(path(table), content);
    }

    @Test
    void aMissingTableIsNothingToSearch() {
        upload("Posts", rows("posts", post(1, "42")));

        Delivered delivered = delivered();

        assertThat(delivered.status("posts")).isEqualTo("complete");
        assertThat(delivered.dataset("comments").path("status").asText()).isEqualTo("nothing found");
        assertThat(delivered.dataset("comments").path("searched").path("files").asInt())
                .isZero();
        assertThat(delivered.files()).doesNotContainKey("notices/partial.html");
        assertThat(delivered.ids("posts")).containsExactly("1");
    }

    @Test
    void aFileCutOffInTheMiddleOfARowKeepsWhatWasFoundBefore() {
        String whole = rows("posts", post(1, "42"), post(2, "7"), post(3, "42"), post(4, "42"));
        upload("Posts", whole.substring(0, whole.indexOf("post 4") + 3));
        upload("Comments", rows("comments", "<row Id=\"5\" UserId=\"42\" Text=\"a comment\" />"));

        Delivered delivered = delivered();

        delivered.assertPartial("posts", path("Posts"), "ends before its root element is closed", "after row 3");
        assertThat(delivered.ids("posts")).containsExactly("1", "3");
        assertThat(delivered.status("comments")).isEqualTo("complete");
    }

    @Test
    void aDoctypeIsRefusedAndNothingItNamesIsFetchedOrExpanded() throws Exception {
        try (Elsewhere elsewhere = new Elsewhere()) {
            String url = elsewhere.url();
            upload("Posts", """
                    <?xml version="1.0"?>
                    <!DOCTYPE posts SYSTEM "%1$sdtd" [
                      <!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY web SYSTEM "%1$sentity">
                      <!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
                      <!ATTLIST row OwnerUserId CDATA "42">
                    ]>
                    <posts><row Id="1" OwnerUserId="42" Body="&b;" /><row Id="2" OwnerUserId="42" Body="plain" /></posts>
                    """.formatted(url));

            Delivered delivered = delivered();

            delivered.assertPartial("posts", path("Posts"), "DOCTYPE", "refused");
            assertThat(delivered.files()).doesNotContainKey("data/posts/" + site + ".jsonl");
            assertThat(delivered.text()).doesNotContain("aaaaaaaaaa").doesNotContain("root:");
            assertThat(elsewhere.calls()).isZero();
        }
    }

    @Test
    void anEmptyFileIsNotWhatATableLooksLike() {
        upload("Posts", new byte[0]);

        delivered().assertPartial("posts", path("Posts"), "the file is empty");
    }

    @Test
    void aDirectoryOfAHierarchicalAccountIsNoFile() {
        BlobClient directory = lake.file(path("Posts"));
        directory.upload(BinaryData.fromBytes(new byte[0]), true);
        directory.setMetadata(Map.of("hdi_isfolder", "true"));

        assertThat(delivered().status("posts")).isEqualTo("nothing found");
    }

    @Test
    void aFileInAnotherEncodingIsNotGuessedAt() {
        upload("Posts", rows("posts", post(1, "42")).getBytes(StandardCharsets.UTF_16));

        delivered().assertPartial("posts", path("Posts"), "encoded in UTF-16");
    }

    @Test
    void bytesThatAreNoCharacterEndTheReading() {
        byte[] file = rows("posts", post(1, "42"), post(2, "42").replace("post 2", "post \u00E4"))
                .getBytes(StandardCharsets.ISO_8859_1);
        upload("Posts", file);

        Delivered delivered = delivered();

        delivered.assertPartial("posts", path("Posts"), "not valid UTF-8", "after row 1");
        assertThat(delivered.ids("posts")).containsExactly("1");
    }

    @Test
    void aRowWithAnElementInsideIsNotARow() {
        upload("Posts", rows("posts", post(1, "42"), "<row Id=\"2\" OwnerUserId=\"7\"><secret/></row>", post(3, "42")));

        Delivered delivered = delivered();

        delivered.assertPartial("posts", path("Posts"), "an element inside a row");
        assertThat(delivered.ids("posts")).containsExactly("1");
    }

    @Test
    void aKeyIsWhatItMeansHoweverItIsWritten() {
        upload(
                "Posts",
                rows(
                        "posts",
                        post(1, "&#52;2"),
                        post(2, "&#x34;&#x32;"),
                        "<row Id = '3' OwnerUserId\n=\n'42' Body='post 3'></row>",
                        // another's: a prefix, a suffix, the text elsewhere, a blank, another column
                        post(4, "420"),
                        post(5, "142"),
                        post(6, "42 "),
                        post(7, "042"),
                        "<row Id=\"42\" OwnerUserId=\"7\" Body=\"OwnerUserId=&quot;42&quot;\" LastEditorUserId=\"42\" />",
                        "<!-- <row Id=\"8\" OwnerUserId=\"42\" /> -->"));

        Delivered delivered = delivered();

        assertThat(delivered.ids("posts")).containsExactly("1", "2", "3");
        assertThat(delivered.status("posts")).isEqualTo("complete");
    }

    @Test
    void aRowAcrossTwoPiecesOfADownloadIsOneRow() {
        List<String> posts = new ArrayList<>();
        for (int id = 1; id <= 40; id++) {
            // rows of some 250 kB, so that no size of a piece is a multiple of theirs
            posts.add("<row Id=\"" + id + "\" Body=\"" + "&#x1F600;".repeat(27_001 + id) + "\" OwnerUserId=\""
                    + (id % 2 == 0 ? 42 : 7) + "\" />");
        }
        upload("Posts", rows("posts", posts.toArray(String[]::new)));

        Delivered delivered = delivered();

        assertThat(delivered.status("posts")).isEqualTo("complete");
        List<Map<String, Object>> rows = delivered.rows("posts");
        assertThat(rows)
                .hasSize(20)
                .allSatisfy(row -> assertThat(row.get("Body"))
                        .isEqualTo("\uD83D\uDE00".repeat(27_001 + Integer.parseInt((String) row.get("Id")))));
    }

    @Test
    void theSameUserIdOnAnotherSiteIsSomebodyElse() {
        String elsewhere = UUID.randomUUID() + ".example.org";
        lake.put(elsewhere + "/Users.xml", rows("users", "<row Id=\"42\" AccountId=\"17\" DisplayName=\"Dora\" />"));
        lake.put(elsewhere + "/Posts.xml", rows("posts", post(99, "42")));
        upload("Posts", rows("posts", post(1, "42")));

        Delivered delivered = delivered();

        assertThat(delivered.ids("posts")).containsExactly("1");
        assertThat(delivered.files().keySet()).noneMatch(path -> path.contains(elsewhere));
        assertThat(delivered.text()).doesNotContain("post 99");
    }

    @Test
    void aFileThatTheStoreDoesNotHandOutIsNamed() {
        upload("Posts", rows("posts", post(1, "42")));
        lake.file(path("Posts")).setAccessTier(AccessTier.ARCHIVE);

        delivered().assertPartial("posts", path("Posts"), "refused to hand out this file");
    }

    @Test
    void whatDependsOnKeysOfADamagedFileIsPartialToo() {
        String whole = rows("users", user());
        upload("Users", whole.substring(0, whole.indexOf("</users>")));
        upload("Posts", rows("posts", post(1, "42")));

        Delivered delivered = delivered();

        delivered.assertPartial("site-accounts", path("Users"), "ends before its root element is closed");
        delivered.assertPartial("posts", site, "its site-accounts file is missing or can");
        assertThat(delivered.ids("posts")).containsExactly("1");
        assertThat(delivered.status("profile")).isEqualTo("complete");
        assertThat(delivered.status("comments"))
                .as("no file, so nothing that a key could have found")
                .isEqualTo("nothing found");
    }

    @Test
    void whatDependsOnKeysThatNobodyCouldReadIsPartialAndNotNothing() {
        upload("Users", "no XML at all");
        upload("Posts", rows("posts", post(1, "42")));

        Delivered delivered = delivered();

        delivered.assertPartial("site-accounts", path("Users"));
        delivered.assertPartial("posts", site, "its site-accounts file is missing or can");
        assertThat(delivered.files()).doesNotContainKey("data/posts/" + site + ".jsonl");
    }

    @Test
    void whatDependsOnKeysOfAMissingFileIsPartialAndNamesTheSite() {
        lake.file(path("Users")).delete();
        upload("Posts", rows("posts", post(1, "42")));
        upload("Comments", rows("comments", "<row Id=\"5\" UserId=\"42\" Text=\"a comment\" />"));

        Delivered delivered = delivered();

        for (String dataset : List.of("posts", "comments")) {
            delivered.assertPartial(dataset, site, "its site-accounts file is missing or can");
            assertThat(delivered.dataset(dataset).path("reasons")).hasSize(1);
        }
        for (String dataset : List.of("site-accounts", "badges", "votes", "post-history")) {
            assertThat(delivered.status(dataset)).as(dataset).isEqualTo("nothing found");
        }
        assertThat(delivered.status("profile")).isEqualTo("complete");
        assertThat(delivered.text()).doesNotContain("post 1").doesNotContain("a comment");
    }

    /** The next person's test must not find a damaged file of this one: every site's Users file is searched for all. */
    @AfterEach
    void emptyTheLake() {
        lake.empty(site + "/");
    }

    private Delivered delivered() {
        String id = themis.ask(address);
        JsonNode view = themis.await(id, "delivered");
        List<MimeMessage> mails = themis.awaitMails(address, 2);
        return new Delivered(site, view, themis.download(Themis.link(mails.get(1))));
    }

    /** What the person got, and what the API says of it. */
    private record Delivered(String site, JsonNode view, Map<String, byte[]> files) {

        JsonNode dataset(String name) {
            return Themis.dataset(files, name);
        }

        String status(String name) {
            return dataset(name).path("status").asText();
        }

        List<Map<String, Object>> rows(String dataset) {
            return Themis.rows(files.get("data/" + dataset + "/" + site + ".jsonl"));
        }

        List<String> ids(String dataset) {
            return rows(dataset).stream().map(row -> (String) row.get("Id")).toList();
        }

        /** All files of the package, one after another. */
        String text() {
            return String.join("\n", files.keySet().stream().map(this::file).toList());
        }

        /** The manifest, the page of the package and the API say so, each with all of these words. */
        void assertPartial(String name, String... words) {
            assertThat(status(name)).isEqualTo("partial");
            assertThat(dataset(name).path("reasons").toString()).contains(words);
            assertThat(file("notices/partial.html"))
                    .contains("id=\"" + name + "\"")
                    .contains(words);
            JsonNode inView = Themis.dataset(view, name);
            assertThat(inView.path("status").asText()).isEqualTo("partial");
            assertThat(inView.path("reasons").toString()).contains(words);
        }

        private String file(String path) {
            return new String(files.get(path), StandardCharsets.UTF_8);
        }
    }
}
