package io.themis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.AmqpSender;
import io.themis.devservices.Broker;
import io.themis.request.RequestReader;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** On a broker, in the process and over AMQP 1.0. */
class DeadLettersIT {

    private static final String PERSON = "grace.example@example.org";
    private static final TextMessages MESSAGES = new AnnotationConfigApplicationContext(
                    ObjectMapper.class, RequestReader.class, TextMessages.class)
            .getBean(TextMessages.class);

    @Test
    void aLetterIsShownByIdTimeReasonAndSizeAndNotByWhatItSays() throws Exception {
        try (Broker broker = Broker.start()) {
            assertShownWithoutContent(broker.connectionFactory());
        }
    }

    @Test
    void aBrokerOverAmqpShowsTheSameAndKeepsItsLetters() throws Exception {
        try (Broker broker = Broker.start()) {
            assertShownWithoutContent(new JmsConnectionFactory("amqp://127.0.0.1:" + broker.amqpPort()));
        }
    }

    private static void assertShownWithoutContent(ConnectionFactory broker) throws JMSException {
        Instant before = Instant.now();
        String first;
        try (JMSContext jms = broker.createContext()) {
            Queue queue = jms.createQueue("themis.requests.dead");
            TextMessage text = jms.createTextMessage("Please delete " + PERSON + " ü");
            text.setStringProperty("reason", "write to " + PERSON);
            text.setStringProperty("sender", PERSON);
            text.setJMSCorrelationID("of " + PERSON);
            jms.createProducer().send(queue, text);
            first = text.getJMSMessageID();
            BytesMessage bytes = jms.createBytesMessage();
            bytes.writeBytes(("{\"type\": \"access\", \"emailAddress\": \"" + PERSON + "\"}").getBytes());
            bytes.setJMSCorrelationID("4711");
            jms.createProducer().send(queue, bytes);
            jms.createProducer().send(queue, jms.createMapMessage());
        }
        DeadLetters letters = new DeadLetters(broker, null, MESSAGES);

        List<Map<String, Object>> shown = letters.getLetters();

        assertThat(shown).hasSize(3);
        assertThat(shown.get(0))
                .containsEntry("id", first)
                // printf 'of grace.example@example.org' | sha256sum
                .containsEntry(
                        "correlationId", "sha256:3b37debe7a76af6e731fb20a506e32ef101f658737fddc3f9724dcc9620fc912")
                // "Please delete " and " ü" in UTF-8 are 17 bytes.
                .containsEntry("bytes", 17L + PERSON.length());
        assertThat((String) shown.get(0).get("reason")).startsWith("the body is not JSON");
        assertThat(Instant.parse((String) shown.get(0).get("sentAt")))
                .isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
        assertThat(shown.get(1))
                .containsEntry("correlationId", "4711")
                .containsEntry(
                        "reason",
                        "none in the message: its id named another request before, or the broker has moved it");
        assertThat(shown.get(2))
                .containsEntry("bytes", null)
                .containsEntry("reason", "the message is neither text nor bytes; send the JSON as text");
        assertThat(shown.toString()).doesNotContain("grace");
        assertThat(letters.getLetters()).as("looking takes nothing away").isEqualTo(shown);
    }

    /** Of a sender that is no client of JMS, whose message the broker has moved. */
    @Test
    void aLetterThatCannotBeReadHidesNoOther() throws Exception {
        try (Broker broker = Broker.start();
                JMSContext jms = broker.connectionFactory().createContext()) {
            org.apache.qpid.proton.message.Message odd = Proton.message();
            odd.setMessageId("grace example");
            odd.setCorrelationId(new Binary(new byte[] {1}));
            odd.setContentType("text/plain;charset=us-ascii");
            odd.setApplicationProperties(new ApplicationProperties(Map.of("reason", new Binary(new byte[] {1}))));
            odd.setBody(new Data(new Binary(PERSON.replace("a", "ä").getBytes(StandardCharsets.ISO_8859_1))));
            AmqpSender.send(broker.amqpPort(), "themis.requests.dead", odd);
            jms.createProducer().send(jms.createQueue("themis.requests.dead"), "[]");
            ConnectionFactory amqp =
                    new QueueConfiguration().connectionFactory(new QueueSettings(broker.amqpUrl(), null, null));

            List<Map<String, Object>> shown = new DeadLetters(amqp, broker.amqpUrl(), MESSAGES).getLetters();

            assertThat(shown).hasSize(2).allMatch(letter -> letter.containsKey("reason"));
            assertThat((String) shown.get(1).get("reason")).startsWith("the body must be a JSON object");
            assertThat(shown.toString()).doesNotContain("grace");
        }
    }

    @Test
    void moreThanOneCanLookThroughAreNotRead() {
        try (Broker broker = Broker.start();
                JMSContext jms = broker.connectionFactory().createContext()) {
            DeadLetters letters = new DeadLetters(broker.connectionFactory(), null, MESSAGES);
            assertThat(letters.getLetters()).isEmpty();
            for (int i = 0; i < DeadLetters.MOST; i++) {
                jms.createProducer().send(jms.createQueue("themis.requests.dead"), "x");
            }
            assertThat(letters.getLetters()).hasSize(DeadLetters.MOST).allMatch(letter -> letter.containsKey("id"));
            jms.createProducer().send(jms.createQueue("themis.requests.dead"), "x");
            assertThat(letters.getLetters())
                    .hasSize(DeadLetters.MOST + 1)
                    .last()
                    .isEqualTo(Map.of("more", "there are more than these 100"));
        }
    }

    @Test
    void whereTheQueueCannotBeBrowsedTheAnswerSaysSo() {
        ConnectionFactory unreachable = new JmsConnectionFactory("amqp://127.0.0.1:1");
        assertThat(new DeadLetters(unreachable, "amqps://broker.example.org", MESSAGES).getLetters())
                .singleElement()
                .asString()
                .contains("does not let themis.requests.dead be browsed");
        // Not even asked: it might take the messages for received.
        assertThat(new DeadLetters(null, "amqps://name.servicebus.windows.net", MESSAGES).getLetters())
                .singleElement()
                .asString()
                .contains("Service Bus can't be browsed");
    }
}
