package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.devservices.DevServices;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.StreamMessage;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Messages that are no request. Each goes to the dead-letter queue with the reason, once, and the next message is taken:
 * one bad message does not stop the queue.
 */
@OneApplicationTest
class BadMessageIT {

    private static final int PATIENCE_MS = 30_000;

    @Autowired
    DevServices services;

    @Autowired
    JdbcClient database;

    private JMSContext jms;
    private Queue requests;
    private JMSConsumer dead;
    private long requestsBefore;

    @BeforeEach
    void connect() {
        jms = services.broker().connectionFactory().createContext();
        requests = jms.createQueue("themis.requests");
        dead = jms.createConsumer(jms.createQueue("themis.requests.dead"));
        while (dead.receive(100) != null) {
            // of another test
        }
        requestsBefore = requests();
    }

    @AfterEach
    void disconnect() {
        jms.close();
    }

    /** Makes a message of a session. */
    @FunctionalInterface
    interface Maker {
        Message make(JMSContext jms) throws JMSException;
    }

    static Stream<Arguments> badMessages() {
        return Stream.of(
                bad("text that is no JSON", "not JSON", jms -> jms.createTextMessage("quokka")),
                bad("no text", "the message is empty", JMSContext::createTextMessage),
                bad("an empty text", "must be a JSON object", jms -> jms.createTextMessage("")),
                bad("a list", "must be a JSON object", jms -> jms.createTextMessage("[]")),
                bad("no address", "emailAddress is missing", jms -> jms.createTextMessage("{\"type\": \"access\"}")),
                bad(
                        "an unknown type",
                        "type must be",
                        jms -> jms.createTextMessage(
                                "{\"type\": \"quokka\", \"emailAddress\": \"quokka@example.org\"}")),
                bad(
                        "an unknown field",
                        "unknown field",
                        jms -> jms.createTextMessage(
                                "{\"type\": \"access\", \"emailAddress\": \"quokka@example.org\", \"quokka\": 1}")),
                bad(
                        "a line break in the address",
                        "emailAddress has a character",
                        jms -> jms.createTextMessage(
                                Themis.accessRequest("quokka@example.org\r\nBcc: ada@example.org"))),
                bad("deep nesting", "nested", jms -> jms.createTextMessage("[".repeat(50_000))),
                bad(
                        "a text of ten million characters",
                        "longer than 65536 bytes",
                        jms -> jms.createTextMessage(
                                "{\"type\": \"access\", \"emailAddress\": \"" + "quokka".repeat(1_700_000) + "\"}")),
                bad(
                        "bytes that are not UTF-8",
                        "not UTF-8",
                        jms -> bytes(
                                jms, Themis.accessRequest("quökka@example.org").getBytes(StandardCharsets.ISO_8859_1))),
                bad("no bytes", "must be a JSON object", jms -> bytes(jms, new byte[0])),
                bad("ten million bytes", "longer than 65536 bytes", jms -> bytes(jms, new byte[10_000_000])),
                bad("a map", "neither text nor bytes", BadMessageIT::map),
                bad("a stream", "neither text nor bytes", BadMessageIT::stream),
                bad("an object", "neither text nor bytes", jms -> jms.createObjectMessage(new SideEffect())),
                bad(
                        "a text as an object",
                        "neither text nor bytes",
                        jms -> jms.createObjectMessage(Themis.accessRequest("quokka@example.org"))),
                bad("nothing but properties", "neither text nor bytes", JMSContext::createMessage));
    }

    private static Arguments bad(String what, String reason, Maker message) {
        return Arguments.of(what, reason, message);
    }

    private static BytesMessage bytes(JMSContext jms, byte[] body) throws JMSException {
        BytesMessage message = jms.createBytesMessage();
        message.writeBytes(body);
        return message;
    }

    private static MapMessage map(JMSContext jms) throws JMSException {
        MapMessage message = jms.createMapMessage();
        message.setString("type", "access");
        message.setString("emailAddress", "quokka@example.org");
        return message;
    }

    private static StreamMessage stream(JMSContext jms) throws JMSException {
        StreamMessage message = jms.createStreamMessage();
        message.writeString(Themis.accessRequest("quokka@example.org"));
        return message;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badMessages")
    void isPutAsideOnceWithTheReasonAndTheNextOneIsTaken(String what, String reason, Maker maker) throws Exception {
        SideEffect.HAPPENED.set(0);
        String next = "next-" + UUID.randomUUID() + "@example.org";

        jms.createProducer().send(requests, maker.make(jms));
        jms.createProducer().send(requests, Themis.accessRequest(next));

        Message put = dead.receive(PATIENCE_MS);
        assertThat(put).as("dead letter").isNotNull();
        assertThat(put.getStringProperty("reason")).contains(reason).doesNotContain("quokka");
        awaitRequestOf(next);
        assertThat(dead.receive(500)).as("second dead letter").isNull();
        assertThat(requests()).isEqualTo(requestsBefore + 1);
        assertThat(SideEffect.HAPPENED).hasValue(0);
    }

    @Test
    void aMessageThatIsPutAsideKeepsItsBody() throws Exception {
        jms.createProducer().send(requests, "not JSON, but somebody's own words");

        assertThat(dead.receive(PATIENCE_MS).getBody(String.class)).isEqualTo("not JSON, but somebody's own words");
    }

    @Test
    void aMessageWithoutAnIdIsTaken() {
        String address = "no-id-" + UUID.randomUUID() + "@example.org";

        jms.createProducer().setDisableMessageID(true).send(requests, Themis.accessRequest(address));

        awaitRequestOf(address);
    }

    @Test
    void bytesInUtf8AreTakenLikeText() throws Exception {
        String address = "bytes-" + UUID.randomUUID() + "@example.org";

        jms.createProducer()
                .send(requests, bytes(jms, Themis.accessRequest(address).getBytes(StandardCharsets.UTF_8)));

        awaitRequestOf(address);
    }

    private void awaitRequestOf(String address) {
        Awaitility.await("request of the next message")
                .until(() -> database.sql("SELECT count(*) FROM data_subject_request WHERE email_address = :address")
                                .param("address", address)
                                .query(Long.class)
                                .single()
                        == 1);
    }

    private long requests() {
        return database.sql("SELECT count(*) FROM data_subject_request")
                .query(Long.class)
                .single();
    }

    /** Whoever reads this from a message has run its sender's code. */
    private static final class SideEffect implements Serializable {

        private static final long serialVersionUID = 1L;
        private static final AtomicInteger HAPPENED = new AtomicInteger();

        private void readObject(ObjectInputStream in) {
            HAPPENED.incrementAndGet();
        }
    }
}
