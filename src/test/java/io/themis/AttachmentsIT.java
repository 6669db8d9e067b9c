package io.themis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.models.AccessTier;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import java.net.URLDecoder;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Files of people in the lake, beside very similar ones of others. */
@ThemisTest
@TestPropertySource(properties = "themis.data-map=classpath:datamap/files.yaml")
class AttachmentsIT {

    private static final String OTHERS = "another person's";

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final String address = "sender-" + UUID.randomUUID() + "@example.org";
    private final String handle = "Cleo-" + UUID.randomUUID();
    private final Map<String, byte[]> own = new LinkedHashMap<>();

    @BeforeEach
    void fillTheLake() {
        services.users().load(List.of(new DevUser(address, handle, "Cleo", "Files", null, null, null, account)));
        for (String near : List.of(account + "3", "0" + account, (account + "").substring(1), account + " ", "x")) {
            upload("mailroom/" + near + "/invoice.pdf", OTHERS.getBytes(UTF_8), "application/pdf");
        }
        upload("mailroom/x/" + account + "/invoice.pdf", OTHERS.getBytes(UTF_8), "application/pdf");
        upload("mailroom-portraits/" + handle + "2.png", OTHERS.getBytes(UTF_8), "image/png");
    }

    @AfterEach
    void emptyTheLake() {
        lake.empty("mailroom");
    }

