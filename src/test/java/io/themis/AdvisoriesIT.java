package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.notification.Mails;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Requests;
import jakarta.jms.Destination;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import jakarta.jms.Queue;
import jakarta.mail.Address;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The published weaknesses of what Themis is made of, each tried on the whole application. Two more have tests of their own:
 * an ObjectMessage is never opened (BadMessageIT), and Jolokia does only what is listed (ConsoleSecurityIT).
 */
@OneApplicationTest
class AdvisoriesIT {

    /** Value of every header here that Camel or one of its components would obey. */
    private static final String EVIL = "quokka-" + UUID.randomUUID().toString().substring(0, 8);

    private static final String EVIL_ADDRESS = EVIL + "@evil.example.org";
    private static final String EVERYBODY = "SELECT * FROM users --" + EVIL;

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    CamelContext camel;

    @Autowired
    ProducerTemplate routes;

    @Autowired
    Requests requests;

    @Autowired
    Mails mails;

    @Autowired
    JdbcClient database;

    @Value("${themis.event-grid.webhook-secret}")
    String webhookSecret;

    private final SentHeaders headers = new SentHeaders();
    private final long account = 7_000_000_000L + Math.abs(UUID.randomUUID().getMostSignificantBits() % 1_000_000_000L);
    private final String address = "advisories-" + account + "@example.org";

    @BeforeEach
    void listen() {
        camel.getManagementStrategy().addEventNotifier(headers);
        services.users().load(List.of(new DevUser(address, "Abe Advisory", "Abe", "A", null, null, null, account)));
    }

    @AfterEach
    void stopListening() {
        camel.getManagementStrategy().removeEventNotifier(headers);
    }

    /** CVE-2026-40453 and CVE-2026-46584: names that a filter might miss, and what they would do. */
    private static Map<String, String> evilHeaders() {
        Map<String, String> evil = new TreeMap<>();
        for (String prefix : List.of("Camel", "CAmel", "camel")) {
            evil.put(prefix + "SqlQuery", EVERYBODY);
            evil.put(prefix + "AzureStorageDataLakeOperation", EVIL);
            evil.put(prefix + "AzureStorageDataLakeFileName", EVIL);
            evil.put(prefix + "AzureStorageBlobOperation", EVIL);
            evil.put(prefix + "AzureStorageBlobBlobName", EVIL);
            evil.put(prefix + "AzureEventGridSubject", EVIL);
            evil.put(prefix + "FreemarkerResourceUri", EVIL);
            evil.put(prefix + "BeanMethodName", EVIL);
            evil.put(prefix + "FileName", EVIL);
            evil.put(prefix + "HttpServletRequest", EVIL);
            evil.put(prefix + "JmsDestinationName", EVIL);
            evil.put(prefix + "MailAlternativeBody", EVIL);
        }
        for (String name : List.of("To", "CC", "Bcc", "Reply-To")) {
            evil.put(name, EVIL_ADDRESS);
        }
        for (String name :
                List.of("Subject", "Message-ID", "From", "mail.smtp.host", "reason", "Location", "request")) {
            evil.put(name, EVIL);
        }
        return evil;
    }

    private static String[] asHeaders(String... others) {
        List<String> pairs = new ArrayList<>(List.of(others));
        evilHeaders().forEach((name, value) -> pairs.addAll(List.of(name, value)));
        return pairs.toArray(String[]::new);
    }

    private static String asQuery() {
        StringBuilder query = new StringBuilder();
        evilHeaders()
                .forEach((name, value) -> query.append(query.isEmpty() ? "?" : "&")
                        .append(name)
                        .append('=')
                        .append(value.replace(" ", "%20")));
        return query.toString();
    }

    /** A property's name has no dots in JMS; Camel writes them so and reads them back. */
    private static JMSProducer withEvilProperties(JMSProducer producer) {
        evilHeaders().forEach((name, value) -> {
            String property = name.replace(".", "_DOT_").replace("-", "_HYPHEN_");
            producer.setProperty(property, value);
        });
        return producer;
    }

