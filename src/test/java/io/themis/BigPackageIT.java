package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.devservices.ThemisDevApplication;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A package of 10 GB, and one in several zips, through an application that may use 512 MiB of heap, with the development parts in the
 * same JVM. It needs half an hour and 40 GB of disk, so it runs only with {@code mvn -Pbig verify}.
 */
@Tag("big")
class BigPackageIT {

    private static final String HEAP = "-Xmx512m";
    private static final String PERSON = "writer@example.org";
    private static final long GIGABYTE = 1_000_000_000;

    /** 32 MiB in the lake, 50 MB in the package: that has every row twice, as JSON Lines and as CSV, and a quarter of it deflates. */
    private static final int ROWS = 1024;

    private static final int BODY_LENGTH = 32 * 1024;
    private static final int NAMESAKES_EVERY = 100;
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .";

    private static final Duration PATIENCE = Duration.ofMinutes(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private Process application;

    @AfterEach
    void stop() throws InterruptedException {
        if (application != null) {
            application.destroy();
            if (!application.waitFor(60, TimeUnit.SECONDS)) {
                application.destroyForcibly();
            }
        }
    }

    /** @param thousandsOfRows see {@link #ROWS} */
    @ParameterizedTest
    @CsvSource({"200, 10, 100GB, false", "48, 2, 1GB, true"})
    void aLargePackagePassesWith512MiBOfHeap(
            int thousandsOfRows, int gigabytes, String partSize, boolean isInSeveralZips) throws Exception {
        Path gcLog = folder.resolve("gc.log");
        Map<String, String> addresses = start(lake(thousandsOfRows * ROWS), people(), gcLog, partSize);
        Instant asked = Instant.now();

        String location = ask(addresses.get("api"));
        JsonNode request = Awaitility.await("the request is delivered")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(2))
                .until(
                        () -> request(location),
                        answer -> answer.required("status").asText().equals("delivered"));
        Duration took = Duration.between(asked, Instant.now());
        String rss = peakRss();

        long bytes = request.at("/package/bytes").asLong();
        assertThat(bytes).isGreaterThan(gigabytes * GIGABYTE);
        assertThat(request.required("datasets"))
                .allSatisfy(dataset ->
                        assertThat(dataset.required("status").asText()).isNotEqualTo("partial"));
        List<URI> links = links(addresses.get("mailbox"));
        assertThat(links.size() > 1).isEqualTo(isInSeveralZips);
        verify(links, bytes, thousandsOfRows * ROWS);
        assertThat(application.isAlive()).isTrue();
        report(bytes, links.size(), took, gcLog, rss);
    }

    /** One site. Every so often a row of somebody of the same name. */
    private Path lake(int rows) throws IOException {
        Path site = Files.createDirectories(folder.resolve("lake/big.example.org"));
        try (BufferedWriter users = Files.newBufferedWriter(site.resolve("Users.xml"))) {
            users.write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<users>\n");
            users.write("  <row Id=\"7\" DisplayName=\"A Writer\" AccountId=\"7007\" />\n");
            users.write("  <row Id=\"70\" DisplayName=\"A Writer\" AccountId=\"7008\" />\n</users>");
        }
        try (BufferedWriter posts = Files.newBufferedWriter(site.resolve("Posts.xml"))) {
            posts.write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<posts>\n");
            for (int id = 0; id < rows; id++) {
                posts.write("  <row Id=\"" + id + "\" Body=\"" + body(id) + "\" OwnerUserId=\"7\" />\n");
                if (id % NAMESAKES_EVERY == 0) {
                    posts.write("  <row Id=\"-1\" Body=\"not yours\" OwnerUserId=\"70\" />\n");
                }
            }
            posts.write("</posts>");
        }
        return folder.resolve("lake");
    }

    private static String body(int id) {
        SplittableRandom random = new SplittableRandom(id);
        char[] body = new char[BODY_LENGTH];
        long bits = 0;
        for (int i = 0; i < body.length; i++) {
            bits = i % 10 == 0 ? random.nextLong() : bits >>> 6;
            body[i] = LETTERS.charAt((int) (bits & 63));
        }
        return new String(body);
    }

    /** The development run asks for the first of these by itself. */
    private Path people() throws IOException {
        return Files.writeString(folder.resolve("people.csv"), """
                emailAddress,displayName,firstName,lastName,country,city,street,accountId
                reader@example.org,A Reader,A,Reader,,,,
                writer@example.org,A Writer,A,Writer,,,,7007
                """);
    }