    @Test
    void everyFileOfThePersonIsInThePackageAsItIsStoredAndNoOther() throws Exception {
        byte[] large = new byte[9_000_000];
        new Random(1).nextBytes(large);
        own("scan.pdf", large);
        own("empty.bin", new byte[0]);
        for (String name : List.of(
                "Überweisung März \uD83D\uDE00.txt",
                "CON",
                "nul.txt",
                "trailing.",
                "blank ",
                "..\\..\\evil.txt",
                "x".repeat(200) + ".pdf",
                "Photo.jpg",
                "photo.jpg",
                "page.html",
                "drawing.SVG",
                "invoice.pdf.exe",
                "inv\u202Efdp.exe",
                "rows.jsonl",
                "100%25.txt",
                "letters",
                "letters/2020/a.txt",
                "letters/2021/a.txt")) {
            own(name, ("<script>alert(1)</script> this is " + name).getBytes(UTF_8));
        }
        byte[] portrait = "portrait".getBytes(UTF_8);
        upload("mailroom-portraits/" + handle.toUpperCase(Locale.ROOT) + ".png", portrait, "image/png");

        Map<String, byte[]> files = themis.packageOf(address);

        JsonNode manifest = Themis.manifest(files);
        assertThat(Themis.dataset(manifest, "attachments").path("status").asText())
                .isEqualTo("complete");
        List<Map<String, Object>> rows = Themis.rows(files.get("data/attachments.jsonl"));
        assertThat(rows).hasSize(own.size());
        for (Map<String, Object> row : rows) {
            String path = (String) row.get("path");
            String name = path.substring(("mailroom/" + account + "/").length());
            String file = (String) row.get("file");
            assertThat(own).containsKey(name);
            byte[] bytes = own.get(name);
            assertThat(row.keySet())
                    .containsExactly("customer", "name", "path", "bytes", "modified", "mediaType", "file");
            assertThat(row)
                    .containsEntry("customer", String.valueOf(account))
                    .containsEntry("name", name)
                    .containsEntry("bytes", (long) bytes.length)
                    .containsEntry("mediaType", "application/x-" + bytes.length);
            assertThat(Instant.parse((String) row.get("modified")))
                    .isEqualTo(lake.file(path).getProperties().getLastModified().toInstant());
            assertThat(files.get(file)).as(file).isEqualTo(bytes);
            JsonNode listed = listed(manifest, file);
            assertThat(listed.path("bytes").asLong()).isEqualTo(bytes.length);
            assertThat(listed.path("mediaType").asText()).isEqualTo("application/x-" + bytes.length);
            assertThat(listed.path("sha256").asText())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        }
        List<Map<String, Object>> portraits = Themis.rows(files.get("data/portraits.jsonl"));
        assertThat(portraits)
                .singleElement()
                .satisfies(
                        row -> assertThat(files.get((String) row.get("file"))).isEqualTo(portrait));

        Set<String> packed = files.keySet().stream()
                .filter(path -> path.startsWith("files/"))
                .collect(Collectors.toSet());
        assertThat(packed).hasSize(own.size() + 1).allSatisfy(AttachmentsIT::assertSafe);
        assertThat(packed.stream().map(path -> path.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()))
                .hasSize(packed.size());
        assertThat(packed).contains("files/attachments/%d/page.html.txt".formatted(account));
        files.forEach(
                (path, bytes) -> assertThat(new String(bytes, UTF_8)).as(path).doesNotContain(OTHERS));

        Document page = Jsoup.parse(Themis.text(files, "tables/attachments/1.html"));
        Set<String> linked = new TreeSet<>();
        for (Element link : page.select("td a[download]")) {
            assertThat(link.attr("href")).startsWith("../../files/attachments/");
            linked.add(URLDecoder.decode(link.attr("href").replace("+", "%2B"), UTF_8)
                    .substring("../../".length()));
        }
        assertThat(linked)
                .isEqualTo(rows.stream()
                        .map(row -> (String) row.get("file"))
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertThat(Themis.text(files, "data/attachments.csv")).contains(linked);
        assertThat(Themis.text(files, "README.txt")).contains("files/ ");
    }

    @Test
    void aFileThatTheLakeDoesNotHandOutIsMissedAndTheOthersStay() {
        own("first.txt", "first".getBytes(UTF_8));
        own("second.txt", "second".getBytes(UTF_8));
        lake.file("mailroom/" + account + "/second.txt").setAccessTier(AccessTier.ARCHIVE);

        Map<String, byte[]> files = themis.packageOf(address);

        JsonNode manifest = Themis.manifest(files);
        assertThat(Themis.dataset(manifest, "attachments").path("status").asText())
                .isEqualTo("partial");
        assertThat(manifest.path("datasets").toString())
                .contains("mailroom/{customer}/{*name}: the lake refused to hand out this file (HTTP 409)");
        assertThat(Themis.rows(files.get("data/attachments.jsonl")))
                .anySatisfy(row ->
                        assertThat(row).containsEntry("name", "second.txt").containsEntry("file", null));
        assertThat(files.keySet())
                .filteredOn(path -> path.startsWith("files/"))
                .containsExactly("files/attachments/%d/first.txt".formatted(account));
        assertThat(Themis.dataset(manifest, "portraits").path("status").asText())
                .isEqualTo("nothing found");
    }

    /** Microsoft: "Naming Files, Paths, and Namespaces". */
    private static void assertSafe(String path) {
        assertThat(path).hasSizeLessThan(180);
        assertThat(path.split("/"))
                .as(path)
                .allMatch(name -> name.matches("[A-Za-z0-9_%-][A-Za-z0-9._%-]*"))
                .noneMatch(name -> name.endsWith("."))
                .noneMatch(name -> name.matches("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?"));
    }

    private static JsonNode listed(JsonNode manifest, String path) {
        for (JsonNode file : manifest.path("files")) {
            if (file.path("path").asText().equals(path)) {
                return file;
            }
        }
        throw new AssertionError("the manifest does not list " + path);
    }

    private void own(String name, byte[] content) {
        own.put(name.replace('\\', '/'), content); // Azurite takes the one for the other
        upload("mailroom/" + account + "/" + name, content, "application/x-" + content.length);
    }

    private void upload(String path, byte[] content, String mediaType) {
        lake.put(path, content);
        lake.file(path).setHttpHeaders(new BlobHttpHeaders().setContentType(mediaType));
    }
}