    static Stream<Arguments> waysIn() {
        return Stream.of(
                Arguments.of("REST, headers", (WayIn) test -> test.themis.send(
                        "POST",
                        "/api/v1/requests",
                        Themis.accessRequest(test.address),
                        asHeaders(Themis.JSON_WITH_KEY))),
                Arguments.of("REST, query", (WayIn) test -> test.themis.send(
                        "POST",
                        "/api/v1/requests" + asQuery(),
                        Themis.accessRequest(test.address),
                        Themis.JSON_WITH_KEY)),
                Arguments.of("the original's operation, headers", (WayIn) test -> test.themis.send(
                        "POST",
                        "/users/" + test.address + "/data-consolidation/initiate",
                        "",
                        asHeaders(Themis.GATEWAY_KEY))),
                Arguments.of("the original's operation, query", (WayIn) test -> test.themis.send(
                        "POST",
                        "/users/" + test.address + "/data-consolidation/initiate" + asQuery(),
                        "",
                        Themis.GATEWAY_KEY)),
                Arguments.of("the original's operation, form", (WayIn) test -> test.themis.send(
                        "POST",
                        "/users/" + test.address + "/data-consolidation/initiate",
                        asQuery().substring(1),
                        "Content-Type",
                        "application/x-www-form-urlencoded",
                        Themis.GATEWAY_KEY[0],
                        Themis.GATEWAY_KEY[1])),
                Arguments.of("the queue, properties", (WayIn) test -> {
                    try (JMSContext jms =
                            test.services.broker().connectionFactory().createContext()) {
                        withEvilProperties(jms.createProducer())
                                .send(jms.createQueue("themis.requests"), Themis.accessRequest(test.address));
                    }
                    return null;
                }));
    }

    /** Asks for the person of a test. */
    @FunctionalInterface
    interface WayIn {
        HttpResponse<String> ask(AdvisoriesIT test);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysIn")
    void headersOfASenderChangeNothing(String what, WayIn way) throws Exception {
        HttpResponse<String> answer = way.ask(this);

        if (answer != null) {
            assertThat(answer.statusCode()).isEqualTo(202);
            assertNothingEvil(answer);
        }
        List<MimeMessage> got = themis.awaitMails(address, 2);
        for (MimeMessage mail : got) {
            assertThat(mail.getAllRecipients()).extracting(Address::toString).containsExactly(address);
            assertThat(mail.getSubject()).doesNotContain(EVIL);
            assertThat(Themis.body(mail, "text/plain")).doesNotContain(EVIL);
            assertThat(mail.getReplyTo()).extracting(Address::toString).noneMatch(a -> a.contains(EVIL));
        }
        assertThat(services.mail().mails(EVIL_ADDRESS)).isEmpty();
        Map<String, byte[]> files = themis.download(Themis.link(got.get(1)));
        assertThat(Themis.rows(files.get("data/profile.jsonl")))
                .extracting(row -> row.get("email_address"))
                .containsExactly(address);
        // and so it is on the way: behind the first node of each entry there is no trace of them
        assertThat(headers.sentTo("direct://accept-request")).isNotEmpty();
        assertNoneIsPassedOn();
    }

