package io.themis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.specialized.BlobLeaseClient;
import com.azure.storage.blob.specialized.BlobLeaseClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.SiteFiles.Row;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevServicesInitializer;
import io.themis.devservices.DevUser;
import io.themis.devservices.IdentityProvider;
import io.themis.devservices.SharedIdentityProvider;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.index.IndexStore;
import io.themis.index.LakeIndex;
import io.themis.lake.KeyHash;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/**
 * Erasures that others get in the way of: other erasures, writers of the lake, the store itself, and officers. The result is right, or
 * the erasure is incomplete and says what and where; rows of others are never lost.
 */
@ThemisTest(initializers = {DevServicesInitializer.class, SharedIdentityProvider.class, StoresBehindAProxy.class})
@TestPropertySource(
        properties = {
            "themis.data-map=classpath:datamap/conflicts.yaml",
            // Those that a test holds leave enough for the others
            "themis.lake.readers=32",
            "db-scheduler.threads=16"
        })
class ErasureConflictsIT {

    /** The stranger, of whom every file has rows. */
    private static final int OTHER = 7;

    private static final int ROWS_EACH = 20;

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
    InterveningProxy proxy;

    @Autowired
    JdbcClient database;

    @Autowired
    IndexStore index;

    @Value("${themis.erasure.pseudonym-key}")
    String pseudonymKey;

    private final String site = UUID.randomUUID().toString();
    private final long firstAccount = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final List<Person> people = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private Erasing erasing;
    private SiteFiles files;

    private record Person(String address, int member, long account) {}

    @BeforeEach
    void prepare() {
        erasing = new Erasing(themis, identity);
        files = new SiteFiles(folder);
        proxy.passAll();
    }

    @AfterEach
    void emptyTheLake() {
        proxy.passAll();
        lake.empty("conflicts/");
    }

    // ---- several at once

    @ParameterizedTest
    @ValueSource(ints = {2, 10})
    void whoIsErasedAtTheSameMomentSharesTheRewriting(int count) throws Exception {
        join(count);
        List<String> ids =
                people.stream().map(person -> erasing.ask(person.address())).toList();
        ids.forEach(erasing::awaitPlan);
        InterveningProxy.Hold first = proxy.hold(swapOf(SiteFiles.POSTS), 1);
        ids.forEach(erasing::approve);
        first.await();
        ids.forEach(id -> erasing.await(id, "erasing"));
        first.release();

        ids.forEach(id -> erasing.await(id, "done"));
        assertLake(rows, row -> row.member() == OTHER);
        assertThat(accounts()).isEmpty();
        // The first, those who came meanwhile, and at most one who had just begun
        assertThat(proxy.count(swapOf(SiteFiles.POSTS))).isLessThanOrEqualTo(Math.min(count, 3));
        assertThat(proxy.count(swapOf("[^/]+")))
                .as("rewritings of all files")
                .isLessThanOrEqualTo((long) count * (SiteFiles.ALL.size() + 1));
        for (String id : ids) {
            assertCertified(id, ROWS_EACH, Map.of());
        }
    }

    // ---- other writers

    @Test
    void rowsThatOthersAddDuringTheRewritingAreThereAfterwards() throws Exception {
        join(1);
        String id = erasing.ask(people.get(0).address());
        erasing.awaitPlan(id);
        InterveningProxy.Hold swaps = proxy.hold(
                swapOf("(" + String.join("|", SiteFiles.ALL).replace(".", "\\.") + ")"), SiteFiles.ALL.size());
        erasing.approve(id);
        swaps.await();
        addRow(OTHER, 0);
        SiteFiles.ALL.forEach(file -> put(file, rows));
        swaps.release();

        erasing.await(id, "done");
        assertLake(rows, row -> row.member() == OTHER);
        assertCertified(id, ROWS_EACH, Map.of());
    }

