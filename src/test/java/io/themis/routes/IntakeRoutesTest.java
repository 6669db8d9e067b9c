package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.devservices.Broker;
import io.themis.queue.QueueMetrics;
import io.themis.queue.TextMessages;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.IdempotencyKeyReusedException;
import io.themis.request.NewRequest;
import io.themis.request.RequestReader;
import io.themis.request.RequestType;
import io.themis.rest.Problems;
import io.themis.rest.RequestApi;
import io.themis.rest.Submissions;
import io.themis.security.Caller;
import io.themis.security.Caller.Role;
import io.themis.security.Callers;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.transaction.CannotCreateTransactionException;

@RouteFile("intake")
class IntakeRoutesTest extends RouteFileTest {

    private static final String ASK = "{\"type\": \"access\", \"emailAddress\": \"ada@example.org\"}";
    private static final Caller GATEWAY = new Caller(Set.of(Role.GATEWAY), "gateway", null);
    private static final Caller EVE = new Caller(Set.of(Role.PERSON), "2", new EmailAddress("eve@example.org"));
    private static final NewRequest ADAS_REQUEST =
            new NewRequest(RequestType.ACCESS, new EmailAddress("ada@example.org"), Locale.ENGLISH, "gateway", null);

    private static final Broker BROKER = Broker.start();

    /** Of the clock by which waiting is measured, so that no message has to wait. */
    private static final Duration AHEAD = Duration.ofHours(3);

    private final HttpEngine http = new HttpEngine();
    private final JMSContext queue = BROKER.connectionFactory().createContext();
    private final List<NewRequest> asked = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Override
    void arrange(CamelContext context) throws Exception {
        Callers callers = new Callers();
        context.getRegistry().bind("callers", callers);
        context.getRegistry().bind("problems", new Problems());
        RequestReader reader = real(RequestReader.class, json);
        context.getRegistry().bind("submissions", real(Submissions.class, reader));
        context.getRegistry()
                .bind(
                        "requestApi",
                        real(
                                RequestApi.class,
                                requests,
                                steps,
                                null,
                                null,
                                null,
                                new DataMap("emailAddress", "profile", Map.of(), List.of(), "test"),
                                null,
                                null));
        context.getRegistry().bind("textMessages", real(TextMessages.class, reader));
        context.getRegistry()
                .bind("queueMetrics", real(QueueMetrics.class, meters, Clock.offset(Clock.systemUTC(), AHEAD)));
        JmsComponent jms = JmsComponent.jmsComponent(BROKER.connectionFactory());
        // A consumer that is to stop waits as long for a last message.
        jms.getConfiguration().setReceiveTimeout(50);
        context.addComponent("jms", jms);
        context.getComponent("platform-http", PlatformHttpComponent.class).setEngine(http);
        for (String operation : List.of(
                "listRequests",
                "findRequests",
                "getRequest",
                "getDownloads",
                "endLinks",
                "withdrawErasure",
                "extendDeadline",
                "resendMail",
                "getRecord",
                "retryStep",
                "restartRequest",
                "getHomonyms",
                "getErasurePlan",
                "approveErasure",
                "refuseErasure",
                "getCertificate",
                "getCertificateKeys",
                "getCertificatePage",
                "confirmReceipt",
                "replayErasures",
                "getUserProfile",
                "allowEvents",
                "receiveEvents")) {
            neighbour("direct:" + operation, exchange -> {});
        }
        doAnswer(call -> {
                    asked.add(call.getArgument(0));
                    return REQUEST;
                })
                .when(requests)
                .accept(any());
    }

    @Override
    protected void cleanupResources() {
        queue.close();
    }

    @AfterAll
    static void close() {
        BROKER.close();
    }

    @Test
    void theRequestAndItsFirstStepAreWrittenTogether() throws Exception {
        send("direct:accept-request", exchange -> exchange.getMessage().setBody(ADAS_REQUEST));
        assertThat(journal)
                .containsExactly(
                        "begin",
                        "requests.accept(NewRequest)",
                        "step:identify-person",
                        "requests.accessBefore(request)",
                        "commit");
    }