    private Map<String, String> start(Path lake, Path people, Path gcLog, String partSize) throws Exception {
        application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Xlog:gc:file=" + gcLog,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ThemisDevApplication.class.getName(),
                        "--server.port=0",
                        "--management.server.port=0",
                        "--themis.dev.azurite-port=0",
                        "--themis.dev.smtp-port=0",
                        "--themis.dev.imap-port=0",
                        "--themis.dev.mailbox-port=0",
                        "--themis.dev.identity-port=0",
                        "--themis.dev.queue-port=0",
                        "--themis.delivery.part-size=" + partSize,
                        "--themis.dev.lake-dir=" + lake,
                        "--themis.dev.users-csv=" + people)
                .redirectErrorStream(true)
                .start();
        CompletableFuture<Map<String, String>> addresses = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(application, addresses), "application-output");
        reader.setDaemon(true);
        reader.start();
        return addresses.get(PATIENCE.toMinutes(), TimeUnit.MINUTES);
    }

    /** Passes the output on, and takes the addresses from the block that the development run prints. */
    private static void read(Process application, CompletableFuture<Map<String, String>> addresses) {
        Map<String, Pattern> wanted = Map.of(
                "api", Pattern.compile("curl -i (http://localhost:\\d+/api/v1/requests)"),
                "mailbox", Pattern.compile("Mailbox +(http://localhost:\\d+/)"));
        Map<String, String> found = new TreeMap<>();
        try (BufferedReader output = application.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                System.out.println(line);
                for (Map.Entry<String, Pattern> address : wanted.entrySet()) {
                    Matcher matcher = address.getValue().matcher(line);
                    if (matcher.find()) {
                        found.put(address.getKey(), matcher.group(1));
                    }
                }
                if (line.contains("Ctrl-C stops everything")) {
                    addresses.complete(found);
                }
            }
            addresses.completeExceptionally(new AssertionError("the application ended"));
        } catch (IOException e) {
            addresses.completeExceptionally(e);
        }
    }

    private String ask(String api) throws Exception {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(api))
                        .headers(Themis.JSON_WITH_KEY)
                        .POST(BodyPublishers.ofString(Themis.accessRequest(PERSON)))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(202);
        return api + "/" + Themis.json(response.body()).required("id").asText();
    }

    private JsonNode request(String location) throws Exception {
        return Themis.json(http.send(
                        HttpRequest.newBuilder(URI.create(location))
                                .headers(Themis.GATEWAY_KEY)
                                .build(),
                        BodyHandlers.ofString())
                .body());
    }

    private List<URI> links(String mailbox) throws Exception {
        HttpResponse<String> mail = http.send(
                HttpRequest.newBuilder(URI.create(mailbox + "html?mail=2&mailbox=" + PERSON))
                        .build(),
                BodyHandlers.ofString());
        List<URI> links = Pattern.compile("href=\"(http[^\"]+\\.zip\\?[^\"]+)\"")
                .matcher(mail.body())
                .results()
                .map(link -> URI.create(link.group(1).replace("&amp;", "&").replace("&#61;", "=")))
                .toList();
        assertThat(links).as("links in the second mail").isNotEmpty();
        return links;
    }

    /** Reads the zips with the JDK, never whole: every checksum, and every row against the generator. */
    private void verify(List<URI> links, long bytes, int expectedRows) throws Exception {
        Map<String, String> sums = new TreeMap<>();
        String listed = null;
        long counted = 0;
        int rows = 0;
        for (URI link : links) {
            HttpResponse<InputStream> download =
                    http.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofInputStream());
            assertThat(download.statusCode()).isEqualTo(200);
            try (CountingStream all = new CountingStream(download.body());
                    ZipInputStream zip = new ZipInputStream(all)) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                    InputStream in = new DigestInputStream(zip, sha256);
                    if (entry.getName().matches("data/posts/big\\.example\\.org(-\\d+)?\\.jsonl")) {
                        rows = compareRows(in, rows);
                    } else if (entry.getName().equals("SHA256SUMS")) {
                        listed = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
                        continue;
                    }
                    in.transferTo(OutputStream.nullOutputStream());
                    sums.put(entry.getName(), HexFormat.of().formatHex(sha256.digest()));
                }
                all.transferTo(OutputStream.nullOutputStream());
                counted += all.count;
            }
        }
        assertThat(counted).isEqualTo(bytes);
        assertThat(rows).isEqualTo(expectedRows);
        assertThat(listed).isNotNull();
        Map<String, String> byPath = new TreeMap<>();
        listed.lines().forEach(line -> byPath.put(line.substring(66), line.substring(0, 64)));
        assertThat(byPath).isEqualTo(sums);
    }

    /** @return the row that comes next */
    private static int compareRows(InputStream in, int first) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        int id = first;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode row = JSON.readTree(line);
            if (!row.required("Id").asText().equals(Integer.toString(id))
                    || !row.required("OwnerUserId").asText().equals("7")
                    || !row.required("Body").asText().equals(body(id))) {
                throw new AssertionError("row " + id + " is not as it is in the lake");
            }
            id++;
        }
        return id;
    }

    /** Peak resident memory as Linux counts it. */
    private String peakRss() throws IOException {
        Path status = Path.of("/proc/" + application.pid() + "/status");
        if (!Files.exists(status)) {
            return "unknown here";
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MiB")
                    .findFirst()
                    .orElse("unknown here");
        }
    }

    private static void report(long bytes, int zips, Duration took, Path gcLog, String rss) throws IOException {
        Pattern heap = Pattern.compile("(\\d+)M->(\\d+)M\\((\\d+)M\\)");
        long before = 0;
        long after = 0;
        try (Stream<String> lines = Files.lines(gcLog)) {
            for (String line : (Iterable<String>) lines::iterator) {
                Matcher matcher = heap.matcher(line);
                if (matcher.find()) {
                    before = Math.max(before, Long.parseLong(matcher.group(1)));
                    after = Math.max(after, Long.parseLong(matcher.group(2)));
                }
            }
        }
        String text = ("package %,d bytes, zips: %d, in %d s with %s; peak heap %d MiB, most after a collection %d MiB;"
                        + " peak resident memory %s; %d processors%n")
                .formatted(
                        bytes,
                        zips,
                        took.toSeconds(),
                        HEAP,
                        before,
                        after,
                        rss,
                        Runtime.getRuntime().availableProcessors());
        System.out.print(text);
        Files.writeString(Path.of("target/big-package-%d.txt".formatted(zips)), text);
    }

    private static final class CountingStream extends FilterInputStream {

        private long count;

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
