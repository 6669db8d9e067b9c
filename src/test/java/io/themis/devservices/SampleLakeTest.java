package io.themis.devservices;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleLakeTest {

    private static final int DEFAULT_SIZE = 500;
    private static final List<String> SITES = List.of("bicycles.example", "maps.example", "tea.example");
    private static final SampleLake LAKE = new SampleLake(DEFAULT_SIZE);
    private static final Map<String, byte[]> FILES = bytesOf(LAKE);
    private static final Map<String, StackExchangeRows.Source> SOURCES = sourcesOf(FILES);

    static Set<String> paths() {
        return FILES.keySet();
    }

    @Test
    void holdsEveryTableOfThreeSites() {
        Set<String> expected = SITES.stream()
                .flatMap(site -> Stream.of(
                                "Users", "Posts", "Comments", "Badges", "Votes", "PostHistory", "PostLinks", "Tags")
                        .map(table -> site + "/" + table + ".xml"))
                .collect(toSet());

        assertThat(LAKE.paths()).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expected);
        assertThat(paths()).allSatisfy(path -> assertThat(rows(path)).isNotEmpty());
    }

    @Test
    void writesTheSameBytesOnAnotherMachine() throws Exception {
        assertThat(digestInAnotherMachine("-Duser.language=ar", "-Duser.country=EG", "-Duser.timezone=Asia/Kolkata"))
                .isEqualTo(digest(LAKE));
        assertThat(digestInAnotherMachine("-Duser.language=tr", "-Dfile.encoding=ISO-8859-1", "-Dline.separator=\r\n"))
                .isEqualTo(digest(LAKE));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void hasTheFormOfADump(String path) {
        byte[] bytes = FILES.get(path);
        String table = path.substring(path.indexOf('/') + 1, path.indexOf('.', path.indexOf('/')));
        String root = table.toLowerCase();
        String lineEnd = path.startsWith("bicycles.example") ? "\r\n" : "\n";
        String file = new String(bytes, StandardCharsets.UTF_8);

        assertThat(HexFormat.of().formatHex(bytes, 0, 3)).isEqualTo("efbbbf");
        assertThat(file)
                .startsWith("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>" + lineEnd + "<" + root + ">" + lineEnd)
                .endsWith(lineEnd + "</" + root + ">" + lineEnd)
                .doesNotContain("\uFFFD");
        List<String> lines = List.of(file.split(lineEnd, -1));
        String text = "[^\"<>&\\r\\n\\t]*+";
        String value = "(?!\")" + text + "(?:&(?:lt|gt|quot|amp|#xA|#xD);" + text + ")*+";
        Pattern row = Pattern.compile("  <row(?: [A-Z]\\w*=\"" + value + "\")++ />");
        assertThat(lines.subList(2, lines.size() - 2))
                .allMatch(line -> row.matcher(line).matches());
        assertThat(rows(path)).hasSize(lines.size() - 4);
    }

    @ParameterizedTest
    @MethodSource("paths")
    void numbersRowsOnce(String path) {
        assertThat(rows(path)).extracting(row -> row.get("Id")).doesNotHaveDuplicates();
    }

    @Test
    void usesEveryEscapeThatRealDumpsUse() {
        String all = FILES.values().stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .reduce("", String::concat);

        assertThat(all).contains("&lt;p&gt;", "&quot;", "&#xA;", "&#xD;&#xA;", "&amp;amp;", "&amp;lt;", "'", "🍵", "李");
    }

    @Test
    void hasTheColumnsOfThreeYears() {
        assertThat(columns("tea.example/Users")).contains("Age", "ProfileImageUrl");
        assertThat(columns("bicycles.example/Users")).doesNotContain("Age", "ProfileImageUrl");
        assertThat(columns("maps.example/Users")).doesNotContain("Age", "ProfileImageUrl");
        for (String table : List.of("Posts", "Comments", "PostHistory")) {
            assertThat(rows("maps.example/" + table + ".xml")).allMatch(row -> row.containsKey("ContentLicense"));
            assertThat(columns("tea.example/" + table)).doesNotContain("ContentLicense");
        }
    }

    @Test
    void hasTheRobotOnEverySite() {
        for (String site : SITES) {
            assertThat(rows(site + "/Users.xml").get(0))
                    .containsEntry("Id", "-1")
                    .containsEntry("AccountId", "-1")
                    .containsEntry("DisplayName", "Community");
        }
    }

    @Test
    void namesAnAuthorWhoseAccountIsDeletedByNameOnly() {
        for (String site : SITES) {
            assertThat(rows(site + "/Posts.xml"))
                    .allMatch(row -> row.containsKey("OwnerUserId") || row.containsKey("OwnerDisplayName"))
                    .anyMatch(row -> !row.containsKey("OwnerUserId"));
            for (String table : List.of("Comments", "PostHistory")) {
                assertThat(rows(site + "/" + table + ".xml"))
                        .allMatch(row -> row.containsKey("UserId") != row.containsKey("UserDisplayName"))
                        .anyMatch(row -> !row.containsKey("UserId"));
            }
        }
        assertThat(everyRow("Posts"))
                .anyMatch(row -> row.containsKey("OwnerUserId") && row.containsKey("OwnerDisplayName"))
                .anyMatch(row -> !row.containsKey("OwnerUserId")
                        && LAKE.samplePerson().displayName().equals(row.get("OwnerDisplayName")));
    }

    @Test
    void saysWhoVotedForBountiesAndFavouritesOnly() {
        for (String site : SITES) {
            assertThat(rows(site + "/Votes.xml"))
                    .allMatch(
                            row -> row.containsKey("UserId") == Set.of("5", "8").contains(row.get("VoteTypeId")))
                    .allMatch(row -> row.get("CreationDate").endsWith("T00:00:00.000"));
        }
    }

    @Test
    void hasPostsEditedByTheirOwnersAndByOthers() {
        assertThat(everyRow("Posts"))
                .anyMatch(row -> row.containsKey("LastEditorUserId")
                        && row.get("LastEditorUserId").equals(row.get("OwnerUserId")))
                .anyMatch(row -> row.containsKey("LastEditorUserId")
                        && row.containsKey("OwnerUserId")
                        && !row.get("LastEditorUserId").equals(row.get("OwnerUserId")));
    }

    @Test
    void hasBodiesFromAFewBytesToTensOfKilobytes() {
        List<Integer> lengths = everyRow("Posts").stream()
                .map(row -> row.get("Body").getBytes(StandardCharsets.UTF_8).length)
                .toList();

        assertThat(lengths).anyMatch(length -> length < 20).anyMatch(length -> length > 20_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bicycles.example", "maps.example", "tea.example"})
    void refersOnlyToWhatIsThere(String site) {
        Set<String> users = ids(site, "Users");
        Map<String, Map<String, String>> posts =
                rows(site + "/Posts.xml").stream().collect(toMap(row -> row.get("Id"), row -> row));
        Map<String, List<Map<String, String>>> answers = posts.values().stream()
                .filter(post -> post.containsKey("ParentId"))
                .collect(groupingBy(post -> post.get("ParentId")));

        assertThat(posts.values()).allSatisfy(post -> {
            assertKnown(post.get("OwnerUserId"), users);
            assertKnown(post.get("LastEditorUserId"), users);
            if (post.get("PostTypeId").equals("1")) {
                List<Map<String, String>> given = answers.getOrDefault(post.get("Id"), List.of());
                assertThat(post).containsEntry("AnswerCount", Integer.toString(given.size()));
                if (post.containsKey("AcceptedAnswerId")) {
                    assertThat(given).anyMatch(answer -> answer.get("Id").equals(post.get("AcceptedAnswerId")));
                }
            }
        });
        for (String table : List.of("Comments", "Votes", "PostHistory", "PostLinks")) {
            assertThat(rows(site + "/" + table + ".xml")).allSatisfy(row -> {
                assertKnown(row.get("UserId"), users);
                assertKnown(row.get("PostId"), posts.keySet());
                assertKnown(row.get("RelatedPostId"), posts.keySet());
            });
        }
        assertThat(rows(site + "/Badges.xml")).allSatisfy(row -> assertKnown(row.get("UserId"), users));
        assertThat(rows(site + "/Tags.xml")).allSatisfy(tag -> {
            assertKnown(tag.get("ExcerptPostId"), posts.keySet());
            assertThat(posts.values())
                    .filteredOn(post -> post.getOrDefault("Tags", "").contains("<" + tag.get("TagName") + ">"))
                    .hasSize(Integer.parseInt(tag.get("Count")));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"bicycles.example", "maps.example", "tea.example"})
    void countsVotesAndCommentsAsItWritesThem(String site) {
        Map<String, List<Map<String, String>>> votes =
                rows(site + "/Votes.xml").stream().collect(groupingBy(row -> row.get("PostId")));
        Map<String, List<Map<String, String>>> comments =
                rows(site + "/Comments.xml").stream().collect(groupingBy(row -> row.get("PostId")));

        assertThat(rows(site + "/Posts.xml")).allSatisfy(post -> {
            List<String> types = votes.getOrDefault(post.get("Id"), List.of()).stream()
                    .map(vote -> vote.get("VoteTypeId"))
                    .toList();
            assertThat(types.stream().filter("2"::equals).count()
                            - types.stream().filter("3"::equals).count())
                    .isEqualTo(Long.parseLong(post.get("Score")));
            assertThat(types.stream().filter("5"::equals).count())
                    .isEqualTo(Long.parseLong(post.getOrDefault("FavoriteCount", "0")));
            assertThat(comments.getOrDefault(post.get("Id"), List.of()))
                    .hasSize(Integer.parseInt(post.get("CommentCount")));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"bicycles.example", "maps.example", "tea.example"})
    void letsNobodyWriteBeforeJoining(String site) {
        Map<String, String> joined =
                rows(site + "/Users.xml").stream().collect(toMap(row -> row.get("Id"), row -> row.get("CreationDate")));

        assertThat(rows(site + "/Posts.xml"))
                .filteredOn(row -> row.containsKey("OwnerUserId"))
                .allSatisfy(
                        row -> assertThat(row.get("CreationDate")).isGreaterThan(joined.get(row.get("OwnerUserId"))));
        assertThat(rows(site + "/Comments.xml"))
                .filteredOn(row -> row.containsKey("UserId"))
                .allSatisfy(row -> assertThat(row.get("CreationDate")).isGreaterThan(joined.get(row.get("UserId"))));
    }

    @Test
    void keepsTheTypedTextOfEveryRevision() {
        for (String site : SITES) {
            Set<String> typed = ids(site, "Posts");
            rows(site + "/PostHistory.xml").stream()
                    .filter(row -> row.get("PostHistoryTypeId").equals("2"))
                    .forEach(row -> typed.remove(row.get("PostId")));
            assertThat(typed)
                    .as("posts without a first revision, tag excerpts apart")
                    .isEqualTo(rows(site + "/Posts.xml").stream()
                            .filter(post -> post.get("PostTypeId").equals("4"))
                            .map(post -> post.get("Id"))
                            .collect(toSet()));
            assertThat(rows(site + "/PostHistory.xml"))
                    .allMatch(row -> row.get("RevisionGUID").matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
        }
    }

    @Test
    void knowsDozensOfPeopleWhoseAccountsAgreeWithTheLake() {
        List<DevUser> users = LAKE.users();
        Map<String, List<Map<String, String>>> accounts =
                everyRow("Users").stream().collect(groupingBy(row -> row.get("AccountId")));

        assertThat(users).hasSizeBetween(24, 60);
        assertThat(users)
                .extracting(user -> user.emailAddress().toLowerCase())
                .doesNotHaveDuplicates()
                .allMatch(address -> address.endsWith("@example.org") || address.endsWith("@example.com"));
        assertThat(users)
                .filteredOn(user -> user.accountId() != null)
                .extracting(DevUser::accountId)
                .doesNotHaveDuplicates();
        assertThat(users)
                .allSatisfy(user -> assertThat(accounts.getOrDefault("" + user.accountId(), List.of()))
                        .allMatch(row -> row.get("DisplayName").equals(user.displayName())));
        assertThat(accounts.keySet()).hasSizeGreaterThan(3 * users.size());
    }

    @Test
    void givesNobodyTwoAccountsOnASite() {
        for (String site : SITES) {
            assertThat(rows(site + "/Users.xml"))
                    .extracting(row -> row.get("AccountId"))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void hasSeveralPeopleOfTheSameName() {
        Map<String, Set<String>> accountsByName = everyRow("Users").stream()
                .collect(groupingBy(row -> row.get("DisplayName"), mapping(row -> row.get("AccountId"), toSet())));
        Map<String, List<DevUser>> usersByName = LAKE.users().stream().collect(groupingBy(DevUser::displayName));

        assertThat(accountsByName.get("Maja Lindholm")).hasSizeGreaterThanOrEqualTo(4);
        assertThat(accountsByName.get("Daniel Weber")).hasSizeGreaterThanOrEqualTo(5);
        assertThat(usersByName.get("Maja Lindholm")).hasSize(3);
        assertThat(usersByName.get("Daniel Weber")).hasSize(3);
    }

    @Test
    void hasAccountIdsThatArePartsOfOneAnother() {
        Set<String> accounts =
                everyRow("Users").stream().map(row -> row.get("AccountId")).collect(toSet());

        assertThat(accounts).contains("1234", "12345", "112345", "2345");
        assertThat(LAKE.samplePerson().accountId()).isEqualTo(12345);
    }

    @Test
    void givesTheSameUserIdToDifferentPeopleOnDifferentSites() {
        Map<String, String> tea = accountsById("tea.example");
        Map<String, String> bicycles = accountsById("bicycles.example");
        Map<String, String> maps = accountsById("maps.example");
        Map<String, String> idsOfTheSamplePerson = new TreeMap<>();
        for (String site : SITES) {
            accountsById(site).forEach((id, account) -> {
                if (account.equals("12345")) {
                    idsOfTheSamplePerson.put(site, id);
                }
            });
        }

        assertThat(idsOfTheSamplePerson.values()).hasSize(3).doesNotHaveDuplicates();
        assertThat(idsOfTheSamplePerson.values())
                .allSatisfy(id -> assertThat(List.of(tea.get(id), bicycles.get(id), maps.get(id)))
                        .doesNotHaveDuplicates());
        assertThat(tea).as("a network account with the same number").containsEntry("42", "1234");
        assertThat(maps).containsEntry("13", "42");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 137, 500, 1000})
    void hasRowsOfTheSamplePersonInEveryTableWhateverTheSize(int size) throws IOException, XMLStreamException {
        SampleLake lake = new SampleLake(size);
        Set<String> found = StackExchangeRows.ofPerson(
                        sourcesOf(bytesOf(lake)), lake.samplePerson().accountId())
                .keySet();

        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(SITES.stream()
                        .flatMap(site -> Stream.of("Users", "Posts", "Comments", "Badges", "Votes", "PostHistory")
                                .map(table -> site + "/" + table))
                        .toList());
        assertThat(lake.users()).contains(lake.samplePerson());
    }

    @Test
    void hasPeopleWithHundredsOfRowsWithOneAndWithNone() {
        Map<String, Integer> rows = LAKE.users().stream()
                .filter(user -> user.accountId() != null)
                .collect(toMap(
                        DevUser::emailAddress,
                        user -> personRows(user).values().stream()
                                .mapToInt(List::size)
                                .sum()));

        assertThat(rows.get("thomas.okafor@example.com")).isGreaterThan(500);
        assertThat(rows.get("greta.holm@example.org")).isEqualTo(1);
        assertThat(rows.get("ivan.petrov@example.org")).isZero();
        assertThat(rows.values()).filteredOn(count -> count < 2).hasSize(2);
        assertThat(LAKE.users()).filteredOn(user -> user.accountId() == null).hasSize(1);
    }

    @Test
    void growsWithItsSize() {
        Map<String, byte[]> larger = bytesOf(new SampleLake(2 * DEFAULT_SIZE));

        assertThat(paths())
                .filteredOn(path -> !path.endsWith("/Tags.xml"))
                .allSatisfy(path -> assertThat(larger.get(path)).hasSizeGreaterThan(FILES.get(path).length));
        assertThat(rows("tea.example/Posts.xml"))
                .filteredOn(post -> Set.of("1", "2").contains(post.get("PostTypeId")))
                .hasSize(DEFAULT_SIZE);
    }

    /** Two thousand million posts fit in no memory: the first megabytes come because nothing is kept or made ahead. */
    @ParameterizedTest
    @ValueSource(strings = {"Users", "Posts", "Comments", "Badges", "Votes", "PostHistory", "PostLinks"})
    void writesRowsAsItGoes(String table) {
        SampleLake endless = new SampleLake(Integer.MAX_VALUE);
        OutputStream full = new OutputStream() {
            private int room = 2_000_000;

            @Override
            public void write(int b) throws IOException {
                if (room-- == 0) {
                    throw new IOException("2 MB are written");
                }
            }
        };

        assertThatThrownBy(() -> endless.write("tea.example/" + table + ".xml", full))
                .hasMessage("2 MB are written");
    }

    @Test
    void leavesTheStreamOpen() throws IOException {
        boolean[] closed = {false};
        LAKE.write("tea.example/Tags.xml", new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        });

        assertThat(closed[0]).isFalse();
    }

    @Test
    void refusesASizeTooSmallAndAFileItHasNot() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SampleLake(99))
                .withMessageContaining("at least 100")
                .withMessageContaining("99");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LAKE.write("tea.example/Nothing.xml", OutputStream.nullOutputStream()))
                .withMessageContaining("tea.example/Nothing.xml");
    }

    /** Run in another JVM: prints the digest of the lake's bytes. */
    private static final class AnotherMachine implements Runnable {

        @Override
        public void run() {
            try {
                new PrintStream(System.out, true, StandardCharsets.US_ASCII)
                        .print(digest(new SampleLake(DEFAULT_SIZE)));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String digestInAnotherMachine(String... options) throws Exception {
        Process process = AnotherJvm.start(AnotherMachine.class, options);
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        return printed;
    }

    private static String digest(SampleLake lake) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            for (String path : lake.paths()) {
                out.write(path.getBytes(StandardCharsets.UTF_8));
                lake.write(path, out);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static Map<String, byte[]> bytesOf(SampleLake lake) {
        Map<String, byte[]> files = new TreeMap<>();
        for (String path : lake.paths()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try {
                lake.write(path, out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            files.put(path, out.toByteArray());
        }
        return files;
    }

    private static Map<String, StackExchangeRows.Source> sourcesOf(Map<String, byte[]> files) {
        Map<String, StackExchangeRows.Source> sources = new TreeMap<>();
        files.forEach((path, bytes) -> sources.put(path, () -> new ByteArrayInputStream(bytes)));
        return sources;
    }

    private static List<Map<String, String>> rows(String path) {
        try {
            return StackExchangeRows.of(SOURCES.get(path));
        } catch (IOException | XMLStreamException e) {
            throw new AssertionError(path, e);
        }
    }

    private static List<Map<String, String>> everyRow(String table) {
        return SITES.stream()
                .flatMap(site -> rows(site + "/" + table + ".xml").stream())
                .toList();
    }

    private static Map<String, List<Map<String, String>>> personRows(DevUser user) {
        try {
            return StackExchangeRows.ofPerson(SOURCES, user.accountId());
        } catch (IOException | XMLStreamException e) {
            throw new AssertionError(e);
        }
    }

    private static Set<String> columns(String table) {
        return rows(table + ".xml").stream()
                .flatMap(row -> row.keySet().stream())
                .collect(toSet());
    }

    private static Set<String> ids(String site, String table) {
        return new HashSet<>(rows(site + "/" + table + ".xml").stream()
                .map(row -> row.get("Id"))
                .toList());
    }

    private static Map<String, String> accountsById(String site) {
        return rows(site + "/Users.xml").stream().collect(toMap(row -> row.get("Id"), row -> row.get("AccountId")));
    }

    private static void assertKnown(String id, Set<String> known) {
        if (id != null) {
            assertThat(known).contains(id);
        }
    }
}