    /** Three runs: a row comes before a swap, then another one while a lease is held, and then nobody is in the way. */
    @Test
    void rowsOfThePersonThatComeMeanwhileAreNamedAndGoInTheNextRunAndAllRunsAreCertified() throws Exception {
        join(1);
        Person person = people.get(0);
        String id = erasing.ask(person.address());
        erasing.awaitPlan(id);
        InterveningProxy.Hold swap = proxy.hold(swapOf(SiteFiles.POSTS), 1);
        erasing.approve(id);
        swap.await();
        addRow(OTHER, 0);
        addRow(person.member(), person.account());
        put(SiteFiles.POSTS, rows);
        swap.release();

        erasing.await(id, "incomplete");
        assertThat(erasing.problems(id)).containsOnlyKeys("posts", "profile");
        assertThat(erasing.problems(id).get("posts"))
                .contains(path(SiteFiles.POSTS), "other rows of the person than the plan");
        assertNoCertificate(id);
        assertFile(SiteFiles.POSTS, rows);
        List<Row> before = rows.subList(0, rows.size() - 2);
        SiteFiles.ALL.stream()
                .filter(file -> !file.equals(SiteFiles.POSTS))
                .forEach(file -> assertFile(file, without(before, person)));

        put(SiteFiles.COMMENTS, without(rows, person), rows.get(rows.size() - 1));
        BlobLeaseClient lease = lease(SiteFiles.COMMENTS);
        erasing.restart(id);
        erasing.approve(id);
        erasing.await(id, "incomplete");
        assertThat(erasing.problems(id)).containsOnlyKeys("comments", "profile");
        assertFile(SiteFiles.POSTS, without(rows, person));
        assertFile(SiteFiles.COMMENTS, append(without(rows, person), rows.get(rows.size() - 1)));

        lease.releaseLease();
        erasing.restart(id);
        erasing.approve(id);
        erasing.await(id, "done");
        assertFile(SiteFiles.COMMENTS, without(rows, person));
        assertCertified(id, ROWS_EACH, Map.of("posts", ROWS_EACH + 1L, "comments", ROWS_EACH + 1L));
    }

    @Test
    void aRowOfThePersonThatComesRightAfterTheSwapIsNamedAndCountedWithThoseThatWereGone() throws Exception {
        join(1);
        Person person = people.get(0);
        String id = erasing.ask(person.address());
        erasing.awaitPlan(id);
        InterveningProxy.Hold swap = proxy.hold(swapOf(SiteFiles.POSTS), 1);
        erasing.approve(id);
        swap.await();
        InterveningProxy.Hold reading = proxy.hold("^(HEAD|GET) lake/" + path(SiteFiles.POSTS) + "$", 1);
        swap.release();
        reading.await();
        assertFile(SiteFiles.POSTS, without(rows, person));
        put(SiteFiles.POSTS, without(rows, person), row(9_000, person.member(), person.account()));
        reading.release();

        erasing.await(id, "incomplete");
        assertThat(erasing.problems(id)).containsOnlyKeys("posts", "profile");
        erasing.restart(id);
        erasing.approve(id);
        erasing.await(id, "done");
        assertLake(rows, row -> row.member() == OTHER);
        assertCertified(id, ROWS_EACH, Map.of("posts", ROWS_EACH + 1L));
    }

    enum Change {
        REPLACED,
        DELETED,
        TRUNCATED
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void aFileThatIsChangedDuringTheRewritingStaysAsOthersLeftIt(Change change) throws Exception {
        join(1);
        Person person = people.get(0);
        String id = erasing.ask(person.address());
        erasing.awaitPlan(id);
        InterveningProxy.Hold swap = proxy.hold(swapOf(SiteFiles.POSTS), 1);
        erasing.approve(id);
        swap.await();
        List<Row> others = List.of(row(1, OTHER, 0), row(2, OTHER, 0));
        byte[] whole = files.of(SiteFiles.POSTS, rows);
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        switch (change) {
            case REPLACED -> put(SiteFiles.POSTS, others);
            case DELETED -> lake.file(path(SiteFiles.POSTS)).delete();
            case TRUNCATED -> lake.put(path(SiteFiles.POSTS), half);
        }
        swap.release();

        if (change == Change.TRUNCATED) {
            erasing.await(id, "incomplete");
            assertThat(erasing.problems(id)).containsOnlyKeys("posts", "profile");
            assertThat(erasing.problems(id).get("posts")).contains(path(SiteFiles.POSTS));
            assertNoCertificate(id);
            assertThat(bytes(SiteFiles.POSTS)).isEqualTo(half);
            put(SiteFiles.POSTS, rows);
            erasing.restart(id);
            erasing.approve(id);
            erasing.await(id, "done");
            assertLake(rows, row -> row.member() == OTHER);
            assertCertified(id, ROWS_EACH, Map.of());
        } else {
            erasing.await(id, "done");
            if (change == Change.REPLACED) {
                assertFile(SiteFiles.POSTS, others);
            } else {
                assertThat(lake.file(path(SiteFiles.POSTS)).exists()).isFalse();
            }
            // What others took away is not what we erased
            assertCertified(id, ROWS_EACH, Map.of("posts", 0L));
        }
    }