    @Test
    void anErasureThatWaitsIsWrittenAndBegunTogetherWithTheAccessRequestBeforeIt() throws Exception {
        UUID accessId = UUID.fromString("0a5e2b1c-5a61-4a0c-a2c5-e0d2a8c3c7c1");
        DataSubjectRequest access = new DataSubjectRequest(
                accessId,
                RequestType.ACCESS,
                REQUEST.emailAddress(),
                REQUEST.language(),
                REQUEST.status(),
                REQUEST.receivedAt(),
                REQUEST.dueAt(),
                REQUEST.caller(),
                null,
                null,
                1);
        doReturn(access).when(requests).accessBefore(REQUEST);
        doAnswer(call -> journal.add("step of the access request:" + call.getArgument(1)))
                .when(steps)
                .start(eq(accessId), any(), any());

        Exchange answer = submit(
                GATEWAY,
                "{\"type\": \"erasure\", \"emailAddress\": \"ada@example.org\", \"accessFirst\": true}",
                Map.of());

        assertThat(body(answer).path("id").textValue()).isEqualTo(ID.toString());
        assertThat(body(answer).path("accessRequestId").textValue()).isEqualTo(accessId.toString());
        assertThat(journal)
                .containsExactly(
                        "begin",
                        "requests.accept(NewRequest)",
                        "step:identify-person",
                        "requests.accessBefore(request)",
                        "step of the access request:identify-person",
                        "commit");
    }

    @Test
    void aRequestWhoseFirstStepCannotBeWrittenIsNotAccepted() {
        doThrow(new IllegalStateException("away")).when(steps).start(any(), eq("identify-person"), any());
        assertThatThrownBy(() -> send(
                        "direct:accept-request",
                        exchange -> exchange.getMessage().setBody(ADAS_REQUEST)))
                .hasMessage("away");
        assertThat(journal).containsExactly("begin", "requests.accept(NewRequest)", "rollback");
    }

    @Test
    void overRestTheAnswerComesAfterTheCommit() throws Exception {
        Exchange answer = submit(GATEWAY, ASK, Map.of("Accept-Language", "en"));
        assertThat(answer.getMessage().getHeaders())
                .containsOnlyKeys("CamelHttpResponseCode", "Location", "Content-Type")
                .containsEntry("CamelHttpResponseCode", "202")
                .containsEntry("Location", "/api/v1/requests/" + ID);
        assertThat(body(answer))
                .isEqualTo(json.readTree("{\"id\": \"%s\", \"status\": \"received\", \"dueAt\": \"%s\"}"
                        .formatted(ID, "2026-04-01T10:00:00Z")));
        assertThat(journal).endsWith("commit");
        assertThat(asked).containsExactly(ADAS_REQUEST);
    }

    @Test
    void languageAndKeyComeFromTheHeadersThatTheContractNames() throws Exception {
        submit(GATEWAY, ASK, Map.of("accept-language", "de-AT,en;q=0.5", "Idempotency-Key", "k1"));
        assertThat(asked.get(0).language().getLanguage()).isEqualTo("de");
        assertThat(asked.get(0).idempotencyKey()).isEqualTo("k1");
    }

    @Test
    void theCallerIsWhoWasCheckedAndNotWhoAHeaderNames() throws Exception {
        submit(GATEWAY, ASK, Map.of("caller", "mallory", "CamelSqlQuery", "DROP TABLE users"));
        assertThat(asked.get(0).caller()).isEqualTo("gateway");
    }

    @Test
    void theOperationOfTheOriginalAsksForAccess() throws Exception {
        Exchange answer = call("initiateDataConsolidation", GATEWAY, null, Map.of("emailAddress", "ada@example.org"));
        assertThat(statusOf(answer)).isEqualTo(202);
        assertThat(asked).containsExactly(ADAS_REQUEST);
    }

    @Test
    void nobodyAsksForSomebodyElse() throws Exception {
        Exchange answer = submit(EVE, ASK, Map.of());
        assertThat(statusOf(answer)).isEqualTo(403);
        assertThat(statusOf(call("initiateDataConsolidation", EVE, null, Map.of("emailAddress", "ada@example.org"))))
                .isEqualTo(403);
        assertThat(journal).isEmpty();
    }

