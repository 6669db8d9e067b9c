package io.themis.devservices;

import jakarta.jms.ConnectionFactory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;

/**
 * Artemis in this JVM and in its memory, with the queues of the application. Nobody can reach it over the network: it has
 * the in-VM acceptor only (CVE-2026-57967 is a session takeover over the network), and AMQP on the loopback address for
 * the one test that needs it.
 */
public final class Broker implements AutoCloseable {

    private static final String REQUESTS = "themis.requests";
    private static final String DEAD_REQUESTS = "themis.requests.dead";

    private final EmbeddedActiveMQ server;
    private final ActiveMQConnectionFactory connections;

    private Broker(EmbeddedActiveMQ server, ActiveMQConnectionFactory connections) {
        this.server = server;
        this.connections = connections;
    }

    public static Broker start() {
        return start(Map.of());
    }

    /** For an application in another process: takes AMQP 1.0, and nothing else, on the loopback address too. */
    public static Broker startWithAmqp() {
        return start(Map.of("amqp", "tcp://127.0.0.1:0?protocols=AMQP"));
    }

    private static Broker start(Map<String, String> otherAcceptors) {
        // In-VM acceptors of one JVM are told apart by a number.
        String address = "vm://" + (UUID.randomUUID().hashCode() & Integer.MAX_VALUE);
        Map<String, String> acceptors = new TreeMap<>(otherAcceptors);
        acceptors.put("in-vm", address);
        EmbeddedActiveMQ server = new EmbeddedActiveMQ().setConfiguration(configuration(acceptors));
        Broker broker = new Broker(server, new ActiveMQConnectionFactory(address));
        broker.restart();
        return broker;
    }

    /** Starts it again after {@link #stop()}, with empty queues. */
    public void restart() {
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("The broker did not start", e);
        }
    }

    /** Ends every connection; what was in the queues is gone. */
    public void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The broker did not stop", e);
        }
    }

    private static Configuration configuration(Map<String, String> acceptors) {
        try {
            Configuration configuration = new ConfigurationImpl()
                    .setPersistenceEnabled(false)
                    .setSecurityEnabled(false)
                    .addAddressSetting(
                            "#",
                            new AddressSettings()
                                    .setAutoCreateQueues(false)
                                    .setAutoCreateAddresses(false)
                                    .setAddressFullMessagePolicy(AddressFullMessagePolicy.FAIL)
                                    .setDeadLetterAddress(SimpleString.of(DEAD_REQUESTS))
                                    .setExpiryAddress(SimpleString.of(DEAD_REQUESTS))
                                    // What the application can't take now, because its database is away, it takes
                                    // later.
                                    .setMaxDeliveryAttempts(-1)
                                    .setRedeliveryDelay(100)
                                    .setRedeliveryMultiplier(2)
                                    .setMaxRedeliveryDelay(1_000));
            for (Map.Entry<String, String> acceptor : acceptors.entrySet()) {
                configuration.addAcceptorConfiguration(acceptor.getKey(), acceptor.getValue());
            }
            for (String queue : List.of(REQUESTS, DEAD_REQUESTS)) {
                configuration.addAddressConfiguration(new CoreAddressConfiguration()
                        .setName(queue)
                        .addRoutingType(RoutingType.ANYCAST)
                        .addQueueConfiguration(QueueConfiguration.of(queue).setRoutingType(RoutingType.ANYCAST)));
            }
            return configuration;
        } catch (Exception e) {
            throw new IllegalStateException("The broker's configuration is wrong", e);
        }
    }

    public ConnectionFactory connectionFactory() {
        return connections;
    }

    /** Where {@link #startWithAmqp()} listens. */
    public int amqpPort() {
        return acceptors().stream()
                .filter(NettyAcceptor.class::isInstance)
                .mapToInt(Acceptor::getActualPort)
                .findFirst()
                .orElseThrow();
    }

    /** The ways in, as the running server has them. */
    Collection<Acceptor> acceptors() {
        return server.getActiveMQServer().getRemotingService().getAcceptors().values();
    }

    @Override
    public void close() {
        connections.close();
        stop();
    }
}