    // ---- the store

    @ParameterizedTest
    @CsvSource({
        "PUT, 409, BlobImmutableDueToPolicy, the store does not let the file be changed",
        "comp=blocklist, 507, InsufficientStorage, the store has no room left",
        "lease, 0, LeaseIdMissing, another writer holds a lease on the file"
    })
    void whatTheStoreRefusesIsAsItWasAndIsNamedAndGoesOnceTheStoreLetsIt(
            String what, int status, String code, String reason) {
        join(1);
        Person person = people.get(0);
        String id = erasing.ask(person.address());
        erasing.awaitPlan(id);
        List<BlobLeaseClient> leases = new ArrayList<>();
        if (what.equals("lease")) {
            SiteFiles.ALL.forEach(file -> leases.add(lease(file)));
        } else {
            proxy.answer(
                    "^PUT lake/conflicts/" + site + "/(?!members).*" + (what.equals("PUT") ? "" : what), status, code);
        }
        Map<String, byte[]> before = new LinkedHashMap<>();
        SiteFiles.ALL.forEach(file -> before.put(file, bytes(file)));
        erasing.approve(id);

        erasing.await(id, "incomplete");
        before.forEach((file, old) -> assertThat(bytes(file)).as(file).isEqualTo(old));
        assertThat(erasing.problems(id))
                .containsOnlyKeys("posts", "comments", "visits", "clicks", "orders", "payments", "profile");
        for (String file : SiteFiles.ALL) {
            assertThat(erasing.problems(id).get(file.replaceFirst("\\..*", "")))
                    .contains(path(file) + ": " + reason + " (" + code + ")");
        }
        assertThat(erasing.problems(id).get("profile")).contains("erased once nothing else is left");
        assertThat(accounts()).as("who can still ask").containsExactly(person.account());
        assertNoCertificate(id);

        leases.forEach(BlobLeaseClient::releaseLease);
        proxy.passAll();
        erasing.restart(id);
        erasing.approve(id);
        erasing.await(id, "done");
        assertLake(rows, row -> row.member() == OTHER);
        assertCertified(id, ROWS_EACH, Map.of());
    }

    /** Of somebody else, who has a broken row, and a zip that ends too early. */
    @Test
    void aFileThatCanNotBeReadIsAProblemOfThePlanAndNothingIsCertifiedBeforeItCan() {
        join(1);
        Person person = people.get(0);
        byte[] broken = new String(files.of(SiteFiles.POSTS, rows), UTF_8)
                .replaceFirst("Owner=\"7\"", "Owner=7")
                .getBytes(UTF_8);
        byte[] zip = files.of(SiteFiles.ORDERS, rows);
        byte[] damaged = Arrays.copyOf(zip, zip.length - 30);
        lake.put(path(SiteFiles.POSTS), broken);
        lake.put(path(SiteFiles.ORDERS), damaged);

        String id = erasing.ask(person.address());
        for (JsonNode dataset : erasing.awaitPlan(id).path("plan").path("datasets")) {
            String name = dataset.path("dataset").asText();
            String file = name.equals("posts") ? SiteFiles.POSTS : name.equals("orders") ? SiteFiles.ORDERS : null;
            if (file == null) {
                assertThat(dataset.path("problems")).as(name).isEmpty();
            } else {
                assertThat(dataset.path("problems").toString()).contains(path(file));
            }
        }
        erasing.approve(id);
        erasing.await(id, "incomplete");

        assertThat(erasing.problems(id)).containsOnlyKeys("posts", "orders");
        assertNoCertificate(id);
        assertThat(bytes(SiteFiles.POSTS)).isEqualTo(broken);
        assertThat(bytes(SiteFiles.ORDERS)).isEqualTo(damaged);
        assertFile(SiteFiles.COMMENTS, without(rows, person));

        put(SiteFiles.POSTS, rows);
        put(SiteFiles.ORDERS, rows);
        erasing.restart(id);
        erasing.approve(id);
        erasing.await(id, "done");
        assertLake(rows, row -> row.member() == OTHER);
        assertCertified(id, ROWS_EACH, Map.of());
    }

