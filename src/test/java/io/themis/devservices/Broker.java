package io.themis.devservices;

import jakarta.jms.ConnectionFactory;
import java.util.Collection;
import java.util.List;
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
import org.apache.activemq.artemis.protocol.amqp.broker.ActiveMQProtonRemotingConnection;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;
import org.apache.qpid.proton.engine.Connection;

/**
 * Artemis in this JVM and in its memory, with the queues of the application, which speaks AMQP 1.0 to it as to Service Bus.
 * Nobody can reach it over the network (CVE-2026-57967 is a session takeover by Artemis' own protocol): AMQP, and nothing
 * else, is taken on the loopback address, and Artemis' own protocol only from this JVM.
 */
public final class Broker implements AutoCloseable {

    private static final String REQUESTS = "themis.requests";
    private static final String DEAD_REQUESTS = "themis.requests.dead";
    private static final String AMQP = "amqp";

    private final Configuration configuration;
    private final EmbeddedActiveMQ server;
    private final ActiveMQConnectionFactory connections;
    private final String amqpOptions;

    private Broker(String address, Port amqp, String amqpOptions) {
        this.amqpOptions = amqpOptions;
        configuration = configuration();
        listen("in-vm", address);
        listen(AMQP, amqp(amqp.requireFree().number()));
        server = new EmbeddedActiveMQ().setConfiguration(configuration);
        connections = new ActiveMQConnectionFactory(address);
    }

    /** On a port that the system chooses. */
    public static Broker start() {
        return start("");
    }

    /** @param amqpOptions of the acceptor for AMQP, such as {@code &amqpIdleTimeout=1000} */
    public static Broker start(String amqpOptions) {
        return start(Port.free(), amqpOptions);
    }

    /** @throws PortTakenException when the port is in use */
    static Broker start(Port amqp) {
        return start(amqp, "");
    }

    private static Broker start(Port amqp, String amqpOptions) {
        // In-VM acceptors of one JVM are told apart by a number.
        Broker broker = new Broker("vm://" + (UUID.randomUUID().hashCode() & Integer.MAX_VALUE), amqp, amqpOptions);
        broker.restart();
        return broker;
    }

    /** Starts it again after {@link #stop()}, on the same port and with empty queues. */
    public void restart() {
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("The broker did not start", e);
        }
        configuration
                .getAcceptorConfigurations()
                .removeIf(acceptor -> acceptor.getName().equals(AMQP));
        listen(AMQP, amqp(amqpPort()));
    }

    private String amqp(int port) {
        return "tcp://127.0.0.1:" + port + "?protocols=AMQP" + amqpOptions;
    }

    private void listen(String name, String address) {
        try {
            configuration.addAcceptorConfiguration(name, address);
        } catch (Exception e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    /** Ends the connection of every client that speaks AMQP; what they have taken and not acknowledged is in the queue again. */
    public void cutConnections() {
        server.getActiveMQServer().getActiveMQServerControl().closeConnectionsForAddress("127.0.0.1");
    }

    /** How many messages with requests nobody has acknowledged yet, taken or not. */
    public long requests() {
        return server.getActiveMQServer().locateQueue(REQUESTS).getMessageCount();
    }

    /** How many of them somebody has, so that nobody else can take them. */
    public int taken() {
        return server.getActiveMQServer().locateQueue(REQUESTS).getDeliveringCount();
    }

    /** The connections of clients that speak AMQP, as the broker sees them. */
    public List<Connection> amqpConnections() {
        return server.getActiveMQServer().getRemotingService().getConnections().stream()
                .filter(ActiveMQProtonRemotingConnection.class::isInstance)
                .map(ActiveMQProtonRemotingConnection.class::cast)
                .map(connection -> connection.getAmqpConnection().getHandler().getConnection())
                .toList();
    }

    /** Ends every connection; what was in the queues is gone. */
    public void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The broker did not stop", e);
        }
    }

    private static Configuration configuration() {
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
        for (String queue : List.of(REQUESTS, DEAD_REQUESTS)) {
            configuration.addAddressConfiguration(new CoreAddressConfiguration()
                    .setName(queue)
                    .addRoutingType(RoutingType.ANYCAST)
                    .addQueueConfiguration(QueueConfiguration.of(queue).setRoutingType(RoutingType.ANYCAST)));
        }
        return configuration;
    }

    /** For a client in this JVM, which speaks Artemis' own protocol. */
    public ConnectionFactory connectionFactory() {
        return connections;
    }

    public String amqpUrl() {
        return "amqp://127.0.0.1:" + amqpPort();
    }

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
