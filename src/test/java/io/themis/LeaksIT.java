package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.EventGridSubscriber;
import jakarta.jms.JMSContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * A word that is in one person's rows, name and address and nowhere else in the world. After the person's request, which met
 * a damaged file, a mail server that was away and callers who got it wrong, the word is in the person's package and mails,
 * in the two columns of the request that have to hold it, and nowhere else.
 */
@ThemisTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaksIT {

    /** Small, because addresses and searches don't care for case. */
    private static final String WORD = "quokka" + UUID.randomUUID().toString().replace("-", "");

    private static final TraceCollector COLLECTOR = new TraceCollector();

    private static final String ADDRESS = WORD + "@example.org";
    private static final String NEIGHBOUR = "neighbour-" + UUID.randomUUID() + "@example.org";
    private static final String SITE = UUID.randomUUID() + ".example.org";

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    @Autowired
    JdbcClient database;

    @Autowired
    CamelContext camel;

    @Value("${local.management.port}")
    int managementPort;

    private final Instant before = Instant.now();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Logger own = (Logger) LoggerFactory.getLogger("io.themis");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private EventGridSubscriber subscriber;
    private String id;
    private List<HttpResponse<String>> answers;
    private Map<String, byte[]> files;

    @BeforeAll
    void oneRequestToItsEnd() throws Exception {
        own.setLevel(Level.DEBUG);
        log.start();
        root.addAppender(log);
        subscriber = new EventGridSubscriber();
        services.eventGrid().subscribe("leaks", subscriber.uri());
        plant();

        services.mail().stop();
        try {
            id = themis.ask(ADDRESS);
            Awaitility.await("a mail that fails")
                    .until(() -> themis.request(id).path("steps").toString().contains("lastError"));
        } finally {
            services.mail().start();
        }
        answers = callersWhoGetItWrong();
        themis.await(id, "delivered");
        files = themis.download(Themis.link(themis.awaitMails(ADDRESS, 2).get(1)));
        Awaitility.await("the event").until(() -> !events().isEmpty());
    }

    @DynamicPropertySource
    static void trace(DynamicPropertyRegistry settings) {
        COLLECTOR.collect(settings);
    }

    @AfterAll
    void stopListening() {
        COLLECTOR.close();
        root.detachAppender(log);
        own.setLevel(null);
        services.eventGrid().unsubscribe("leaks");
        subscriber.close();
    }

    private void plant() {
        long account = 6_000_000_000L + Math.abs(UUID.randomUUID().getMostSignificantBits() % 1_000_000_000L);
        services.users()
                .load(List.of(
                        new DevUser(ADDRESS, WORD, WORD, WORD, WORD, WORD, WORD, account),
                        new DevUser(NEIGHBOUR, "Nina", "Nina", "N", null, null, null, account + 1_000_000_000L)));
        upload(
                "Users",
                "<users><row Id=\"42\" AccountId=\"" + account + "\" DisplayName=\"" + WORD + "\"/>\n"
                        + "<row Id=\"43\" AccountId=\"" + (account + 1_000_000_000L)
                        + "\" DisplayName=\"Nina\"/></users>");
        upload(
                "Posts",
                "<posts><row Id=\"1\" OwnerUserId=\"42\" Body=\"" + WORD + "\"/>\n"
                        + "<row Id=\"8\" OwnerDisplayName=\"" + WORD + "\" Body=\"" + WORD + "\"/>\n"
                        + "<row Id=\"2\" OwnerUserId=\"43\" Body=\"of Nina\"/></posts>");
        // ends in the middle of a row, after one of each
        upload(
                "Comments",
                "<comments><row Id=\"3\" UserId=\"42\" Text=\"" + WORD + "\"/>\n"
                        + "<row Id=\"4\" UserId=\"43\" Text=\"of Nina\"/>\n<row Id=\"5\" UserId=\"42\" Text=\"" + WORD);
        // a name where none may be, which parsers like to quote
        upload("Badges", "<badges><row Id=\"6\" UserId=\"42\" " + WORD + "=\"1\" " + WORD + "=\"2\"/></badges>");
        upload("Votes", "<votes><row Id=\"7\" UserId=\"42\"><" + WORD + "/></row></votes>");
    }

    private void upload(String table, String content) {
        lake.put(SITE + "/" + table + ".xml", content);
    }

    private List<HttpResponse<String>> callersWhoGetItWrong() {
        List<HttpResponse<String>> got = new ArrayList<>();
        for (String body : List.of(
                Themis.accessRequest(WORD),
                Themis.accessRequest(ADDRESS + "\r\nBcc: x@example.org"),
                "{\"type\": \"" + WORD + "\"}",
                "{\"" + WORD + "\": 1}",
                WORD,
                "{" + WORD)) {
            got.add(themis.send("POST", "/api/v1/requests", body, Themis.JSON_WITH_KEY));
        }
        got.add(themis.send(
                "POST",
                "/api/v1/requests",
                Themis.accessRequest(ADDRESS),
                "Content-Type",
                WORD,
                Themis.GATEWAY_KEY[0],
                Themis.GATEWAY_KEY[1]));
        got.add(themis.send("GET", "/api/v1/requests/" + WORD, null, Themis.GATEWAY_KEY));
        got.add(themis.send("GET", "/api/v1/users/" + ADDRESS + "/nothing", null, Themis.GATEWAY_KEY));
        got.add(themis.send("GET", "/api/v1/users/" + WORD + "/profile", null, Themis.GATEWAY_KEY));
        got.add(themis.send("GET", "/users/" + ADDRESS + "/data-consolidation/initiate", null, Themis.GATEWAY_KEY));
        got.add(themis.send(
                "POST",
                "/users/" + ADDRESS + "/data-consolidation/initiate?" + WORD + "%00=1",
                "",
                Themis.GATEWAY_KEY));
        got.add(themis.send("GET", "/api/v1/users/" + ADDRESS + "/profile", null, Themis.GATEWAY_KEY[0], WORD));
        got.add(themis.send("GET", "/api/v1/users/" + ADDRESS + "/profile", null, "Authorization", "Bearer " + WORD));
        for (String target :
                List.of("/users/" + ADDRESS + "\\x", "/users/" + ADDRESS + "%00", "/users/%zz" + ADDRESS)) {
            assertThat(RawHttp.send(themis.url("/"), "GET " + target + " HTTP/1.1", new byte[0]))
                    .contains(" 400 ")
                    .doesNotContain(WORD);
        }
        assertThat(RawHttp.send(
                        themis.url("/"),
                        "GET /api/v1/requests HTTP/1.1",
                        new byte[0],
                        "Ocp-Apim-Subscription-Key: dev-key",
                        "X-Name: " + WORD + "\u0081"))
                .doesNotContain(WORD);
        try (JMSContext jms = services.broker().connectionFactory().createContext()) {
            jms.createProducer()
                    .setProperty(WORD, WORD)
                    .setJMSCorrelationID(WORD)
                    .send(jms.createQueue("themis.requests"), WORD);
            var dead =
                    jms.createConsumer(jms.createQueue("themis.requests.dead")).receive(30_000);
            assertThat(dead).isNotNull();
        }
        return got;
    }

    @Test
    void thePersonGetsIt() {
        assertThat(new String(files.get("data/profile.jsonl"), StandardCharsets.UTF_8))
                .contains(WORD);
        assertThat(new String(files.get("data/posts/" + SITE + ".jsonl"), StandardCharsets.UTF_8))
                .contains(WORD);
        assertThat(new String(files.get("notices/partial.html"), StandardCharsets.UTF_8))
                .contains("id=\"comments\"", "id=\"badges\"", "id=\"votes\"");
    }

    @Test
    void whatShowsTheNameAloneIsListedForReviewOnly() {
        assertThat(new String(files.get("data/posts/" + SITE + ".jsonl"), StandardCharsets.UTF_8).lines())
                .hasSize(1);
        assertThat(files).containsKey("notices/review.html");
    }

    @Test
    void noNameInThePackageHasIt() {
        assertThat(files.keySet()).noneMatch(LeaksIT::leaks);
        files.forEach((path, content) -> {
            if (path.equals("manifest.json") || path.startsWith("notices/") || path.equals("SHA256SUMS")) {
                assertThat(leaks(new String(content, StandardCharsets.UTF_8)))
                        .as(path)
                        .isFalse();
            }
        });
    }

    @Test
    void noLogLineHasIt() {
        assertThat(log.list).extracting(LeaksIT::text).anyMatch(line -> line.contains(id));
        assertThat(log.list)
                .extracting(LeaksIT::text)
                .filteredOn(LeaksIT::leaks)
                .isEmpty();
    }

    private static String text(ILoggingEvent event) {
        return event.getLoggerName() + " " + event.getFormattedMessage() + " " + event.getMDCPropertyMap() + " "
                + event.getThreadName()
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }

    @Test
    void noAnswerHasIt() {
        assertThat(answers)
                .extracting(
                        answer -> answer.statusCode() + " " + answer.headers().map() + answer.body())
                .filteredOn(LeaksIT::leaks)
                .isEmpty();
        assertThat(leaks(themis.request(id).toString())).isFalse();
    }

    @Test
    void ofTheDatabaseOnlyTheRequestHasIt() {
        List<String> tables = database.sql(
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1")
                .query(String.class)
                .list();
        assertThat(tables).contains("data_subject_request", "request_step", "dataset_findings", "subject_key");
        for (String table : tables) {
            List<String> rows = database.sql(
                            "SELECT (to_jsonb(t) - 'email_address' - 'greeting')::text FROM " + table + " t")
                    .query(String.class)
                    .list();
            assertThat(rows).as(table).noneMatch(LeaksIT::leaks);
        }
        assertThat(database.sql(
                                "SELECT convert_from(task_data, 'LATIN1') FROM scheduled_tasks WHERE task_data IS NOT NULL")
                        .query(String.class)
                        .list())
                .noneMatch(LeaksIT::leaks);
        assertThat(database.sql("SELECT count(*) FROM subject_key WHERE request_id = :id")
                        .param("id", UUID.fromString(id))
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void noMetricHasIt() throws Exception {
        String basic = Base64.getEncoder().encodeToString("operator:dev-operator".getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + "/observe/metrics"))
                                .header("Authorization", "Basic " + basic)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(metrics.body()).contains("themis_dataset_rows");
        assertThat(leaks(metrics.body())).isFalse();
        assertThat(metrics.body()).doesNotContain(id);
    }

    @Test
    void noSpanHasIt() {
        Awaitility.await("the last span")
                .until(() -> COLLECTOR.spans().stream()
                        .anyMatch(span -> span.getName().equals("step send-ready-mail")));
        assertThat(COLLECTOR.spans()).extracting(Object::toString).noneMatch(LeaksIT::leaks);
    }

    @Test
    void noBlobIsNamedAfterIt() {
        for (String container : List.of("staging", "packages", "review")) {
            for (BlobItem blob : services.azurite()
                    .client()
                    .getBlobContainerClient(container)
                    .listBlobs(
                            new ListBlobsOptions()
                                    .setDetails(new BlobListDetails()
                                            .setRetrieveMetadata(true)
                                            .setRetrieveTags(true)
                                            .setRetrieveUncommittedBlobs(true)),
                            null)) {
                assertThat(leaks(blob.getName()
                                + blob.getMetadata()
                                + blob.getTags()
                                + blob.getProperties().getContentDisposition()))
                        .as("%s/%s", container, blob.getName())
                        .isFalse();
            }
        }
    }

    @Test
    void noEventHasIt() {
        assertThat(events()).noneMatch(LeaksIT::leaks).noneMatch(event -> event.contains("sig="));
    }

    private List<String> events() {
        return subscriber.received().stream()
                .map(received -> received.event().toString())
                .filter(event -> event.contains(id))
                .toList();
    }

    /** Consoles show the addresses of endpoints, the names of threads and of managed objects. */
    @Test
    void noPartOfTheRunningApplicationIsNamedAfterIt() throws Exception {
        assertThat(camel.getEndpoints()).isNotEmpty().noneMatch(endpoint -> leaks(endpoint.getEndpointUri()));
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> leaks(thread.getName()));
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("*:*"), null))
                .noneMatch(name -> leaks(name.toString()));
        assertThat(leaks(camel.getGlobalOptions().toString())).isFalse();
    }

    @Test
    void noTemporaryFileHasIt() throws IOException {
        List<Path> leaking = new ArrayList<>();
        Files.walkFileTree(Path.of(System.getProperty("java.io.tmpdir")), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                // the stores themselves, which are elsewhere in production
                return name.startsWith("themis-azurite") || name.startsWith("embedded-pg")
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                boolean recent = !attributes.lastModifiedTime().toInstant().isBefore(before);
                if (leaks(file.toString()) || recent && attributes.isRegularFile() && contentLeaks(file)) {
                    leaking.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });

        assertThat(leaking).isEmpty();
    }

    private static boolean contentLeaks(Path file) {
        try {
            return leaks(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void anotherPersonOnTheSameSiteDoesNotGetIt() {
        Map<String, byte[]> theirs = themis.packageOf(NEIGHBOUR);

        assertThat(new String(theirs.get("data/posts/" + SITE + ".jsonl"), StandardCharsets.UTF_8))
                .contains("of Nina");
        theirs.forEach((path, content) -> assertThat(leaks(path + new String(content, StandardCharsets.UTF_8)))
                .as(path)
                .isFalse());
    }

    private static boolean leaks(String text) {
        return text.toLowerCase(Locale.ROOT).contains(WORD);
    }
}
