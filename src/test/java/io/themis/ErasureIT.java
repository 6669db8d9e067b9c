package io.themis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.IdentityProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * People of the sample company, and of a real Stack Exchange dump where there is one, are erased; the dump stays where it is, and no
 * message of this test names anybody. What is left must be, byte for byte, what a text editor would leave.
 */
@ThemisTest
class ErasureIT {

    private static final Path DUMP = Path.of("../shared/data/stackexchange");
    private static final Pattern ACCOUNT = Pattern.compile(" AccountId=\"(\\d+)\"");

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    IdentityProvider identity;

    @Test
    void rowsOfTenPeopleGoAndEveryOtherByteStays() throws Exception {
        erase(5);
    }

    @Test
    @Tag("big")
    void rowsOfTwoHundredPeopleGoAndEveryOtherByteStays() throws Exception {
        erase(100);
    }

    private void erase(int number) throws Exception {
        Erasing erasing = new Erasing(themis, identity);
        loadTheDump();
        Map<String, byte[]> before = lake();
        Map<String, DevUser> people = new LinkedHashMap<>();
        choose(sampleAccounts(before), number, people);
        choose(dumpAccounts(before), number, people);
        DumpWithout expected = new DumpWithout(before, people.keySet());
        assertThat(expected.rows()).as("rows that have to go").isGreaterThan(5 * number);
        List<String> everybodyElse = addresses(people, false);
        Instant backup = Instant.now();

        List<String> ids = new ArrayList<>();
        people.values().forEach(person -> ids.add(erasing.ask(person.emailAddress())));
        long planned = 0;
        for (String id : ids) {
            for (JsonNode dataset : erasing.awaitPlan(id).path("plan").path("datasets")) {
                planned += dataset.path("dataset").asText().equals("profile")
                        ? 0
                        : dataset.path("delete").asLong();
                assertThat(dataset.path("problems")).isEmpty();
            }
        }
        assertThat(planned).as("rows that the plans delete").isEqualTo(expected.rows());
        assertSame(lake(), before);
        ids.forEach(erasing::approve);
        ids.forEach(id -> erasing.await(id, "done"));

        assertSame(lake(), expected.files());
        assertThat(addresses(people, true)).isEmpty();
        assertThat(addresses(people, false)).isEqualTo(everybodyElse);
        List<DevUser> everybody = List.copyOf(people.values());
        themis.await(themis.ask(everybody.get(1).emailAddress()), "unknown-subject");
        assertNothingIsFound(everybody.get(0));

        // An old copy of the lake comes back
        before.forEach((path, bytes) -> container().getBlobClient(path).upload(BinaryData.fromBytes(bytes), true));
        List<String> again = erasing.replay(backup);
        assertThat(again).hasSize(people.size());
        // The database does not say any more whose account it was
        again.forEach(erasing::approve);
        again.forEach(id -> erasing.await(id, "done"));
        assertSame(lake(), expected.files());
    }

    /** Even if the database has the person again. */
    private void assertNothingIsFound(DevUser person) {
        services.users().load(List.of(person));
        Map<String, byte[]> files = themis.packageOf(person.emailAddress());
        for (JsonNode dataset : Themis.manifest(files).path("datasets")) {
            boolean isBack = dataset.path("name").asText().equals("profile");
            assertThat(dataset.path("status").asText())
                    .as(dataset.path("name").asText())
                    .isEqualTo(isBack ? "complete" : "nothing found");
        }
    }

    /** The users whom the sample company has, and then anybody with an account. */
    private List<String> sampleAccounts(Map<String, byte[]> lake) throws SQLException {
        Set<String> accounts = new LinkedHashSet<>(query("SELECT account_id FROM users WHERE account_id IS NOT NULL"));
        accounts.addAll(accounts(lake, path -> !isOfTheDump(path)));
        return List.copyOf(accounts);
    }

    private List<String> dumpAccounts(Map<String, byte[]> lake) {
        return List.copyOf(accounts(lake, ErasureIT::isOfTheDump));
    }

    private static Set<String> accounts(Map<String, byte[]> lake, java.util.function.Predicate<String> isWanted) {
        List<String> accounts = new ArrayList<>();
        lake.forEach((path, bytes) -> {
            if (path.endsWith("/Users.xml") && isWanted.test(path)) {
                Matcher matcher = ACCOUNT.matcher(new String(bytes, UTF_8));
                while (matcher.find()) {
                    accounts.add(matcher.group(1));
                }
            }
        });
        // The oldest accounts have most rows
        List<String> shuffled = new ArrayList<>(accounts.subList(Math.min(20, accounts.size()), accounts.size()));
        Collections.shuffle(shuffled, new Random(17));
        Set<String> chosen = new LinkedHashSet<>(accounts.subList(0, Math.min(20, accounts.size())));
        chosen.addAll(shuffled);
        return chosen;
    }

    /** Adds people by their accounts, and has the users database know them. */
    private void choose(List<String> accounts, int number, Map<String, DevUser> people) throws SQLException {
        Map<String, String> known = new TreeMap<>();
        for (String row : query("SELECT account_id || ' ' || email_address FROM users WHERE account_id IS NOT NULL")) {
            known.put(row.replaceAll(" .*", ""), row.replaceAll("^\\S+ ", ""));
        }
        List<DevUser> strangers = new ArrayList<>();
        accounts.stream()
                .filter(account -> !people.containsKey(account))
                .limit(number)
                .toList()
                .forEach(account -> {
                    DevUser person = new DevUser(
                            known.getOrDefault(account, "erased-" + account + "@example.org"),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            Long.valueOf(account));
                    people.put(account, person);
                    if (!known.containsKey(account)) {
                        strangers.add(person);
                    }
                });
        services.users().load(strangers);
    }

    private List<String> addresses(Map<String, DevUser> people, boolean ofThem) throws SQLException {
        Set<String> theirs = new LinkedHashSet<>();
        people.values().forEach(person -> theirs.add(person.emailAddress()));
        return query("SELECT email_address FROM users ORDER BY email_address").stream()
                .filter(address -> theirs.contains(address) == ofThem)
                .toList();
    }

    private List<String> query(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection users = DriverManager.getConnection(
                        services.users().url(),
                        services.users().username(),
                        services.users().password());
                Statement statement = users.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private void loadTheDump() throws IOException {
        if (Files.isDirectory(DUMP)) {
            try (Stream<Path> files = Files.walk(DUMP, 2)) {
                files.filter(ErasureIT::isTable)
                        .forEach(file -> container()
                                .getBlobClient(DUMP.relativize(file).toString())
                                .uploadFromFile(file.toString(), true));
            }
        }
    }

    private static boolean isTable(Path file) {
        return file.toString().endsWith(".xml");
    }

    private static boolean isOfTheDump(String path) {
        return Files.exists(DUMP.resolve(path));
    }

    private Map<String, byte[]> lake() {
        Map<String, byte[]> files = new TreeMap<>();
        for (BlobItem blob : container().listBlobs()) {
            files.put(
                    blob.getName(),
                    container().getBlobClient(blob.getName()).downloadContent().toBytes());
        }
        return files;
    }

    private BlobContainerClient container() {
        return services.azurite().client().getBlobContainerClient("lake");
    }

    private static void assertSame(Map<String, byte[]> now, Map<String, byte[]> expected) {
        assertThat(now.keySet()).isEqualTo(expected.keySet());
        now.forEach((path, bytes) -> assertThat(bytes).as(path).isEqualTo(expected.get(path)));
    }
}