    @Test
    void ofARequestOnlyWhatTheContractNamesGoesOn() {
        themis.send("POST", "/api/v1/requests", Themis.accessRequest(address), asHeaders(Themis.JSON_WITH_KEY));
        themis.send("GET", "/api/v1/users/" + address + "/profile", null, asHeaders(Themis.GATEWAY_KEY));
        themis.send(
                "POST",
                "/hooks/event-grid?code=" + webhookSecret,
                "[]",
                asHeaders("Content-Type", "application/cloudevents-batch+json", "Cookie", "a=" + EVIL));

        assertThat(headers.sentTo("direct://answer-accepted"))
                .isNotEmpty()
                .allSatisfy(sent -> assertThat(sent.headers().keySet()).isSubsetOf("CamelHttpServletRequest"));
        assertThat(headers.sentTo("direct://query-profile"))
                .isNotEmpty()
                .allSatisfy(sent -> assertThat(sent.headers()).isEmpty());
        assertThat(headers.sentTo("direct://check-webhook-secret"))
                .isNotEmpty()
                .allSatisfy(sent -> assertThat(sent.headers().keySet())
                        .isSubsetOf("Content-Type", "aeg-event-type", "CamelHttpQuery"));
    }

    @Test
    void ofAMessageOnlyItsIdItsTimeAndItsTraceGoOn() {
        try (JMSContext jms = services.broker().connectionFactory().createContext()) {
            withEvilProperties(jms.createProducer())
                    .setJMSCorrelationID(EVIL)
                    .setJMSType(EVIL)
                    .send(jms.createQueue("themis.requests"), Themis.accessRequest(address));
        }

        Awaitility.await()
                .until(() -> !headers.sentTo("direct://accept-request").isEmpty());
        assertThat(headers.sentTo("direct://accept-request"))
                .allSatisfy(sent ->
                        assertThat(sent.headers().keySet()).isSubsetOf("JMSMessageID", "JMSTimestamp", "traceparent"));
    }

    @Test
    void aDeadLetterCarriesNothingOfItsSenderButTheBody() throws Exception {
        try (JMSContext jms = services.broker().connectionFactory().createContext()) {
            JMSConsumer dead = jms.createConsumer(jms.createQueue("themis.requests.dead"));
            withEvilProperties(jms.createProducer()).send(jms.createQueue("themis.requests"), "no request");

            var letter = dead.receive(30_000);
            assertThat(letter.getStringProperty("reason")).contains("not JSON");
            for (Object name : Collections.list(letter.getPropertyNames())) {
                assertThat(String.valueOf(letter.getObjectProperty((String) name)))
                        .doesNotContain(EVIL);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CamelSqlQuery", "CAmelSqlQuery", "CAMELSQLQUERY", "camelsqlquery"})
    void theSqlThatRunsIsTheDataMaps(String header) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:read-profile")
                        .routeId("read-profile")
                        .to("direct:query-profile")
                        .process(exchange -> {
                            List<Object> rows = new ArrayList<>();
                            exchange.getMessage().getBody(Iterator.class).forEachRemaining(rows::add);
                            exchange.getMessage().setBody(rows);
                        });
            }
        });
        try {
            List<?> rows = routes.requestBodyAndHeader(
                    "direct:read-profile", Map.of("emailAddress", address), header, EVERYBODY, List.class);

            assertThat(rows).hasSize(1).first().asString().contains(address);
        } finally {
            camel.getRouteController().stopRoute("read-profile");
            camel.removeRoute("read-profile");
        }
    }