    @Test
    void aCallThatNobodyCheckedIsRefused() throws Exception {
        assertThat(statusOf(submit(null, ASK, Map.of()))).isEqualTo(403);
        assertThat(journal).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"type\": \"erase\", \"emailAddress\": \"ada@example.org\"}", "{}"})
    void whatIsNoRequestIsABadRequestAndNothingIsWritten(String sent) throws Exception {
        assertThat(statusOf(submit(GATEWAY, sent, Map.of()))).isEqualTo(400);
        assertThat(journal).isEmpty();
    }

    @Test
    void nothingIsAcceptedWhileTheDatabaseIsAway() throws Exception {
        doThrow(new CannotCreateTransactionException("away")).when(requests).accept(any());
        Exchange answer = submit(GATEWAY, ASK, Map.of());
        assertThat(statusOf(answer)).isEqualTo(503);
        assertThat(answer.getMessage().getHeader("Location")).isNull();
        assertThat(journal).endsWith("rollback");
    }

    @Test
    void aKeyOfAnotherRequestIsRefused() throws Exception {
        doThrow(new IdempotencyKeyReusedException()).when(requests).accept(any());
        assertThat(statusOf(submit(GATEWAY, ASK, Map.of("Idempotency-Key", "k1"))))
                .isEqualTo(422);
    }

    @Test
    void theContractReachesTheRouteOfItsOperation() throws Exception {
        Exchange answer = http.call("/", exchange -> {
            MockHttpServletRequest request = new MockHttpServletRequest();
            request.setAttribute(Caller.class.getName(), GATEWAY);
            exchange.getMessage()
                    .setHeaders(new HashMap<>(Map.of(
                            "CamelHttpMethod", "POST",
                            "CamelHttpPath", "/api/v1/requests",
                            "Content-Type", "application/json",
                            "Accept", "application/json",
                            "CamelHttpServletRequest", request)));
            exchange.getMessage().setBody(ASK);
        });
        assertThat(statusOf(answer)).isEqualTo(202);
        assertThat(asked).containsExactly(ADAS_REQUEST);
    }

    @Test
    void aMessageOfTheQueueIsTheSameRequestHoweverOftenItComes() {
        Message message = queue.createTextMessage(ASK);
        queue.createProducer().send(queue.createQueue("themis.requests"), message);
        await().until(() -> journal.contains("commit"));
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0).caller()).isEqualTo("queue");
        assertThat(asked.get(0).idempotencyKey()).isEqualTo(id(message));
        assertThat(asked.get(0).emailAddress().value()).isEqualTo("ada@example.org");
    }

    @Test
    void noHeaderOfAMessageOfTheQueueGetsAnywhere() {
        JMSProducer producer = queue.createProducer();
        Map.of(
                        "CAmelSqlQuery", "DROP TABLE users",
                        "To", "mallory@example.org",
                        "caller", "mallory",
                        "CamelHttpServletRequest", "x")
                .forEach(producer::setProperty);
        producer.send(queue.createQueue("themis.requests"), "{");
        Message dead = deadLetter();
        assertThat(properties(dead)).doesNotContainKeys("CAmelSqlQuery", "To", "caller", "CamelHttpServletRequest");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hello", "{\"type\": \"access\", \"emailAddress\": \"a@example.org\\r\\nBcc: b@example.org\"}"})
    void aMessageThatIsNotUnderstoodIsPutAsideWithTheReason(String sent) throws Exception {
        queue.createProducer().send(queue.createQueue("themis.requests"), sent);
        Message dead = deadLetter();
        assertThat(dead.getBody(String.class)).isEqualTo(sent);
        assertThat(dead.getStringProperty("reason")).isNotBlank().doesNotContain("hello", "example.org\r", "Exception");
        assertThat(journal).isEmpty();
    }

    @Test
    void aMessageOfAnotherKindIsPutAsideAndNeverDeserialised() throws Exception {
        queue.createProducer()
                .send(queue.createQueue("themis.requests"), queue.createObjectMessage(new ArrayList<>(List.of("x"))));
        assertThat(deadLetter().getStringProperty("reason")).contains("neither text nor bytes");
        assertThat(journal).isEmpty();
    }

    @Test
    void aMessageThatIsTooLongIsPutAsideWhole() throws Exception {
        String sent = "x".repeat(64 * 1024 + 1);
        queue.createProducer().send(queue.createQueue("themis.requests"), sent);
        Message dead = deadLetter();
        assertThat(dead.getStringProperty("reason")).contains("65536 bytes");
        await().until(() -> meters.get("themis.queue.dead.letters").counter().count() == 1);
        assertThat(dead.getBody(String.class)).isEqualTo(sent);
    }

    @Test
    void bytesAreTextInUtf8() throws Exception {
        queue.createProducer().send(queue.createQueue("themis.requests"), ASK.getBytes(StandardCharsets.UTF_8));
        await().until(() -> journal.contains("commit"));
        byte[] latin1 = "\u00e4".getBytes(StandardCharsets.ISO_8859_1);
        queue.createProducer().send(queue.createQueue("themis.requests"), latin1);
        Message dead = deadLetter();
        assertThat(dead.getStringProperty("reason")).contains("UTF-8");
        assertThat(dead.getBody(byte[].class)).isEqualTo(latin1);
    }

    @Test
    void howLongAMessageHasWaitedIsMeasuredWhenItIsTaken() {
        queue.createProducer().send(queue.createQueue("themis.requests"), ASK);
        await().until(() -> journal.contains("commit"));
        Timer wait = meters.get("themis.queue.wait").timer();
        assertThat(wait.count()).isEqualTo(1);
        assertThat(wait.max(TimeUnit.SECONDS)).isBetween(10_800.0, 10_860.0);
        assertThat(meters.get("themis.queue.dead.letters").counter().count()).isZero();
    }

    /** Its sender may have told the client to leave the time out; a broker or a bridge may set none. */
    @Test
    void aMessageThatDoesNotSayWhenItWasSentIsTakenAndNotMeasured() {
        queue.createProducer().setDisableMessageTimestamp(true).send(queue.createQueue("themis.requests"), ASK);
        await().until(() -> journal.contains("commit"));
        assertThat(meters.get("themis.queue.wait").timer().count()).isZero();
    }

    @Test
    void aMessageThatCannotBeTakenNowIsTakenLater() {
        AtomicInteger attempts = new AtomicInteger();
        doAnswer(call -> {
                    if (attempts.incrementAndGet() == 1) {
                        throw new CannotCreateTransactionException("away");
                    }
                    return REQUEST;
                })
                .when(requests)
                .accept(any());
        queue.createProducer().send(queue.createQueue("themis.requests"), ASK);
        await().until(() -> journal.contains("commit"));
        assertThat(attempts).hasValue(2);
        assertThat(stepsStarted()).containsExactly("step:identify-person");
    }

    private Message deadLetter() {
        try (JMSContext own = BROKER.connectionFactory().createContext();
                JMSConsumer consumer = own.createConsumer(own.createQueue("themis.requests.dead"))) {
            Message dead = consumer.receive(10_000);
            assertThat(dead).as("dead letter").isNotNull();
            return dead;
        }
    }

    private static Map<String, Object> properties(Message message) {
        Map<String, Object> properties = new HashMap<>();
        try {
            for (Object name : Collections.list(message.getPropertyNames())) {
                properties.put((String) name, message.getObjectProperty((String) name));
            }
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
        return properties;
    }

    private static String id(Message message) {
        try {
            return message.getJMSMessageID();
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    private Exchange submit(Caller caller, String body, Map<String, Object> headers) throws Exception {
        return call("submitRequest", caller, body, headers);
    }

    private Exchange call(String operation, Caller caller, String body, Map<String, Object> headers) throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAttribute(Caller.class.getName(), caller);
        headers.forEach(request::addHeader);
        return send("direct:" + operation, exchange -> {
            exchange.getMessage().setHeaders(new HashMap<>(headers));
            exchange.getMessage().setHeader("CamelHttpServletRequest", request);
            exchange.getMessage()
                    .setBody(body == null ? null : new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        });
    }

    private JsonNode body(Exchange answer) throws Exception {
        return json.readTree(answer.getMessage().getBody(String.class));
    }

    private static int statusOf(Exchange answer) {
        return answer.getMessage().getHeader("CamelHttpResponseCode", 200, Integer.class);
    }
}
