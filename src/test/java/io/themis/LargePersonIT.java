package io.themis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.export.MachineTool;
import io.themis.request.DataSubjectRequest;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/** Somebody whose package is larger than one zip may be. */
@ThemisTest
@Import(LargePersonIT.Calls.class)
@TestPropertySource(
        properties = {
            "themis.data-map=classpath:datamap/large-person.yaml",
            "themis.delivery.part-size=1MB",
        })
class LargePersonIT {

    private static final int PART_SIZE = 1024 * 1024;
    private static final Pattern LINK = Pattern.compile("https?://\\S+");

    /** More than one zip holds, from each source. */
    private static final int ROWS = 3000;

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    @Autowired
    JdbcClient database;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final String address = "large-" + UUID.randomUUID() + "@example.org";

    /** A system of the company's own, which also leaves a zip of an attempt before. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Calls {

        @Bean
        RouteBuilder calls(DevServices services) {
            return new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:calls").process(exchange -> {
                        DataSubjectRequest request = exchange.getVariable("request", DataSubjectRequest.class);
                        packages(services)
                                .getBlobClient(request.id() + "-9-of-9.zip")
                                .upload(BinaryData.fromString("an attempt before needed more zips"), true);
                        exchange.getMessage().setBody(rows("call").iterator());
                    });
                }
            };
        }
    }

    @BeforeEach
    void fillTheLake() {
        services.users().load(List.of(new DevUser(address, "Lea", "Lea", "Large", null, null, null, account)));
        StringBuilder letters = new StringBuilder();
        for (Map<String, Object> row : rows("letter")) {
            letters.append(json(row).replaceFirst("}$", ",\"account\":%d}\n".formatted(account)));
            letters.append("{\"n\":0,\"text\":\"somebody else's\",\"account\":7}\n");
        }
        lake.put("large-person/oslo/letters.jsonl", letters.toString());
        lake.put(
                "large-person/bergen/letters.jsonl",
                "{\"n\":1,\"text\":\"short\",\"account\":%d}\n".formatted(account));
    }

    @AfterEach
    void emptyTheLake() {
        lake.empty("large-person/");
    }

    @Test
    void theMailBringsALinkForEachZipWhichTogetherHoldEveryRowAndEndTogether() throws Exception {
        String id = themis.ask(address);
        themis.await(id, "delivered");
        List<URI> links = links(themis.mails(id, address).get(1));
        assertThat(links).hasSizeGreaterThan(6);

        Map<String, Path> zips = download(links);
        List<String> names = IntStream.rangeClosed(1, links.size())
                .mapToObj(number -> "%s-%d-of-%d.zip".formatted(id, number, links.size()))
                .toList();
        assertThat(zips.keySet())
                .containsExactlyElementsOf(
                        names.stream().map(name -> "personal-data-" + name).toList());
        assertThat(stored(id)).containsExactlyInAnyOrderElementsOf(names);
        assertThat(zips.values()).allSatisfy(LargePersonIT::keepsTheLimitAndOpensByItself);

        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        for (Path zip : zips.values()) {
            MachineTool.run(folder, "unzip", "-tqq", zip.toString());
            MachineTool.run(
                    folder,
                    "python3",
                    "-c",
                    "import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip())",
                    zip.toString());
            MachineTool.run(unpacked, "unzip", "-qqn", zip.toString());
        }
        MachineTool.run(unpacked, "sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS");

        JsonNode manifest = Themis.json(Files.readString(unpacked.resolve("manifest.json")));
        assertThat(rows(unpacked, manifest, "payments")).isEqualTo(payments());
        assertThat(rows(unpacked, manifest, "calls"))
                .isEqualTo(rows("call").stream().map(LargePersonIT::json).toList());
        List<String> letters =
                new ArrayList<>(List.of("{\"n\":1,\"text\":\"short\",\"account\":%d}".formatted(account)));
        rows("letter").forEach(row -> letters.add(json(row).replaceFirst("}$", ",\"account\":%d}".formatted(account))));
        assertThat(rows(unpacked, manifest, "letters")).isEqualTo(letters);

        everyoneIsToldOfEveryZip(id, names);
        whenTheLinksEndEveryZipIsGone(id, links);
    }

    private void everyoneIsToldOfEveryZip(String id, List<String> names) {
        JsonNode shown = themis.request(id).required("package");
        assertThat(shown.has("sha256")).isFalse();
        assertThat(shown.required("parts"))
                .extracting(part -> part.required("name").textValue())
                .containsExactlyElementsOf(names);
    }

    private void whenTheLinksEndEveryZipIsGone(String id, List<URI> links) {
        assertThat(database.sql("UPDATE scheduled_tasks SET execution_time = now() WHERE task_instance = ?")
                        .param(id + "/expire-package")
                        .update())
                .isOne();
        themis.await(id, "expired");

        assertThat(stored(id)).isEmpty();
        assertThat(links)
                .allSatisfy(link ->
                        assertThat(themis.follow("GET", link).statusCode()).isEqualTo(404));
    }

    private static void keepsTheLimitAndOpensByItself(Path path) throws IOException {
        long unpacked = 0;
        try (ZipFile zip = new ZipFile(path.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                unpacked += zip.getInputStream(entry).readAllBytes().length;
            }
        }
        assertThat(unpacked).isBetween(1L, (long) PART_SIZE);
    }

    /** By the name under which a browser saves each. */
    private Map<String, Path> download(List<URI> links) throws Exception {
        Map<String, Path> zips = new LinkedHashMap<>();
        for (URI link : links) {
            Path target = folder.resolve("zip-" + zips.size());
            HttpResponse<Path> response = http.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofFile(target));
            assertThat(response.statusCode()).isEqualTo(200);
            String disposition =
                    response.headers().firstValue("Content-Disposition").orElseThrow();
            zips.put(disposition.replaceAll("^attachment; filename=\"(.*)\"$", "$1"), target);
        }
        return zips;
    }

    private static List<URI> links(MimeMessage mail) {
        List<URI> links = LINK.matcher(Themis.body(mail, "text/plain"))
                .results()
                .map(link -> URI.create(link.group()))
                .toList();
        assertThat(links)
                .allSatisfy(link -> assertThat(Themis.body(mail, "text/html"))
                        .contains("href=\"" + link.toString().replace("&", "&amp;") + "\""));
        return links;
    }

    /** Of a dataset, in the order in which the manifest names its files. */
    private static List<String> rows(Path unpacked, JsonNode manifest, String name) throws IOException {
        List<String> rows = new ArrayList<>();
        for (JsonNode dataset : manifest.required("datasets")) {
            if (dataset.required("name").textValue().equals(name)) {
                for (JsonNode file : dataset.required("files")) {
                    rows.addAll(Files.readAllLines(unpacked.resolve(file.textValue()), UTF_8));
                }
            }
        }
        return rows;
    }

    private static List<String> payments() {
        return IntStream.rangeClosed(1, ROWS)
                .mapToObj(n -> json(Map.of("n", n, "text", "payment ".repeat(60))))
                .toList();
    }

    private static List<Map<String, Object>> rows(String kind) {
        return IntStream.rangeClosed(1, ROWS)
                .<Map<String, Object>>mapToObj(n -> {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("n", n);
                    row.put("text", (kind + " " + n + " ").repeat(40));
                    return row;
                })
                .toList();
    }

    private static String json(Map<String, Object> row) {
        return "{\"n\":%s,\"text\":\"%s\"}".formatted(row.get("n"), row.get("text"));
    }

    private List<String> stored(String id) {
        return packages(services).listBlobs(new ListBlobsOptions().setPrefix(id), null).stream()
                .map(BlobItem::getName)
                .toList();
    }

    private static BlobContainerClient packages(DevServices services) {
        return services.azurite().client().getBlobContainerClient("packages");
    }
}