    // ---- officers

    @Test
    void aPlanThatNoLongerFitsIsMadeAnewAndThePlanThatWasApprovedErasesNothing() throws Exception {
        join(1);
        Person person = people.get(0);
        String id = erasing.ask(person.address());
        String old = erasing.awaitPlan(id).path("planDigest").asText();
        addRow(person.member(), person.account());
        put(SiteFiles.POSTS, rows);
        loadDevice(person);

        erasing.approve(id);
        JsonNode plan = Awaitility.await("another plan")
                .until(
                        () -> erasing.awaitPlan(id),
                        now -> !now.path("planDigest").asText().equals(old));

        assertThat(plan.path("approved").asBoolean()).isFalse();
        assertThat(plan.path("approvals")).isEmpty();
        assertThat(planned(plan, "posts")).isEqualTo(ROWS_EACH + 1);
        assertThat(planned(plan, "devices")).isEqualTo(1);
        assertFile(SiteFiles.POSTS, rows);
        SiteFiles.ALL.stream()
                .filter(file -> !file.equals(SiteFiles.POSTS))
                .forEach(file -> assertFile(file, rows.subList(0, rows.size() - 1)));
        assertThat(accounts()).containsExactly(person.account());
        assertThat(erasing.approve(id, old, "officer-1").statusCode()).isEqualTo(409);
        assertThat(erasing.approve(id, old, "officer-3").statusCode()).isEqualTo(409);

        erasing.approve(id);
        erasing.await(id, "done");
        assertLake(rows, row -> row.member() == OTHER);
        assertCertified(id, ROWS_EACH, Map.of("posts", ROWS_EACH + 1L, "devices", 1L));
    }

    @Test
    void nothingIsErasedBeforeTwoDifferentOfficersHaveApproved() {
        join(1);
        String id = erasing.ask(people.get(0).address());
        String digest = erasing.awaitPlan(id).path("planDigest").asText();
        String body = "{\"planDigest\": \"%s\"}".formatted(digest);
        String path = "/api/v1/requests/" + id + "/approvals";

        assertThat(themis.send("POST", path, body, Themis.JSON_WITH_KEY).statusCode())
                .isEqualTo(403);
        for (String role : List.of("operator", "person")) {
            String[] bearer = erasing.bearer("officer-2", role);
            assertThat(themis.send("POST", path, body, "Content-Type", "application/json", bearer[0], bearer[1])
                            .statusCode())
                    .as(role)
                    .isEqualTo(403);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(erasing.approve(id, digest, "officer-1").statusCode()).isEqualTo(202);
        }
        assertThat(erasing.awaitPlan(id).path("approvals")).hasSize(1);
        assertThat(erasing.request(id).path("steps").toString()).doesNotContain("begin-erasure");
        assertLake(rows, row -> true);

        assertThat(erasing.approve(id, digest, "officer-2").statusCode()).isEqualTo(202);
        erasing.await(id, "done");
        assertLake(rows, row -> row.member() == OTHER);
    }

