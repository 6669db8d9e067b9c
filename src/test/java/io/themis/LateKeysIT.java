package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** People who are found by more than the address they ask with: by old addresses, other accounts and handles. */
@ThemisTest
@TestPropertySource(properties = "themis.data-map=classpath:datamap/late-keys.yaml")
class LateKeysIT {

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final String domain = "@" + UUID.randomUUID() + ".example.org";
    private final List<String> addresses = new ArrayList<>();
    private final List<String> merged = new ArrayList<>();

    @BeforeEach
    void begin() {
        addresses.add("account,address,since");
        merged.add("before,after");
    }

    @AfterEach
    void emptyTheLake() {
        lake.empty("late/");
    }

    /** The new address has one account, an old one of it another, and an old one of that wrote. */
    @Test
    void anOldAddressOfAnotherAccountIsFoundAndWhateverIsFoundByIt() {
        user("new", account, "Oslo");
        user("old", account + 1, "Bergen");
        user("older", null, "Narvik");
        user("stranger", account + 2, "Rome");
        user("namesake", account * 10, "Turin");
        addresses.add(account + ",OLD" + domain + ",2011");
        addresses.add((account + 1) + ",older" + domain + ",2003");
        addresses.add((account + 2) + ",stranger.before" + domain + ",2003");
        addresses.add((account * 10) + ",namesake.before" + domain + ",2003");
        upload("tea/handles.jsonl", handle("older", "Kim"), handle("stranger.before", "Max"), handle("folder", "Kimm"));
        upload("tea/posts.xml", posts("kim", "Max", "Kimm", "KIM", "Kim "));

        Map<String, byte[]> files = packageOf("new");

        assertThat(Themis.text(files, "data/profile.jsonl").lines())
                .containsExactlyInAnyOrder(
                        profile(account, "new"), profile(account + 1, "old"), profile(null, "older"));
        assertThat(Themis.text(files, "data/places.jsonl").lines())
                .containsExactlyInAnyOrder(place(account, "Oslo"), place(account + 1, "Bergen"));
        assertThat(Themis.text(files, "data/old-addresses.jsonl").lines())
                .containsExactlyInAnyOrder(address(account, "OLD", 2011), address(account + 1, "older", 2003));
        assertThat(Themis.text(files, "data/handles/tea.jsonl")).isEqualTo(handle("older", "Kim") + "\n");
        assertThat(Themis.text(files, "data/posts/tea.jsonl").lines())
                .containsExactly("{\"Id\":\"0\",\"Author\":\"kim\"}", "{\"Id\":\"3\",\"Author\":\"KIM\"}");
        JsonNode manifest = Themis.manifest(files);
        // new; account; OLD; the other account; older
        assertThat(manifest.path("rounds").intValue()).isEqualTo(3);
        assertThat(Themis.dataset(manifest, "profile").path("keys")).isEqualTo(Themis.json("{\"emailAddress\":3}"));
        assertThat(Themis.dataset(manifest, "old-addresses").path("keys")).isEqualTo(Themis.json("{\"accountId\":2}"));
        assertThat(Themis.dataset(manifest, "places").path("keys")).isEqualTo(Themis.json("{\"accountId\":2}"));
        assertThat(Themis.dataset(manifest, "posts").path("keys")).isEqualTo(Themis.json("{\"handle\":1}"));
        assertThat(manifest.path("datasets"))
                .extracting(dataset -> dataset.path("status").asText())
                .containsOnly("complete", "nothing found");
    }

    @Test
    void aHandleIsFoundInEverySpellingOfItsNormalFormAndNoOtherAndOnItsSiteAlone() {
        user("zoe", account, "Oslo");
        upload("tea/handles.jsonl", handle("zoe", "Zo\u00eb_K"), handle("zoe", "ZOE\u0308_K"), handle("eve", "Zoe_K"));
        upload("coffee/handles.jsonl", handle("zoe", "zk"), handle("eve", "zo\u00eb_k"));
        upload("tea/posts.xml", posts("zo\u00eb_k", "Zoe_K", "ZOE\u0308_K", "zo\u00eb_k2", "Zo\u00eb_\u212a", "zk"));
        upload("coffee/posts.xml", posts("zo\u00eb_k", "ZK", "z k"));

        Map<String, byte[]> files = packageOf("zoe");

        // The Kelvin sign is a K in NFC.
        assertThat(Themis.text(files, "data/posts/tea.jsonl").lines())
                .containsExactly(
                        "{\"Id\":\"0\",\"Author\":\"zo\u00eb_k\"}",
                        "{\"Id\":\"2\",\"Author\":\"ZOE\u0308_K\"}",
                        "{\"Id\":\"4\",\"Author\":\"Zo\u00eb_\u212a\"}");
        assertThat(Themis.text(files, "data/posts/coffee.jsonl")).isEqualTo("{\"Id\":\"1\",\"Author\":\"ZK\"}\n");
        assertThat(Themis.dataset(Themis.manifest(files), "posts").path("keys"))
                .isEqualTo(Themis.json("{\"handle\":2}"));
        assertThat(Themis.dataset(Themis.manifest(files), "posts")
                        .path("status")
                        .asText())
                .isEqualTo("complete");
    }

