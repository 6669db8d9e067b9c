package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.IdentityProvider;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import jakarta.mail.internet.MimeMessage;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.activemq.artemis.utils.UUID;
import org.apache.activemq.artemis.utils.UUIDGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The same person, asked for in every way there is. */
@OneApplicationTest
class IntakeIT {

    private static final String REQUESTS = "/api/v1/requests";
    private static final int CALLERS = 12;

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    IdentityProvider identityProvider;

    @Autowired
    JdbcClient database;

    /** Nobody is identified meanwhile, so every request stays open. */
    @FunctionalInterface
    private interface WhileOpen {
        void run() throws Exception;
    }

    @Test
    void restTheOriginalsPathAndTheQueueLeadToOneRequest() throws Exception {
        String person = "dinesh.rao@example.com";
        List<String> ids = new ArrayList<>();
        whileRequestsStayOpen(() -> {
            ids.add(id(post(person)));
            ids.add(id(initiate(person)));
            ids.add(requestOfMessage(sendToQueue(Themis.accessRequest(person))));
            ids.add(requestOfMessage(sendToQueue(Themis.accessRequest("Dinesh.RAO@example.com"))));
            ids.add(id(post("DINESH.RAO@EXAMPLE.COM")));
        });

        assertThat(ids).hasSize(5).containsOnly(ids.get(0));
        assertThat(requestsOf(person)).isOne();
        themis.awaitPackage(ids.get(0), person);
    }

    @Test
    void whoIsAskedForByTheQueueAloneGetsBothMailsToo() throws Exception {
        String person = "hana.kim@example.com";

        String id = requestOfMessage(sendToQueue(Themis.accessRequest(person)));

        assertThat(themis.awaitPackage(id, person)).containsKey("data/profile.jsonl");
    }

    @Test
    void whoHasBeenAnsweredCanAskAgain() {
        String person = "jonas.berg@example.org";
        String first = themis.ask(person);
        themis.await(first, "delivered");

        String second = themis.ask(person);

        assertThat(second).isNotEqualTo(first);
        themis.awaitPackage(second, person);
    }

    @Test
    void aKeySentAgainGivesTheSameRequestAlsoAfterItsEnd() {
        String person = "kwame.mensah@example.com";
        String key = key();
        String first = id(post(person, "Idempotency-Key", key));
        themis.await(first, "delivered");

        HttpResponse<String> again = post(person.toUpperCase(), "Idempotency-Key", key);

        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(id(again)).isEqualTo(first);
        assertThat(id(initiate(person, "Idempotency-Key", key))).isEqualTo(first);
        assertThat(themis.mails(first, person)).hasSize(2);
        String another = id(post(person, "Idempotency-Key", key()));
        assertThat(another).isNotEqualTo(first);
        themis.await(another, "delivered");
    }

