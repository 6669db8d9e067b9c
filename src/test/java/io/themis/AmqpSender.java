package io.themis;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.engine.BaseHandler;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.message.Message;
import org.apache.qpid.proton.reactor.Handshaker;
import org.apache.qpid.proton.reactor.Reactor;

/** Puts one message on a queue as it is, as the SDKs of Azure and others do that know nothing of JMS. */
public final class AmqpSender extends BaseHandler {

    private final int port;
    private final String queue;
    private final byte[] encoded;
    private Object outcome;

    private AmqpSender(int port, String queue, byte[] encoded) {
        this.port = port;
        this.queue = queue;
        this.encoded = encoded;
        add(new Handshaker());
    }

    /** Returns when the broker has it. */
    public static void send(int port, String queue, Message message) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        int length = message.encode(buffer, 0, buffer.length);
        AmqpSender sender = new AmqpSender(port, queue, Arrays.copyOf(buffer, length));
        Reactor reactor = Proton.reactor(sender);
        reactor.run();
        if (!(sender.outcome instanceof Accepted)) {
            throw new IOException("The broker did not take the message: " + sender.outcome);
        }
    }

    @Override
    public void onReactorInit(Event event) {
        event.getReactor().connectionToHost(InetAddress.getLoopbackAddress().getHostAddress(), port, this);
    }

    @Override
    public void onConnectionInit(Event event) {
        Connection connection = event.getConnection();
        Session session = connection.session();
        Sender sender = session.sender("requests");
        Target target = new Target();
        target.setAddress(queue);
        sender.setTarget(target);
        connection.open();
        session.open();
        sender.open();
    }

    @Override
    public void onLinkFlow(Event event) {
        Sender sender = event.getSender();
        if (sender.current() == null && outcome == null) {
            sender.delivery(new byte[] {1});
            sender.send(encoded, 0, encoded.length);
            sender.advance();
            outcome = "none";
        }
    }

    @Override
    public void onDelivery(Event event) {
        Delivery delivery = event.getDelivery();
        if (delivery.getRemoteState() != null) {
            outcome = delivery.getRemoteState();
            delivery.settle();
            event.getConnection().close();
        }
    }

    @Override
    public void onTransportError(Event event) {
        outcome = event.getTransport().getCondition();
    }
}
