package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.TextMessage;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptor;
import org.junit.jupiter.api.Test;

class BrokerIT {

    @Test
    void deliversAMessageAgainAndAgainUntilItIsTaken() throws Exception {
        try (Broker broker = Broker.start();
                JMSContext context = broker.connectionFactory().createContext(JMSContext.SESSION_TRANSACTED)) {
            context.createProducer().send(context.createQueue("themis.requests"), "request");
            context.commit();
            JMSConsumer consumer = context.createConsumer(context.createQueue("themis.requests"));

            // Artemis itself gives up after ten.
            for (int delivery = 1; delivery <= 12; delivery++) {
                TextMessage message = (TextMessage) consumer.receive(20_000);
                assertThat(message.getText()).isEqualTo("request");
                assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(delivery);
                context.rollback();
            }
        }
    }

    /** The README has the command that runs this beside a development run. */
    @Test
    void aRequestCanBePutOnTheQueueFromAnotherProgram() throws Exception {
        int port;
        try (Broker former = Broker.start()) {
            port = former.amqpPort();
        }
        try (Broker broker = Broker.start(new Port("themis.dev.queue-port", port));
                JMSContext context = broker.connectionFactory().createContext()) {
            assertThat(broker.amqpPort()).isEqualTo(port);

            ThemisDevApplication.main(new String[] {"send", "ada@example.org", String.valueOf(port)});

            JMSConsumer consumer = context.createConsumer(context.createQueue("themis.requests"));
            assertThat(new ObjectMapper().readTree(consumer.receiveBody(String.class, 20_000)))
                    .isEqualTo(new ObjectMapper()
                            .readTree("{\"type\": \"access\", \"emailAddress\": \"ada@example.org\"}"));
        }
    }

    @Test
    void hasAQueueForMessagesThatCannotBeUnderstood() {
        try (Broker broker = Broker.start();
                JMSContext context = broker.connectionFactory().createContext()) {
            var dead = context.createQueue("themis.requests.dead");
            context.createProducer().send(dead, "reason");

            assertThat(context.createConsumer(dead).receiveBody(String.class, 20_000))
                    .isEqualTo("reason");
        }
    }

    @Test
    void twoBrokersInOneJvmShareNothing() {
        try (Broker one = Broker.start();
                Broker other = Broker.start();
                JMSContext sender = one.connectionFactory().createContext();
                JMSContext receiver = other.connectionFactory().createContext()) {
            sender.createProducer().send(sender.createQueue("themis.requests"), "request");

            assertThat(receiver.createConsumer(receiver.createQueue("themis.requests"))
                            .receiveNoWait())
                    .isNull();
        }
    }

    @Test
    void nobodyReachesItOverTheNetwork() {
        try (Broker broker = Broker.start()) {
            assertThat(broker.acceptors())
                    .filteredOn(acceptor -> !(acceptor instanceof InVMAcceptor))
                    .singleElement()
                    .satisfies(acceptor -> assertThat(acceptor.getConfiguration())
                            .containsEntry("host", "127.0.0.1")
                            .containsEntry("protocols", "AMQP"));
        }
    }
}