    /** Each is something else to one of the parsers between the socket and the database. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "42",
                "'a'",
                "\"quoted\"",
                "\"",
                "a.class",
                "java.lang.String.class",
                "a,b",
                "[a,b]",
                "${body}",
                "{{themis.gateway-key}}",
                "RAW(a)",
                "a  b",
                "*",
                "a=b&c;d#e%41",
            })
    void aKeyIsTakenExactlyAsItWasSent(String key) {
        for (String caller : List.of("submit", "initiate")) {
            // A person of its own and a caller of its own, so that the key alone makes two calls the same request.
            String person = UUIDGenerator.getInstance().generateStringUUID() + "@example.org";
            String[] headers = {
                "Authorization",
                "Bearer " + identityProvider.token(caller + person, "o@example.org", "operator"),
                "Idempotency-Key",
                key
            };
            Supplier<HttpResponse<String>> call = caller.equals("submit")
                    ? () -> themis.send(
                            "POST",
                            REQUESTS,
                            Themis.accessRequest(person),
                            with(headers, "Content-Type", "application/json"))
                    : () -> themis.send("POST", "/users/" + person + "/data-consolidation/initiate", null, headers);

            String first = id(call.get());
            themis.await(first, "unknown-subject");

            assertThat(id(call.get())).as(caller).isEqualTo(first);
            assertThat(keysOf(first)).as(caller).containsExactly(key);
        }
    }

    @Test
    void aKeyInTheQueryIsNone() {
        String person = "key-in-query-" + key() + "@example.org";

        String id = id(themis.send(
                "POST", REQUESTS + "?Idempotency-Key=q", Themis.accessRequest(person), Themis.JSON_WITH_KEY));

        assertThat(keysOf(id)).isEmpty();
    }

    @Test
    void aKeyThatNamedAnotherPersonIsRefused() {
        String key = key();
        String known = id(post("nina.vogel@example.com", "Idempotency-Key", key));

        HttpResponse<String> reused = post("olivia.santos@example.org", "Idempotency-Key", key);

        assertThat(reused.statusCode()).isEqualTo(422);
        assertThat(reused.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(reused.body())
                .contains("Idempotency-Key")
                .doesNotContain(known)
                .doesNotContain("nina.vogel");
        assertThat(initiate("olivia.santos@example.org", "Idempotency-Key", key).statusCode())
                .isEqualTo(422);
        assertThat(requestsOf("olivia.santos@example.org")).isZero();
        themis.await(known, "delivered");
    }

    @Test
    void theKeysOfTwoCallersDoNotClash() {
        String key = key();
        String ofGateway = id(post("ravi.perera@example.com", "Idempotency-Key", key));

        String ofOperator = id(themis.send(
                "POST",
                REQUESTS,
                Themis.accessRequest("tuula.makela@example.org"),
                "Content-Type",
                "application/json",
                "Authorization",
                "Bearer " + identityProvider.token("an-operator", "operator@themis.example", "operator"),
                "Idempotency-Key",
                key));

        assertThat(ofOperator).isNotEqualTo(ofGateway);
        themis.await(ofGateway, "delivered");
        themis.await(ofOperator, "delivered");
    }

    /** As after a crash between the commit and the acknowledgement. */
    @Test
    void aQueueMessageThatComesAgainIsTheSameRequestAlsoAfterItsEnd() throws Exception {
        String person = "filip.novak@example.org";
        UUID messageId = UUIDGenerator.getInstance().generateUUID();
        String id = requestOfMessage(sendToQueue(Themis.accessRequest(person), messageId));
        themis.await(id, "delivered");

        sendToQueue(Themis.accessRequest(person), messageId);

        requestOfMessage(sendToQueue(Themis.accessRequest("somebody.after.that@example.org")));
        assertThat(requestsOf(person)).isOne();
        assertThat(themis.mails(id, person)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void identicalRequestsAtTheSameMomentAreOne(boolean withKey) throws Exception {
        String person = withKey ? "lukasz.zielinski@example.org" : "eszter.kovacs@example.org";
        String[] headers = withKey ? new String[] {"Idempotency-Key", key()} : new String[] {};
        List<HttpResponse<String>> responses = new ArrayList<>();
        whileRequestsStayOpen(() -> {
            CyclicBarrier start = new CyclicBarrier(CALLERS);
            ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
            List<Future<HttpResponse<String>>> sent = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                sent.add(callers.submit(() -> {
                    start.await();
                    return post(person, headers);
                }));
            }
            for (Future<HttpResponse<String>> response : sent) {
                responses.add(response.get());
            }
            callers.shutdown();
        });

        assertThat(responses).extracting(HttpResponse::statusCode).containsOnly(202);
        assertThat(responses.stream().map(IntakeIT::id).distinct()).hasSize(1);
        assertThat(requestsOf(person)).isOne();
        themis.awaitPackage(id(responses.get(0)), person);
    }

    @Test
    void theAnswerSaysWhereTheStatusIsAndWhenItIsDue() {
        String person = "amara.diallo@example.org";
        HttpResponse<String> response = post(person);
        JsonNode accepted = Themis.json(response.body());

        String location = response.headers().firstValue("Location").orElseThrow();
        JsonNode request = Themis.json(
                themis.send("GET", location, null, Themis.GATEWAY_KEY).body());

        assertThat(accepted.required("status").textValue()).isEqualTo("received");
        assertThat(location).isEqualTo(REQUESTS + "/" + id(response));
        assertThat(request.required("id")).isEqualTo(accepted.required("id"));
        assertThat(request.required("type").textValue()).isEqualTo("access");
        assertThat(request.required("dueAt")).isEqualTo(accepted.required("dueAt"));
        assertThat(OffsetDateTime.parse(request.required("dueAt").textValue()))
                .isEqualTo(OffsetDateTime.parse(request.required("receivedAt").textValue())
                        .plusMonths(1));
        themis.await(id(response), "delivered");
        assertThat(initiate(person).headers().firstValue("Location").orElseThrow())
                .startsWith(REQUESTS + "/")
                .isNotEqualTo(location);
    }

    /** A dash stands for nothing. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            ben.hartley@example.com,   de,    -,                de
            ben.hartley@example.com,   de-CH, en,               de
            yuki.tanabe@example.com,   -,     'de-AT,de;q=0.9', de
            yuki.tanabe@example.com,   -,     'en;q=0.4,de',    de
            pablo.ferrer@example.org,  en,    de,               en
            pablo.ferrer@example.org,  fr,    -,                en
            m.lindholm@example.org,    -,     -,                en
            m.lindholm@example.org,    -,     no language at all, en
            """)
    void theMailsAreInThePersonsLanguage(String person, String language, String accepted, String expected) {
        String body = language.equals("-")
                ? Themis.accessRequest(person)
                : "{\"type\": \"access\", \"emailAddress\": \"%s\", \"language\": \"%s\"}".formatted(person, language);
        String id = accepted.equals("-")
                ? id(themis.send("POST", REQUESTS, body, Themis.JSON_WITH_KEY))
                : id(themis.send("POST", REQUESTS, body, with(Themis.JSON_WITH_KEY, "Accept-Language", accepted)));

        assertThatMailsAreIn(expected, id, person);
    }

    @Test
    void severalLinesOfLanguagesAreOneList() {
        String person = "sam.taylor@example.net";
        String answer = RawHttp.send(
                themis.url("/"),
                "POST " + REQUESTS + " HTTP/1.1",
                Themis.accessRequest(person).getBytes(StandardCharsets.UTF_8),
                "Content-Type: application/json",
                "Ocp-Apim-Subscription-Key: dev-key",
                "Accept-Language: fr",
                "Accept-Language: de");

        assertThat(answer).startsWith("HTTP/1.1 202");
        assertThat(database.sql("SELECT language FROM data_subject_request WHERE email_address = ?")
                        .param(person)
                        .query(String.class)
                        .single())
                .isEqualTo("de");
    }

    @Test
    void theOriginalsPathTakesTheLanguageFromTheHeader() {
        String person = "sam.taylor@example.org";

        assertThatMailsAreIn("de", id(initiate(person, "Accept-Language", "de")), person);
    }

    @Test
    void theQueueTakesTheLanguageFromTheBody() throws Exception {
        String person = "sam.taylor@example.com";
        String messageId =
                sendToQueue("{\"type\": \"access\", \"emailAddress\": \"%s\", \"language\": \"de\"}".formatted(person));

        assertThatMailsAreIn("de", requestOfMessage(messageId), person);
    }

    private void assertThatMailsAreIn(String language, String id, String person) {
        String manifest = new String(themis.awaitPackage(id, person).get("manifest.json"));
        List<MimeMessage> mails = themis.mails(id, person);
        List<String> greetings = language.equals("de") ? List.of("Guten Tag", "Guten Tag") : List.of("Hello", "Hello");
        assertThat(mails)
                .extracting(Themis::subject)
                .isEqualTo(
                        language.equals("de")
                                ? List.of(
                                        "Wir haben begonnen, Ihre Daten zusammenzustellen", "Ihre Daten liegen bereit")
                                : List.of("We have started to collect your data", "Your data is ready"));
        assertThat(mails).zipSatisfy(greetings, (mail, greeting) -> {
            assertThat(Themis.body(mail, "text/plain")).startsWith(greeting);
            assertThat(Themis.body(mail, "text/html"))
                    .contains("<html lang=\"" + language + "\">")
                    .contains(greeting);
        });
        assertThat(Themis.json(manifest).required("language").textValue()).isEqualTo(language);
    }

    private void whileRequestsStayOpen(WhileOpen action) throws Exception {
        services.users().stop();
        try {
            action.run();
        } finally {
            startUsers();
        }
    }

    private void startUsers() {
        try {
            services.users().start();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> post(String person, String... headers) {
        return themis.send("POST", REQUESTS, Themis.accessRequest(person), with(Themis.JSON_WITH_KEY, headers));
    }

    private HttpResponse<String> initiate(String person, String... headers) {
        return themis.send(
                "POST", "/users/" + person + "/data-consolidation/initiate", null, with(Themis.GATEWAY_KEY, headers));
    }

    /** @return the id of the message */
    private String sendToQueue(String body) throws JMSException {
        return sendToQueue(body, UUIDGenerator.getInstance().generateUUID());
    }

    private String sendToQueue(String body, UUID messageId) throws JMSException {
        try (JMSContext jms = services.broker().connectionFactory().createContext()) {
            TextMessage message = jms.createTextMessage(body);
            ((ActiveMQMessage) message).getCoreMessage().setUserID(messageId);
            jms.createProducer().setDisableMessageID(true).send(jms.createQueue("themis.requests"), message);
            return "ID:" + messageId;
        }
    }

    private String requestOfMessage(String messageId) {
        return Awaitility.await("the message is taken")
                .until(
                        () -> database.sql("SELECT request_id FROM idempotency_key WHERE caller = 'queue' AND key = ?")
                                .param(messageId)
                                .query(String.class)
                                .optional(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private List<String> keysOf(String id) {
        return database.sql("SELECT key FROM idempotency_key WHERE request_id = ?::uuid")
                .param(id)
                .query(String.class)
                .list();
    }

    private static String key() {
        return UUIDGenerator.getInstance().generateStringUUID();
    }

    private int requestsOf(String person) {
        return database.sql("SELECT count(*) FROM data_subject_request WHERE lower(email_address) = lower(?)")
                .param(person)
                .query(Integer.class)
                .single();
    }

    private static String id(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return Themis.json(response.body()).required("id").textValue();
    }

    private static String[] with(String[] headers, String... more) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