    @Test
    void theProfileIsThePathsWhateverTheHeadersSay() {
        for (HttpResponse<String> answer : List.of(
                themis.send("GET", "/api/v1/users/" + address + "/profile", null, asHeaders(Themis.GATEWAY_KEY)),
                themis.send("GET", "/api/v1/users/" + address + "/profile" + asQuery(), null, Themis.GATEWAY_KEY),
                themis.send(
                        "GET",
                        "/api/v1/users/" + address + "/profile?emailAddress=" + EVIL_ADDRESS,
                        null,
                        "emailAddress",
                        EVIL_ADDRESS,
                        Themis.GATEWAY_KEY[0],
                        Themis.GATEWAY_KEY[1]))) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(Themis.json(answer.body()).path("emailAddress").asText()).isEqualTo(address);
            assertNothingEvil(answer);
        }
    }

    @Test
    void aMailGoesToThePersonOfTheRequestWhateverItsHeadersSay() throws Exception {
        String id = themis.ask(address);
        themis.await(id, "delivered");
        DataSubjectRequest request = requests.get(UUID.fromString(id));
        int before = services.mail().mails(address).size();

        routes.send("direct:mail-person", exchange -> {
            exchange.setVariable("request", request);
            exchange.setVariable("mail", "started");
            evilHeaders().forEach(exchange.getMessage()::setHeader);
            exchange.getMessage().setHeader("mail.smtp.host", "127.0.0.2");
            exchange.getMessage().setHeader("mail.smtp.port", "1");
            exchange.setVariable("mailId", "started." + id);
            exchange.getMessage().setBody(mails.started(request));
        });

        List<MimeMessage> after = themis.awaitMails(address, before + 1);
        MimeMessage mail = after.get(before);
        assertThat(mail.getRecipients(RecipientType.TO))
                .extracting(Address::toString)
                .containsExactly(address);
        assertThat(mail.getRecipients(RecipientType.CC)).isNull();
        assertThat(mail.getSubject()).isEqualTo("We have started to collect your data");
        assertThat(mail.getMessageID()).isEqualTo("<started." + id + "@themis>");
        assertThat(Collections.list(mail.getAllHeaderLines())).noneMatch(line -> line.contains(EVIL));
        assertThat(services.mail().mails(EVIL_ADDRESS)).isEmpty();
    }

    @Test
    void aNameIsTextAndNeitherHeaderNorMarkupNorTemplate() throws Exception {
        String hostile = "hostile-" + address;
        String name = "Ann\r\nBcc: " + EVIL_ADDRESS + "\r\n\r\n<script>alert(1)</script>${.version}<#stop>&amp;";
        services.users()
                .load(List.of(new DevUser(hostile, name, name, name, null, null, null, account + 1_000_000_000L)));

        Map<String, byte[]> files = themis.packageOf(hostile);

        for (MimeMessage mail : services.mail().mails(hostile)) {
            assertThat(mail.getAllRecipients()).extracting(Address::toString).containsExactly(hostile);
            assertThat(mail.getHeader("Bcc")).isNull();
            assertThat(mail.getSubject()).doesNotContain("Ann");
            assertThat(Themis.body(mail, "text/html"))
                    .contains("&lt;script&gt;alert(1)&lt;/script&gt;${.version}&lt;#stop&gt;&amp;amp;")
                    .doesNotContain("<script>");
            assertThat(Themis.body(mail, "text/plain")).contains("<script>alert(1)</script>${.version}<#stop>&amp;");
        }
        assertThat(services.mail().mails(EVIL_ADDRESS)).isEmpty();
        files.forEach((path, content) -> {
            if (path.endsWith(".html")) {
                assertThat(new String(content, StandardCharsets.UTF_8)).doesNotContain("<script>");
            }
        });
    }

    @Test
    void noNameInTheLakeIsAPathInThePackageOrOnThisMachine() {
        BlobContainerClient lake = services.azurite().client().getBlobContainerClient("lake");
        List<String> sites = List.of(
                "..%2f..%2f" + account,
                "%2e%2e" + account,
                "..." + account,
                account + " blank",
                account + "%20no-blank",
                account + "ä#&+;=?",
                account + "<b>",
                "-rf" + account,
                account + ".jsonl");
        try {
            for (int i = 0; i < sites.size(); i++) {
                upload(
                        lake,
                        sites.get(i) + "/Users.xml",
                        "<users><row Id=\"" + i + "\" AccountId=\"" + account + "\"/></users>");
                upload(
                        lake,
                        sites.get(i) + "/Posts.xml",
                        "<posts><row Id=\"1\" OwnerUserId=\"" + i + "\" Body=\"post of " + i + "\"/></posts>");
            }

            Map<String, byte[]> files = themis.packageOf(address);

            assertThat(files.keySet())
                    .allSatisfy(path -> assertThat(path)
                            .matches("[A-Za-z0-9._%/-]+")
                            .doesNotStartWith("/")
                            .doesNotContain("//")
                            .satisfies(p -> assertThat(p.split("/")).doesNotContain("..", ".", "")));
            List<String> posts = new ArrayList<>();
            files.forEach((path, content) -> {
                if (path.startsWith("data/posts/") && path.endsWith(".jsonl")) {
                    Themis.rows(content).forEach(row -> posts.add((String) row.get("Body")));
                }
            });
            assertThat(posts)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, sites.size())
                            .mapToObj(i -> "post of " + i)
                            .toList());
        } finally {
            for (String site : sites) {
                lake.getBlobClient(encoded(site + "/Users.xml")).deleteIfExists();
                lake.getBlobClient(encoded(site + "/Posts.xml")).deleteIfExists();
            }
        }
    }

    private static void upload(BlobContainerClient lake, String name, String content) {
        lake.getBlobClient(encoded(name)).upload(BinaryData.fromString(content), true);
    }

    /** The SDK decodes a name that it is given. */
    private static String encoded(String name) {
        return name.replace("%", "%25");
    }

    @Test
    void anEventIsNoMessageAndNothingItNamesIsFetched() throws Exception {
        try (Elsewhere elsewhere = new Elsewhere()) {
            String url = elsewhere.url();
            String id = themis.ask(address);
            themis.await(id, "delivered");

            HttpResponse<String> event = themis.send(
                    "POST",
                    "/hooks/event-grid?code=" + webhookSecret,
                    """
                    {"specversion": "1.0", "id": "%2$s", "source": "/themis", "type": "User.DataConsolidated",
                     "subject": "/requests/%3$s", "data": {"requestId": "%3$s", "packageUrl": "%1$s"},
                     "camelhttpuri": "%1$s", "camelsqlquery": "%4$s", "camelbeanmethodname": "%2$s", "to": "%5$s",
                     "dataschema": "%1$s"}""".formatted(url, EVIL, id, EVERYBODY, EVIL_ADDRESS),
                    "Content-Type",
                    "application/cloudevents+json",
                    "ce-camelhttpuri",
                    url,
                    "ce-camelsqlquery",
                    EVERYBODY);
            HttpResponse<String> handshake = themis.send(
                    "POST",
                    "/hooks/event-grid?code=" + webhookSecret,
                    """
                    [{"id": "1", "topic": "t", "subject": "s", "eventTime": "2026-01-02T03:04:05Z", "dataVersion": "1",
                      "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
                      "data": {"validationCode": "abc-1", "validationUrl": "%s"}}]""".formatted(url),
                    "Content-Type",
                    "application/json",
                    "aeg-event-type",
                    "SubscriptionValidation");

            assertThat(event.statusCode()).isEqualTo(200);
            assertThat(handshake.body()).isEqualTo("{\"validationResponse\":\"abc-1\"}");
            assertThat(headers.sentTo("direct://handle-event"))
                    .isNotEmpty()
                    .allSatisfy(sent -> assertThat(sent.headers()).isEmpty());
            assertNoneIsPassedOn();
            assertThat(services.mail().mails(EVIL_ADDRESS)).isEmpty();
            assertThat(elsewhere.calls()).isZero();
        }
    }

    @Test
    void nobodyIsRepliedTo() {
        String next = "next-" + address;
        try (JMSContext jms = services.broker().connectionFactory().createContext()) {
            Queue queue = jms.createQueue("themis.requests");
            Destination replies = jms.createTemporaryQueue();
            JMSConsumer reply = jms.createConsumer(replies);
            jms.createProducer().setJMSReplyTo(replies).send(queue, Themis.accessRequest(address));
            jms.createProducer().setJMSReplyTo(replies).send(queue, "no request");
            jms.createProducer().send(queue, Themis.accessRequest(next));

            // The queue has one consumer, so the two before are done with.
            Awaitility.await()
                    .until(() ->
                            database.sql("SELECT count(*) FROM data_subject_request WHERE email_address = :address")
                                            .param("address", next)
                                            .query(Long.class)
                                            .single()
                                    == 1);
            assertThat(reply.receive(500)).isNull();
            jms.createConsumer(jms.createQueue("themis.requests.dead")).receive(10_000);
        }
    }

    static Stream<Arguments> answers() {
        String id = "11111111-1111-4111-8111-111111111111";
        return Stream.of(
                Arguments.of(
                        "POST",
                        "/api/v1/requests",
                        "{\"type\": \"access\", \"emailAddress\": \"echo@example.org\"}",
                        202),
                Arguments.of("POST", "/api/v1/requests", "{}", 400),
                Arguments.of("GET", "/api/v1/requests/" + id, null, 404),
                Arguments.of("POST", "/api/v1/requests/" + id + "/steps/x/retry", "", 403),
                Arguments.of("POST", "/users/echo@example.org/data-consolidation/initiate", "", 202),
                Arguments.of("GET", "/api/v1/users/echo@example.org/profile", null, 404),
                Arguments.of("OPTIONS", "/hooks/event-grid", null, 401),
                Arguments.of("OPTIONS", "/hooks/event-grid?code=SECRET", null, 200),
                Arguments.of("POST", "/hooks/event-grid", "[]", 401),
                Arguments.of("POST", "/hooks/event-grid?code=SECRET", "[]", 200),
                Arguments.of("POST", "/hooks/event-grid?code=SECRET", "{}", 400),
                Arguments.of("OPTIONS", "/api/v1/requests", null, 405),
                Arguments.of("GET", "/api/v1/requests/" + id + "/more", null, 404),
                Arguments.of("POST", "/nothing", "{}", 404));
    }

    @ParameterizedTest(name = "{0} {1}: {3}")
    @MethodSource("answers")
    void noAnswerRepeatsWhatItsCallerSent(String method, String path, String body, int status) {
        HttpResponse<String> answer = themis.send(
                method,
                path.replace("SECRET", webhookSecret),
                body,
                "Content-Type",
                path.startsWith("/hooks") ? "application/cloudevents-batch+json" : "application/json",
                Themis.GATEWAY_KEY[0],
                Themis.GATEWAY_KEY[1],
                "WebHook-Request-Origin",
                "eventgrid.azure.net",
                "X-" + EVIL,
                EVIL,
                "Cookie",
                "session=" + EVIL,
                "Accept-Language",
                EVIL);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertNothingEvil(answer);
        assertThat(answer.headers().map().keySet())
                .isSubsetOf(
                        "allow",
                        "cache-control",
                        "connection",
                        "content-length",
                        "content-type",
                        "date",
                        "expires",
                        "keep-alive",
                        "location",
                        "pragma",
                        "transfer-encoding",
                        "vary",
                        "webhook-allowed-origin",
                        "webhook-allowed-rate",
                        "x-content-type-options",
                        "x-frame-options",
                        "x-xss-protection");
    }

    private void assertNothingEvil(HttpResponse<String> answer) {
        String everything = (answer.headers().map() + answer.body()).toLowerCase(Locale.ROOT);
        assertThat(everything)
                .doesNotContain(EVIL.toLowerCase(Locale.ROOT))
                .doesNotContain(Themis.GATEWAY_KEY[1])
                .doesNotContain(webhookSecret);
    }

    /** The operations' own routes are where the headers end. */
    private void assertNoneIsPassedOn() {
        assertThat(headers.sent())
                .filteredOn(sent -> !sent.endpoint().matches("direct://[a-z]+[A-Z].*"))
                .allSatisfy(sent -> assertThat(sent.headers().toString()).doesNotContain(EVIL));
    }
}