    @Test
    void aChainOfKeysThatIsTooLongMakesPartialWhateverMayHaveBeenMissed() {
        user("new", account, "Oslo");
        for (int i = 0; i < 12; i++) {
            merged.add((account + i) + "," + (account + i + 1));
        }
        user("ninth", account + 9, "Bergen");
        user("last", account + 12, "Narvik");
        upload("tea/handles.jsonl", handle("new", "Kim"));
        upload("tea/posts.xml", posts("Kim"));

        Map<String, byte[]> files = packageOf("new");

        JsonNode manifest = Themis.manifest(files);
        assertThat(manifest.path("rounds").intValue()).isEqualTo(10);
        assertThat(Themis.dataset(manifest, "merged-accounts").path("reasons"))
                .extracting(JsonNode::asText)
                .contains("keys of the person still came to light after it had been asked 10 times,"
                        + " so rows of the person may not have been found");
        assertThat(Themis.text(files, "data/merged-accounts.jsonl").lines()).hasSize(10);
        for (String dataset : List.of("places", "profile", "handles", "posts")) {
            assertThat(Themis.dataset(manifest, dataset).path("reasons"))
                    .as(dataset)
                    .extracting(JsonNode::asText)
                    .containsOnlyOnce("merged-accounts was not asked with all keys of the person,"
                            + " so rows of the person may not have been found");
        }
        assertThat(Themis.text(files, "data/places.jsonl").lines())
                .containsExactlyInAnyOrder(place(account, "Oslo"), place(account + 9, "Bergen"));
        assertThat(Themis.text(files, "data/posts/tea.jsonl")).contains("Kim");
    }

    @Test
    void aChainOfKeysThatEndsIsFollowedToItsEnd() {
        user("new", account, "Oslo");
        for (int i = 0; i < 9; i++) {
            merged.add((account + i) + "," + (account + i + 1));
        }
        user("last", account + 9, "Narvik");

        Map<String, byte[]> files = packageOf("new");

        assertThat(Themis.text(files, "data/places.jsonl").lines())
                .containsExactlyInAnyOrder(place(account, "Oslo"), place(account + 9, "Narvik"));
        assertThat(Themis.manifest(files).path("datasets"))
                .extracting(dataset -> dataset.path("status").asText())
                .containsOnly("complete", "nothing found");
    }

    /** The profile has answered before anybody knows that the file is not there. */
    @Test
    void aFileThatIsMissingInACircleMakesPartialWhateverNeedsItsKeys() {
        user("new", account, "Oslo");
        addresses.clear();

        JsonNode manifest = Themis.manifest(packageOf("new"));

        for (String dataset : List.of("profile", "merged-accounts", "places")) {
            assertThat(Themis.dataset(manifest, dataset).path("status").asText())
                    .as(dataset)
                    .isEqualTo("partial");
            assertThat(Themis.dataset(manifest, dataset).path("reasons"))
                    .as(dataset)
                    .extracting(JsonNode::asText)
                    .containsExactly("the old-addresses file is missing or can't be read,"
                            + " so rows of the person may not have been found");
        }
        assertThat(Themis.dataset(manifest, "old-addresses").path("status").asText())
                .isEqualTo("nothing found");
    }

    private Map<String, byte[]> packageOf(String name) {
        if (!addresses.isEmpty()) {
            upload("addresses.csv", addresses.toArray(String[]::new));
        }
        upload("merged.csv", merged.toArray(String[]::new));
        return themis.packageOf(name + domain);
    }

    private void user(String name, Long account, String city) {
        services.users().load(List.of(new DevUser(name + domain, name, name, name, null, city, null, account)));
    }

    private void upload(String name, String... lines) {
        lake.put("late/" + name, String.join("\n", lines) + "\n");
    }

    private String profile(Long account, String name) {
        return "{\"account_id\":%s,\"email_address\":\"%s\"}".formatted(account, name + domain);
    }

    private static String place(long account, String city) {
        return "{\"account_id\":%d,\"city\":\"%s\"}".formatted(account, city);
    }

    private String address(long account, String name, int since) {
        return "{\"account\":\"%d\",\"address\":\"%s\",\"since\":\"%d\"}".formatted(account, name + domain, since);
    }

    private String handle(String name, String handle) {
        return "{\"mail\":\"%s\",\"handle\":\"%s\"}".formatted(name + domain, handle);
    }

    private static String posts(String... authors) {
        StringBuilder rows = new StringBuilder();
        for (int id = 0; id < authors.length; id++) {
            rows.append("<row Id=\"%d\" Author=\"%s\"/>".formatted(id, authors[id]));
        }
        return "<posts>" + rows + "</posts>";
    }
}
