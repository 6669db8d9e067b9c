package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * What is known of a file from the first person's request is used for the next one's, as long as the file is the same. Ann asks
 * first, then something happens to the lake or to the index, then Ben asks.
 */
@ThemisTest
class ChangingLakeIT {

    private static final int ROWS = 6_000;
    private static final String FILLER = "nothing of theirs ".repeat(20);

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    @Autowired
    MeterRegistry meters;

    private final String site = UUID.randomUUID() + ".example.org";
    private final long number = 8_000_000_000L + Math.abs(UUID.randomUUID().getMostSignificantBits() % 1_000_000_000L);
    private final String ann = "ann-" + number + "@example.org";
    private final String ben = "ben-" + number + "@example.org";
    private List<String> posts;

    /** Ann is user 42 and has the posts 10 and 4,000; Ben is 43 and has 20, 21 and 5,000. */
    @BeforeEach
    void fillTheLakeAndLetAnnAsk() {
        services.users()
                .load(List.of(
                        new DevUser(ann, "Ann", "Ann", "Other", null, null, null, number),
                        new DevUser(ben, "Ben", "Ben", "Other", null, null, null, number + 1)));
        lake.putRows(path("Users"), List.of(user(42, number), user(43, number + 1)));
        posts = new ArrayList<>();
        for (int id = 1; id <= ROWS; id++) {
            posts.add(post(
                    id,
                    List.of(10, 4000).contains(id) ? 42 : List.of(20, 21, 5000).contains(id) ? 43 : 7));
        }
        lake.putRows(path("Posts"), posts);
        assertThat(ids(themis.packageOf(ann), "posts")).containsExactly("10", "4000");
    }

    @AfterEach
    void emptyTheLake() {
        lake.empty(site + "/");
    }

    @Test
    void theNextPersonIsFoundWithoutReadingTheFileAgain() {
        double before = readOfPosts();

        assertThat(ids(themis.packageOf(ben), "posts")).containsExactly("20", "21", "5000");

        long length = lake.file(path("Posts")).getProperties().getBlobSize();
        assertThat(readOfPosts() - before).isPositive().isLessThan(length / 10.0);
    }

    @Test
    void aPackageSaysThatTheWholeFileWasSearchedWhicheverWay() {
        long length = lake.file(path("Posts")).getProperties().getBlobSize();

        JsonNode searched = Themis.dataset(themis.packageOf(ben), "posts").path("searched");

        assertThat(searched.path("files").asLong()).isEqualTo(1);
        assertThat(searched.path("bytes").asLong()).isEqualTo(length);
    }

    @Test
    void rowsThatWereAppendedAreFound() {
        posts.add(post(6001, 43));
        lake.putRows(path("Posts"), posts);

        assertThat(ids(themis.packageOf(ben), "posts")).containsExactly("20", "21", "5000", "6001");
    }

    @Test
    void ofAFileThatWasReplacedByOneOfTheSameLengthTheNewRowsAreFound() {
        posts.set(4999, post(5000, 44));
        posts.set(2999, post(3000, 43).replaceFirst("\"nothing", "\"othing"));
        lake.putRows(path("Posts"), posts);

        assertThat(ids(themis.packageOf(ben), "posts")).containsExactly("20", "21", "3000");
    }

    @Test
    void rowsThatAreGoneAreInNoPackage() {
        lake.putRows(path("Posts"), posts.subList(0, 3000));

        Map<String, byte[]> files = themis.packageOf(ben);

        assertThat(ids(files, "posts")).containsExactly("20", "21");
        assertThat(Themis.dataset(files, "posts").path("status").asText()).isEqualTo("complete");
    }

    @Test
    void aFileThatWasCutOffIsPartial() {
        byte[] whole = lake.file(path("Posts")).downloadContent().toBytes();
        lake.put(path("Posts"), Arrays.copyOf(whole, whole.length / 2));

        Map<String, byte[]> files = themis.packageOf(ben);

        assertThat(ids(files, "posts")).containsExactly("20", "21");
        assertThat(Themis.dataset(files, "posts").path("status").asText()).isEqualTo("partial");
    }

    @Test
    void aFileThatWasDeletedIsSearchedNoMore() {
        lake.file(path("Posts")).delete();

        Map<String, byte[]> files = themis.packageOf(ben);

        assertThat(Themis.dataset(files, "posts").path("status").asText()).isEqualTo("nothing found");
        assertThat(files).doesNotContainKey("data/posts/" + site + ".jsonl");
    }

    @Test
    void aNewFileIsSearchedAlthoughTheOthersAreKnown() {
        lake.putRows(path("Comments"), List.of("<row Id=\"5\" UserId=\"43\" Text=\"new\" />"));

        Map<String, byte[]> files = themis.packageOf(ben);

        assertThat(ids(files, "comments")).containsExactly("5");
        assertThat(ids(files, "posts")).containsExactly("20", "21", "5000");
    }

    @Test
    void anIndexThatIsDamagedOrGoneCostsTimeAndNoRows() {
        BlobContainerClient index = services.azurite().client().getBlobContainerClient("index");
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        int number = 0;
        for (String run : index.listBlobs().stream().map(blob -> blob.getName()).toList()) {
            switch (number++ % 3) {
                case 0 -> index.getBlobClient(run).upload(BinaryData.fromBytes(noise), true);
                case 1 -> {
                    byte[] whole = index.getBlobClient(run).downloadContent().toBytes();
                    whole[whole.length / 2] ^= 1;
                    index.getBlobClient(run).upload(BinaryData.fromBytes(whole), true);
                }
                default -> index.getBlobClient(run).delete();
            }
        }
        assertThat(number).isPositive();

        Map<String, byte[]> files = themis.packageOf(ben);

        assertThat(ids(files, "posts")).containsExactly("20", "21", "5000");
        assertThat(Themis.dataset(files, "posts").path("status").asText()).isEqualTo("complete");
    }

    @Test
    void theIndexHoldsNoKeyInClear() {
        BlobContainerClient index = services.azurite().client().getBlobContainerClient("index");
        assertThat(index.listBlobs())
                .isNotEmpty()
                .allSatisfy(run -> assertThat(new String(
                                index.getBlobClient(run.getName())
                                        .downloadContent()
                                        .toBytes(),
                                StandardCharsets.ISO_8859_1))
                        .doesNotContain(ann, String.valueOf(number)));
    }

    private double readOfPosts() {
        return meters.get("themis.lake.read").tag("dataset", "posts").counter().count();
    }

    private String path(String table) {
        return site + "/" + table + ".xml";
    }

    private static String user(int id, long account) {
        return "<row Id=\"%d\" AccountId=\"%d\" DisplayName=\"Somebody\" />".formatted(id, account);
    }

    private static String post(int id, int owner) {
        return "<row Id=\"%d\" OwnerUserId=\"%d\" Body=\"%s\" />".formatted(id, owner, FILLER);
    }

    private List<String> ids(Map<String, byte[]> files, String dataset) {
        return Themis.rows(files.get("data/" + dataset + "/" + site + ".jsonl")).stream()
                .map(row -> (String) row.get("Id"))
                .toList();
    }
}