    @Test
    void whatIsRefusedStaysAndCanNotBeApprovedAnyMore() {
        join(1);
        Person person = people.get(0);
        String id = erasing.ask(person.address());
        String digest = erasing.awaitPlan(id).path("planDigest").asText();
        String[] officer = erasing.bearer("officer-1");
        HttpResponse<String> refused = themis.send(
                "POST",
                "/api/v1/requests/" + id + "/refusal",
                "{\"reason\": \"We need them in court.\"}",
                "Content-Type",
                "application/json",
                officer[0],
                officer[1]);

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(202);
        assertThat(erasing.await(id, "refused").path("erasure").path("refusal").asText())
                .isEqualTo("We need them in court.");
        assertThat(erasing.approve(id, digest, "officer-1").statusCode()).isEqualTo(409);
        assertThat(Themis.body(themis.awaitMails(person.address(), 2).get(1), "text/plain"))
                .contains("We need them in court.");
        assertLake(rows, row -> true);
        assertThat(accounts()).containsExactly(person.account());
        assertNoCertificate(id);
    }

    @Test
    void whoAsksForBothGetsThePackageBeforeAnythingIsErased() throws Exception {
        join(1);
        Person person = people.get(0);
        InterveningProxy.Hold packages = proxy.hold("^PUT packages/", 1);
        String id = erasing.ask(person.address(), true).path("id").asText();
        erasing.approve(id);
        packages.await();
        String access =
                erasing.request(id).path("erasure").path("accessRequestId").asText();
        Awaitility.await("the erasure waits")
                .until(() -> erasing.request(id).path("steps").toString().contains("waits for the package"));
        assertLake(rows, row -> true);
        assertThat(accounts()).containsExactly(person.account());
        packages.release();

        Map<String, byte[]> theirs = themis.awaitPackage(access, person.address());
        erasing.await(id, "done");
        assertThat(Themis.rows(theirs.get("data/posts/" + site + ".jsonl"))).hasSize(ROWS_EACH);
        assertThat(Themis.text(theirs, "data/profile.jsonl")).contains(person.address());
        assertLake(rows, row -> row.member() == OTHER);
        assertThat(accounts()).isEmpty();
    }

    // ---- what stays

    @Test
    void rowsThatAreMaskedOrKeptAreAsTheDataMapSays() throws Exception {
        join(1);
        Person person = people.get(0);
        long account = person.account();
        int member = person.member();
        lake.put(path("invoices.jsonl"), """
                        {"account":%1$d,"paid":false,"number":1}
                        {"account":%1$d,"paid":true,"number":2}
                        {"account":%1$d,"paid":"false","number":3}
                        {"account":%1$d,"number":4}
                        {"account":%2$d,"paid":true,"number":5}
                        """.formatted(account, account + 1));
        lake.put(path("reviews.csv"), """
                        number,member,editor,name,place,born
                        1,%1$d,7,Ada,"Berlin, Germany",1990-05-17
                        2,7,%1$d,Bob,"Oslo, Norway",1980-01-02
                        3,7,7,Cyd,"Rome, Italy",1970-01-01
                        4,%1$d,%1$d,Ada,Rome,in May
                        """.formatted(member));
        String taxes = "account,year\n%d,2024\n%d,2025\n".formatted(account, account + 1);
        lake.put(path("taxes.csv"), taxes);

        String id = erasing.ask(person.address());
        erasing.approve(id);
        erasing.await(id, "done");

        assertThat(text("invoices.jsonl")).isEqualTo("""
                        {"account":%1$d,"paid":false,"number":1}
                        {"account":%1$d,"paid":"false","number":3}
                        {"account":%2$d,"paid":true,"number":5}
                        """.formatted(account, account + 1));
        assertThat(text("reviews.csv")).isEqualTo("""
                        number,member,editor,name,place,born
                        1,%1$s,7,removed,"Germany",1990
                        2,7,,Bob,"Oslo, Norway",1980-01-02
                        3,7,7,Cyd,"Rome, Italy",1970-01-01
                        4,%1$s,,removed,,
                        """.formatted(pseudonym(Integer.toString(member))));
        assertThat(text("taxes.csv")).isEqualTo(taxes);

        JsonNode invoices = certified(id, "invoices");
        assertThat(invoices.path("deleted").asLong()).isEqualTo(2);
        assertThat(invoices.path("kept")).isEqualTo(Themis.json("""
                        [{"rows": 2, "article": "17(3)(e)",
                          "ground": {"en": "We claim the money", "de": "Wir fordern das Geld"},
                          "until": {"en": "it is paid", "de": "es bezahlt ist"}}]"""));
        assertThat(certified(id, "reviews").path("masked").asLong()).isEqualTo(2);
        assertThat(certified(id, "edits").path("masked").asLong()).isEqualTo(2);
        assertThat(certified(id, "taxes").path("kept")).isEqualTo(Themis.json("""
                        [{"rows": 1, "article": "17(3)(b)", "ground": {"en": "Tax law"},
                          "until": {"en": "ten years after the year"}}]"""));

        load(person);
        Map<String, byte[]> theirs = themis.packageOf(person.address());
        assertThat(Themis.text(theirs, "data/invoices/" + site + ".jsonl")).isEqualTo("""
                        {"account":%1$d,"paid":false,"number":1}
                        {"account":%1$d,"paid":"false","number":3}
                        """.formatted(account));
        assertThat(Themis.rows(theirs.get("data/taxes/" + site + ".jsonl"))).hasSize(1);
        for (JsonNode dataset : Themis.manifest(theirs).path("datasets")) {
            boolean isThere = Set.of("profile", "invoices", "taxes")
                    .contains(dataset.path("name").asText());
            assertThat(dataset.path("status").asText())
                    .as(dataset.path("name").asText())
                    .isEqualTo(isThere ? "complete" : "nothing found");
        }
    }

