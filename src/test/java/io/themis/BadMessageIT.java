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
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Section;
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

    /** What clients of JMS say the kind of a message is. */
    private static final byte TEXT = 5;

    private static final byte BYTES = 3;

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

        assertPutAsideOnce(reason, next);
        assertThat(SideEffect.HAPPENED).hasValue(0);
    }

    static Stream<Arguments> brokenMessages() {
        byte[] latin1 = Themis.accessRequest("quökka@example.org").getBytes(StandardCharsets.ISO_8859_1);
        return Stream.of(
                amqp("a JSON text that is not UTF-8", "not UTF-8", "application/json", null, data(latin1)),
                amqp(
                        "a text that is not in its charset",
                        "not UTF-8",
                        "text/plain;charset=us-ascii",
                        null,
                        data(latin1)),
                amqp("a text that is a map", "not UTF-8", null, TEXT, new AmqpValue(Map.of("type", "access"))),
                amqp("bytes that are a text", "must be a JSON object", null, BYTES, new AmqpValue("{}")),
                amqp("a list", "neither text nor bytes", null, null, new AmqpSequence(List.of("access"))),
                amqp("a number", "neither text nor bytes", null, null, new AmqpValue(42L)),
                amqp("no body", "must be a JSON object", null, null, null));
    }

    private static Arguments amqp(String what, String reason, String contentType, Byte jmsType, Section body) {
        org.apache.qpid.proton.message.Message message = Proton.message();
        message.setContentType(contentType);
        message.setMessageId(UUID.randomUUID());
        if (jmsType != null) {
            message.setMessageAnnotations(
                    new MessageAnnotations(new HashMap<>(Map.of(Symbol.valueOf("x-opt-jms-msg-type"), jmsType))));
        }
        message.setBody(body);
        return Arguments.of(what, reason, message);
    }

    private static Data data(byte[] content) {
        return new Data(new Binary(content));
    }

    /** A client of JMS would not send them, or refuses to hand them over. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenMessages")
    void isPutAsideOnceTooIfTheBodyIsNotWhatItSays(
            String what, String reason, org.apache.qpid.proton.message.Message message) throws Exception {
        String next = "next-" + UUID.randomUUID() + "@example.org";

        AmqpSender.send(services.broker().amqpPort(), "themis.requests", message);
        jms.createProducer().send(requests, Themis.accessRequest(next));

        assertPutAsideOnce(reason, next);
    }

    /** @param next whose request was sent after the bad message */
    private void assertPutAsideOnce(String reason, String next) throws JMSException {
        Message put = dead.receive(PATIENCE_MS);
        assertThat(put).as("dead letter").isNotNull();
        assertThat(put.getStringProperty("reason")).contains(reason).doesNotContain("quokka");
        awaitRequestOf(next);
        assertThat(dead.receive(500)).as("second dead letter").isNull();
        assertThat(requests()).isEqualTo(requestsBefore + 1);
    }

    @Test
    void whatCanBeReadOfAMessageIsKept() throws Exception {
        org.apache.qpid.proton.message.Message message = Proton.message();
        message.setContentType("application/json");
        message.setBody(data("who is it? quökka@example.org".getBytes(StandardCharsets.ISO_8859_1)));

        AmqpSender.send(services.broker().amqpPort(), "themis.requests", message);

        assertThat(dead.receive(PATIENCE_MS).getBody(String.class)).contains("who is it? qu", "kka@example.org");
    }

    static Stream<Arguments> messagesOfOthers() {
        return Stream.of(
                Arguments.of("data", null, true, "portal.4711", "ID:AMQP_NO_PREFIX:portal.4711"),
                // printf 'ID:AMQP_NO_PREFIX:a name' | sha256sum
                Arguments.of(
                        "data",
                        null,
                        true,
                        "a name",
                        "sha256:03fdd4163101a2f2ec0d2b7130ca1e394b586766788f75628a23784b7bcff21f"),
                Arguments.of("data", "application/json", true, uuid(1), "ID:AMQP_UUID:" + uuid(1)),
                Arguments.of("data", "application/octet-stream", true, null, null),
                Arguments.of("a text", null, false, UnsignedLong.valueOf(7), "ID:AMQP_ULONG:7"),
                Arguments.of("a binary", null, false, new Binary(new byte[] {1, 127}), "ID:AMQP_BINARY:017F"));
    }

    private static UUID uuid(long number) {
        return new UUID(number, number);
    }

    /** As of SDKs of Azure, which put the JSON into a data section, and of anybody else who speaks AMQP. */
    @ParameterizedTest(name = "{0} of type {1} with the id {3}")
    @MethodSource("messagesOfOthers")
    void aMessageOfWhoKnowsNothingOfJmsIsTaken(String kind, String contentType, boolean isData, Object id, String key)
            throws Exception {
        String address = "amqp-" + UUID.randomUUID() + "@example.org";
        String json = Themis.accessRequest(address);
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        org.apache.qpid.proton.message.Message message = Proton.message();
        message.setContentType(contentType);
        message.setMessageId(id);
        message.setReplyTo("somewhere/else");
        message.setApplicationProperties(new ApplicationProperties(
                Map.of("uuid", uuid(2), "time", new Date(), "CAmelSqlQuery", "x", "count", UnsignedInteger.ONE)));
        message.setBody(isData ? data(bytes) : new AmqpValue(kind.equals("a text") ? json : new Binary(bytes)));

        AmqpSender.send(services.broker().amqpPort(), "themis.requests", message);

        awaitRequestOf(address);
        assertThat(database.sql("""
                        SELECT key FROM idempotency_key JOIN data_subject_request ON id = request_id
                        WHERE email_address = ?""").param(address).query(String.class).list())
                .isEqualTo(key == null ? List.of() : List.of(key));
    }

    @Test
    void aMessageThatIsPutAsideKeepsItsBodyAndSaysWhichItWas() throws Exception {
        Message sent = jms.createTextMessage("not JSON, but somebody's own words");
        jms.createProducer().send(requests, sent);

        Message put = dead.receive(PATIENCE_MS);
        assertThat(put.getBody(String.class)).isEqualTo("not JSON, but somebody's own words");
        assertThat(put.getJMSCorrelationID()).isEqualTo(sent.getJMSMessageID());
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
