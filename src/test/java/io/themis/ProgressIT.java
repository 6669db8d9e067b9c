package io.themis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevServicesInitializer;
import io.themis.devservices.DevUser;
import io.themis.devservices.SharedIdentityProvider;
import io.themis.devservices.TcpProxy;
import io.themis.request.RequestMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/** What a caller, an operator and a monitor see of a request while a lake file is half way here. */
@ThemisTest(
        initializers = {DevServicesInitializer.class, SharedIdentityProvider.class, ProgressIT.LakeBehindAProxy.class})
@TestPropertySource(properties = "themis.data-map=classpath:datamap/progress.yaml")
class ProgressIT {

    private static final String HOLD = "<!-- the proxy passes nothing from here on -->";

    /** Somebody else's: the file has to be read all the same. */
    private static final String POST =
            "<row Id=\"1\" OwnerUserId=\"77\" Body=\"%s\" />\n".formatted("text ".repeat(10));

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    SlowProxy proxy;

    @Autowired
    RequestMetrics counting;

    @Autowired
    JdbcClient database;

    @LocalManagementPort
    int managementPort;

    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final String domain = "@" + UUID.randomUUID() + ".example.org";

    /** Puts a proxy between the application and its lake. */
    static final class LakeBehindAProxy implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            String endpoint = context.getEnvironment().getRequiredProperty("themis.lake.endpoint");
            SlowProxy proxy = new SlowProxy(URI.create(endpoint).getPort());
            context.getBeanFactory().registerSingleton("slowProxy", proxy);
            TestPropertyValues.of("themis.lake.endpoint=" + endpoint.replaceFirst(":\\d+/", ":" + proxy.port() + "/"))
                    .applyTo(context);
        }
    }

    /** Holds an answer just before the mark in it. */
    static final class SlowProxy extends TcpProxy {

        private final CountDownLatch release = new CountDownLatch(1);

        SlowProxy(int target) {
            super(target, ServerSocketFactory.getDefault());
        }

        @Override
        protected void passAnswers(InputStream upstream, OutputStream client) throws IOException {
            byte[] buffer = new byte[64 * 1024];
            for (int read = upstream.read(buffer); read >= 0; read = upstream.read(buffer)) {
                int mark = new String(buffer, 0, read, ISO_8859_1).indexOf(HOLD);
                int passed = mark < 0 ? read : mark;
                client.write(buffer, 0, passed);
                if (mark >= 0) {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                client.write(buffer, passed, read - passed);
            }
        }
    }

    @Test
    void everybodySeesHowFarARequestHasCome() throws Exception {
        services.users()
                .load(List.of(user("now", account), user("before", account + 1), user("stranger", account + 2)));
        long addresses = upload(
                "addresses.csv",
                "account,address\n%d,before%s\n%d,x%s\n".formatted(account, domain, account + 2, domain));
        long members = upload("tea/Users.xml", users(3, account))
                + upload("coffee/Users.xml", users(4, account + 1))
                + upload("milk/Users.xml", users(5, account + 2));
        String firstHalf = "<posts>" + POST.repeat(20_000);
        // More than one mark, in case that the first is in two reads of the proxy.
        String secondHalf = HOLD.repeat(2) + POST.repeat(5_000) + "</posts>";
        long tea = upload("tea/Posts.xml", firstHalf + secondHalf);
        long coffee = upload("coffee/Posts.xml", "<posts>" + POST + "</posts>");
        upload("milk/Posts.xml", "<posts>" + POST.repeat(1_000) + "</posts>");
        long files = 1 + 3 + 2;
        long bytes = addresses + members + tea + coffee;
        long heldAt = bytes - tea + firstHalf.length();
        counting.count();
        double leftBefore = metric("themis_lake_left_bytes");

        String id = themis.ask("now" + domain);
        JsonNode half = await("half of the file, and how fast it came")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> lake(id),
                        lake -> lake.path("bytesDone").longValue() >= heldAt && lake.has("bytesPerSecond"));

        assertThat(fields(half))
                .containsExactlyInAnyOrder(
                        "files", "filesDone", "bytes", "bytesDone", "reading", "bytesPerSecond", "secondsLeft");
        assertThat(half.path("files").longValue()).isEqualTo(files);
        assertThat(half.path("filesDone").longValue()).isEqualTo(files - 1);
        assertThat(half.path("bytes").longValue()).isEqualTo(bytes);
        assertThat(half.path("bytesDone").longValue()).isBetween(heldAt, heldAt + HOLD.length());
        assertThat(half.path("reading"))
                .hasSize(1)
                .allMatch(name -> name.textValue().equals("posts"));
        long rate = half.path("bytesPerSecond").longValue();
        assertThat(rate).isBetween(1L, bytes);
        assertThat(half.path("secondsLeft").longValue()).isEqualTo((long)
                Math.ceil((double) (bytes - half.path("bytesDone").longValue()) / rate));

        JsonNode shown = shownInTheConsole();
        assertThat(shown).hasSize(1);
        assertThat(shown.path(0).path("request").textValue()).isEqualTo(id);
        assertThat(shown.path(0).path("dataset").textValue()).isEqualTo("posts");
        assertThat(shown.path(0).path("files").longValue()).isEqualTo(2);
        assertThat(shown.path(0).path("filesDone").longValue()).isEqualTo(1);
        assertThat(shown.path(0).path("bytes").longValue()).isEqualTo(tea + coffee);
        assertThat(shown.path(0).path("bytesDone").longValue())
                .isEqualTo(half.path("bytesDone").longValue() - addresses - members);
        assertThat(shown.toString()).doesNotContain(domain, String.valueOf(account), "tea");

        counting.count();
        assertThat(metric("themis_lake_left_bytes") - leftBefore)
                .isEqualTo(bytes - half.path("bytesDone").longValue());
        assertThat(metric("themis_lake_read_bytes_total{dataset=\"posts\"}"))
                .isEqualTo(half.path("bytesDone").longValue() - addresses - members);
        assertThat(metric("themis_lake_files_total{dataset=\"posts\"}")).isEqualTo(1);
        assertThat(metric("themis_lake_read_bytes_total{dataset=\"members\"}"))
                .as("what the lake has sent, in as many rounds as it took")
                .isGreaterThanOrEqualTo(members);

        await("nothing comes any more")
                .atMost(Duration.ofSeconds(60))
                .until(() -> lake(id), lake -> !lake.has("bytesPerSecond"));
        assertThat(lake(id).has("secondsLeft")).isFalse();
        assertThat(lake(id).path("reading")).hasSize(1);

        proxy.release.countDown();
        themis.await(id, "delivered");

        assertThat(lake(id))
                .isEqualTo(Themis.json(
                        "{\"files\": %d, \"filesDone\": %d, \"bytes\": %d, \"bytesDone\": %d, \"reading\": []}"
                                .formatted(files, files, bytes, bytes)));
        assertThat(shownInTheConsole()).isEmpty();
        assertThat(database.sql("SELECT to_jsonb(p)::text FROM lake_progress p")
                        .query(String.class)
                        .list())
                .hasSize(3)
                .noneMatch(row -> row.contains(domain) || row.contains(String.valueOf(account)));
    }

    private DevUser user(String name, long number) {
        return new DevUser(name + domain, "N", "N", "N", null, "Oslo", null, number);
    }

    private static String users(int id, long number) {
        return "<users><row Id=\"%d\" AccountId=\"%d\" /></users>".formatted(id, number);
    }

    /** The length of the file. */
    private long upload(String path, String content) {
        BlobContainerClient lake = services.azurite().client().getBlobContainerClient("lake");
        lake.getBlobClient("progress/" + path).upload(BinaryData.fromString(content), true);
        return content.getBytes(UTF_8).length;
    }

    private JsonNode lake(String id) {
        return themis.request(id).path("progress").path("lake");
    }

    private static Set<String> fields(JsonNode object) {
        Set<String> names = new HashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** As Hawtio reads it. */
    private JsonNode shownInTheConsole() {
        JsonNode found = Themis.json(management(
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .header("Cookie", "XSRF-TOKEN=t")
                        .header("X-XSRF-TOKEN", "t")
                        .POST(BodyPublishers.ofString("""
                        {"type": "read", "mbean": "org.apache.camel:type=services,name=SearchesUnderWay,*",
                         "attribute": "Searches"}""")),
                "/observe/jolokia"));
        assertThat(found.path("status").intValue()).as(found.toString()).isEqualTo(200);
        return found.path("value").path(found.path("value").fieldNames().next()).path("Searches");
    }

    /** 0 if there is no such sample yet. */
    private double metric(String sample) {
        return management(HttpRequest.newBuilder(), "/observe/metrics")
                .lines()
                .filter(line -> line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    private String management(HttpRequest.Builder request, String path) {
        String operator = Base64.getEncoder().encodeToString("operator:dev-operator".getBytes(UTF_8));
        try {
            return HttpClient.newHttpClient()
                    .send(
                            request.uri(URI.create("http://localhost:" + managementPort + path))
                                    .header("Authorization", "Basic " + operator)
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