    /** The word is nowhere else in the world. */
    @Test
    void whatWasErasedIsNowhere() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Logger own = (Logger) LoggerFactory.getLogger("io.themis");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        own.setLevel(Level.DEBUG);
        log.start();
        root.addAppender(log);
        try {
            String word = "quokka" + UUID.randomUUID().toString().replace("-", "");
            Person person = new Person(word + "@example.org", 41, firstAccount);
            people.add(person);
            services.users()
                    .load(List.of(new DevUser(
                            person.address(), "Name " + word, word, word, word, word, word, person.account())));
            fill(member -> member == OTHER ? "others" : word);
            // To be listed for review
            lake.put(
                    path(SiteFiles.POSTS),
                    text(SiteFiles.POSTS)
                            .replace("</posts>", "<row Id=\"0\" OwnerName=\"Name " + word + "\"/></posts>"));

            Map<FileVersion, Long> known = new LinkedHashMap<>();
            String id = erasing.ask(person.address());
            erasing.awaitPlan(id);
            known.put(version(SiteFiles.POSTS), KeyHash.of("Owner", "41"));
            known.put(version("members.xml"), KeyHash.of("Account", Long.toString(person.account())));
            known.put(version(SiteFiles.COMMENTS), KeyHash.of("member", "41"));
            known.put(version("visits.jsonl"), KeyHash.of("member.id", "41"));
            known.forEach((file, hash) -> assertThat(answer(file, hash))
                    .as("before, the index knows where the key is in %s", file.name())
                    .isInstanceOfAny(FileAnswer.Within.class, FileAnswer.Anywhere.class));
            erasing.approve(id);
            erasing.await(id, "done");
            Awaitility.await("all steps have ended")
                    .until(() -> Stream.of(erasing.request(id).path("steps"))
                            .allMatch(steps -> !steps.toString().contains("\"waiting\"")
                                    && !steps.toString().contains("\"running\"")));

            assertThat(text(SiteFiles.POSTS))
                    .contains("OwnerName=\"Name " + word + "\"")
                    .containsOnlyOnce(word);
            put(SiteFiles.POSTS, without(rows, person));
            for (BlobItem blob : blobs("lake", "conflicts/" + site)) {
                String file = blob.getName().substring(blob.getName().lastIndexOf('/') + 1);
                assertThat(files.content(file, bytes(file))).as(file).doesNotContain(word);
            }
            for (String container : List.of("staging", "review", "packages")) {
                assertThat(blobs(container, id)).as(container).isEmpty();
            }
            known.forEach((file, hash) ->
                    assertThat(answer(file, hash)).as(file.name()).isInstanceOf(FileAnswer.Unknown.class));
            for (BlobItem blob : blobs("index", "")) {
                byte[] content = container("index")
                        .getBlobClient(blob.getName())
                        .downloadContent()
                        .toBytes();
                assertThat(new String(content, ISO_8859_1)).doesNotContain(word);
            }
            assertDatabaseIsWithout(word, person);
            assertThat(log.list)
                    .extracting(event -> event.getFormattedMessage()
                            + event.getMDCPropertyMap()
                            + event.getThreadName()
                            + (event.getThrowableProxy() == null
                                    ? ""
                                    : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                    .isNotEmpty()
                    .noneMatch(line -> line.contains(word) || line.contains(Long.toString(person.account())));
        } finally {
            root.detachAppender(log);
            own.setLevel(null);
        }
    }

    private void assertDatabaseIsWithout(String word, Person person) {
        List<String> tables = database.sql(
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1")
                .query(String.class)
                .list();
        assertThat(tables).contains("subject_key", "dataset_findings", "erasure", "erasure_file", "erasure_ledger");
        for (String table : tables) {
            List<String> rows = database.sql(
                            "SELECT (to_jsonb(t) - 'email_address' - 'greeting')::text FROM " + table + " t")
                    .query(String.class)
                    .list();
            assertThat(rows)
                    .as(table)
                    .noneMatch(row -> row.contains(word) || row.contains(Long.toString(person.account())));
        }
    }

    // ---- people and their files

    private void join(int count) {
        for (int i = 0; i < count; i++) {
            Person person = new Person("member-" + UUID.randomUUID() + "@example.org", 41 + i, firstAccount + 10L * i);
            people.add(person);
            load(person);
        }
        fill(member -> "of " + member);
    }

    private void load(Person person) {
        services.users()
                .load(List.of(
                        new DevUser(person.address(), "Member", "Member", "Of", null, null, null, person.account())));
    }

    private void loadDevice(Person person) {
        services.users()
                .load(List.of(new DevUser(
                        "device-" + UUID.randomUUID() + "@example.org",
                        null,
                        null,
                        null,
                        null,
                        null,
                        Long.toString(person.account()),
                        null)));
    }

    /** @param text of a member's rows */
    private void fill(IntFunction<String> text) {
        for (int i = 0; i < ROWS_EACH * (people.size() + 1); i++) {
            int whose = i % (people.size() + 1);
            Person person = whose < people.size() ? people.get(whose) : null;
            int member = person == null ? OTHER : person.member();
            rows.add(new Row(i + 1, member, person == null ? 0 : person.account(), text.apply(member)));
        }
        SiteFiles.ALL.forEach(file -> put(file, rows));
        List<String> members = new ArrayList<>();
        members.add("<row Id=\"7\" Account=\"0\" />");
        people.forEach(
                person -> members.add("<row Id=\"%d\" Account=\"%d\" />".formatted(person.member(), person.account())));
        lake.putRows(path("members.xml"), members);
    }

    private static Row row(int number, int member, long account) {
        return new Row(number, member, account, "of " + member);
    }

    private void addRow(int member, long account) {
        rows.add(row(rows.size() + 1, member, account));
    }

    private static List<Row> without(List<Row> rows, Person person) {
        return rows.stream().filter(row -> row.member() != person.member()).toList();
    }

    private static List<Row> append(List<Row> rows, Row... more) {
        return Stream.concat(rows.stream(), Stream.of(more)).toList();
    }

    private void put(String file, List<Row> rows, Row... more) {
        lake.put(path(file), files.of(file, append(rows, more)));
    }

    private String path(String file) {
        return "conflicts/" + site + "/" + file;
    }

    private byte[] bytes(String file) {
        return lake.file(path(file)).downloadContent().toBytes();
    }

    private String text(String file) {
        return new String(bytes(file), UTF_8);
    }

    private BlobLeaseClient lease(String file) {
        BlobLeaseClient lease =
                new BlobLeaseClientBuilder().blobClient(lake.file(path(file))).buildClient();
        lease.acquireLease(-1);
        return lease;
    }

    /** What a request says that puts the new content in the place of the old. */
    private String swapOf(String file) {
        return "^PUT lake/conflicts/" + site + "/" + file + "\\?.*comp=blocklist";
    }

    private void assertFile(String file, List<Row> expected) {
        assertThat(files.content(file, bytes(file))).as(file).isEqualTo(files.content(file, files.of(file, expected)));
    }

    private void assertLake(List<Row> all, Predicate<Row> stays) {
        SiteFiles.ALL.forEach(
                file -> assertFile(file, all.stream().filter(stays).toList()));
        // Rows are joined by a line's end and two blanks there, so the last one takes those before it along, or those
        // behind
        String members = text("members.xml");
        assertThat(members).contains("<row Id=\"7\" Account=\"0\" />");
        people.forEach(person -> assertThat(members.contains("Account=\"" + person.account() + "\""))
                .isEqualTo(stays.test(row(0, person.member(), 0))));
    }

    // ---- databases, stores and certificates

    private List<Long> accounts() {
        List<Long> found = new ArrayList<>();
        try (Connection users = DriverManager.getConnection(
                        services.users().url(),
                        services.users().username(),
                        services.users().password());
                PreparedStatement query = users.prepareStatement("SELECT account_id FROM users WHERE account_id = ?")) {
            for (Person person : people) {
                query.setLong(1, person.account());
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        found.add(rows.getLong(1));
                    }
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private BlobContainerClient container(String name) {
        return services.azurite().client().getBlobContainerClient(name);
    }

    private List<BlobItem> blobs(String container, String prefix) {
        return container(container).listBlobs(new ListBlobsOptions().setPrefix(prefix), null).stream()
                .toList();
    }

    private FileVersion version(String file) {
        BlobItem blob = blobs("lake", path(file)).get(0);
        return new FileVersion(
                blob.getName(),
                // Listings have it without the quotes
                "\"" + blob.getProperties().getETag() + "\"",
                blob.getProperties().getContentLength());
    }

    /** What the index says, of whichever dataset. */
    private FileAnswer answer(FileVersion file, long hash) {
        return blobs("index", "").stream()
                .map(blob -> blob.getName().replaceFirst("/.*", ""))
                .distinct()
                .map(definition -> find(definition, file, hash))
                .filter(answer -> !(answer instanceof FileAnswer.Unknown))
                .findFirst()
                .orElse(new FileAnswer.Unknown());
    }

    private FileAnswer find(String definition, FileVersion file, long hash) {
        try {
            return new LakeIndex(index)
                    .find(definition, List.of(file), Set.of(hash))
                    .get(file.name());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String pseudonym(String value) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        byte[] key =
                Base64.getUrlDecoder().decode(pseudonymKey.replace('+', '-').replace('/', '_'));
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return "pseudonym-"
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(Arrays.copyOf(mac.doFinal(value.getBytes(UTF_8)), 16));
    }

    private static long planned(JsonNode plan, String dataset) {
        return IntStream.range(0, plan.path("plan").path("datasets").size())
                .mapToObj(i -> plan.path("plan").path("datasets").get(i))
                .filter(each -> each.path("dataset").asText().equals(dataset))
                .mapToLong(each -> each.path("delete").asLong())
                .sum();
    }

    private JsonNode certified(String id, String dataset) {
        return Themis.dataset(erasing.certificate(id).path("certificate"), dataset);
    }

    /** @param others datasets with another number of deleted rows */
    private void assertCertified(String id, long deleted, Map<String, Long> others) {
        for (JsonNode dataset : erasing.certificate(id).path("certificate").path("datasets")) {
            String name = dataset.path("name").asText();
            long usual = switch (name) {
                case "profile", "members" -> 1;
                case "posts", "comments", "visits", "clicks", "orders", "payments" -> deleted;
                default -> 0;
            };
            assertThat(dataset.path("deleted").asLong()).as(name).isEqualTo(others.getOrDefault(name, usual));
        }
    }

    private void assertNoCertificate(String id) {
        assertThat(themis.send("GET", "/api/v1/requests/" + id + "/certificate", null, erasing.bearer("officer-1"))
                        .statusCode())
                .isEqualTo(404);
    }
}
