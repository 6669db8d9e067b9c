package io.themis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.devservices.Broker;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;

/** On a broker, in the process and over AMQP 1.0. */
class DeadLettersIT {

    private static final String PERSON = "ada.example@example.org";

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
            text.setStringProperty("reason", "the body is not JSON");
            text.setStringProperty("sender", PERSON);
            jms.createProducer().send(queue, text);
            first = text.getJMSMessageID();
            BytesMessage bytes = jms.createBytesMessage();
            bytes.writeBytes(PERSON.getBytes());
            jms.createProducer().send(queue, bytes);
            jms.createProducer().send(queue, jms.createMapMessage());
        }
        DeadLetters letters = new DeadLetters(broker, null);

        List<Map<String, Object>> shown = letters.getLetters();

        assertThat(shown).hasSize(3);
        assertThat(shown.get(0))
                .containsEntry("id", first)
                .containsEntry("reason", "the body is not JSON")
                // "Please delete " and " ü" in UTF-8 are 17 bytes.
                .containsEntry("bytes", 17L + PERSON.length());
        assertThat(Instant.parse((String) shown.get(0).get("putAsideAt")))
                .isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
        assertThat(shown.get(1))
                .containsEntry("reason", "moved here by the broker")
                .containsEntry("bytes", (long) PERSON.length());
        assertThat(shown.get(2)).containsEntry("bytes", null);
        assertThat(shown.toString()).doesNotContain("ada");
        assertThat(letters.getLetters()).as("looking takes nothing away").isEqualTo(shown);
    }

    @Test
    void moreThanOneCanLookThroughAreNotRead() {
        try (Broker broker = Broker.start();
                JMSContext jms = broker.connectionFactory().createContext()) {
            DeadLetters letters = new DeadLetters(broker.connectionFactory(), null);
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
        assertThat(new DeadLetters(unreachable, "amqps://broker.example.org").getLetters())
                .singleElement()
                .asString()
                .contains("does not let themis.requests.dead be browsed");
        // Not even asked: it might take the messages for received.
        assertThat(new DeadLetters(null, "amqps://name.servicebus.windows.net").getLetters())
                .singleElement()
                .asString()
                .contains("Service Bus can't be browsed");
    }
}
