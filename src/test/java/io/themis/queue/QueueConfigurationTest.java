package io.themis.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.themis.devservices.Broker;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.EnumSet;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Transport;
import org.junit.jupiter.api.Test;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;

/** What a broker sees of the client. It is Artemis; what Service Bus wants to see is from its documentation. */
class QueueConfigurationTest {

    /** With less, Service Bus ends the connection as soon as it is opened. */
    private static final int LEAST_IDLE_MS = 60_000;

    private static Connection connect(String url) throws JMSException {
        JmsPoolConnectionFactory pool = (JmsPoolConnectionFactory)
                new QueueConfiguration().connectionFactory(new QueueSettings(url, null, null));
        Connection connection = pool.createConnection();
        connection.start();
        return connection;
    }

    @Test
    void asksForNoMoreSignsOfLifeThanServiceBusGives() throws Exception {
        try (Broker broker = Broker.start();
                Connection connection = connect(broker.amqpUrl())) {
            assertThat(broker.amqpConnections())
                    .singleElement()
                    .satisfies(seen -> assertThat(seen.getTransport().getRemoteIdleTimeout())
                            .isGreaterThanOrEqualTo(LEAST_IDLE_MS));
        }
    }

    @Test
    void whatTheUrlSaysHolds() throws Exception {
        try (Broker broker = Broker.start();
                Connection connection = connect(broker.amqpUrl() + "?amqp.idleTimeout=5000")) {
            assertThat(broker.amqpConnections())
                    .singleElement()
                    .satisfies(seen -> assertThat(seen.getTransport().getRemoteIdleTimeout())
                            .isEqualTo(2_500));
        }
    }

    @Test
    void aConnectionOnWhichNothingIsSaidForLongerThanTheBrokerWaitsLivesOn() throws Exception {
        int brokerWaits = 400;
        try (Broker broker = Broker.start("&amqpIdleTimeout=" + brokerWaits);
                Connection connection = connect(broker.amqpUrl())) {
            Transport seen = broker.amqpConnections().get(0).getTransport();
            long before = seen.getFramesInput();

            // The client was told half of it and sends a sign of life twice as often, so these take longer than the
            // broker waits.
            await("signs of life").until(() -> seen.getFramesInput() >= before + 12);

            assertThat(broker.amqpConnections())
                    .extracting(connectionSeen -> connectionSeen.getTransport())
                    .containsExactly(seen);
            connection.createSession().close();
        }
    }

    /** Service Bus ends a link on which nothing was sent for ten minutes, and a client that kept it would fail then. */
    @Test
    void keepsNoLinkOnlyToSendOnItSomeDay() throws Exception {
        try (Broker broker = Broker.start();
                Connection connection = connect(broker.amqpUrl())) {
            Session session = connection.createSession();
            try (MessageProducer producer = session.createProducer(session.createQueue("themis.requests.dead"))) {
                producer.send(session.createTextMessage("no request"));
            }

            EnumSet<EndpointState> open = EnumSet.of(EndpointState.ACTIVE);
            assertThat(broker.amqpConnections().get(0).linkHead(open, open)).isNull();
        }
    }
}
