package io.themis.queue;

import io.netty.buffer.ByteBuf;
import jakarta.jms.JMSException;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.jms.message.facade.JmsMessageFacade;
import org.apache.qpid.jms.message.facade.JmsTextMessageFacade;
import org.apache.qpid.jms.tracing.JmsTracer;
import org.apache.qpid.jms.tracing.TraceableMessage;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.message.Message;

/**
 * Lets a message be taken whose body is not what it says, such as a text that is not in the charset of its content type. The
 * client would refuse to hand it over and give it back as undeliverable: Service Bus would then hide it, and from Artemis it
 * would come again at once, before all others, for ever.
 *
 * <p>A text gets {@link #MARK} and what can be read of it, anything else an empty body. The client has no place to do this but
 * the one that is meant for traces.
 */
final class UnreadableBodies implements JmsTracer {

    /** In no request that somebody wrote: what decoders put in the place of what they can't read. */
    static final String MARK = "\uFFFD";

    @Override
    public void syncReceive(TraceableMessage message, String address, DeliveryOutcome outcome) {
        if (message instanceof JmsMessageFacade facade && !canBeHandedOver(facade)) {
            String content = content(facade);
            facade.clearBody();
            if (facade instanceof JmsTextMessageFacade text) {
                text.setText(MARK + content);
            }
        }
    }

    private static boolean canBeHandedOver(JmsMessageFacade message) {
        try {
            message.copy();
            return true;
        } catch (JMSException | RuntimeException e) {
            return false;
        }
    }

    /** Of bytes what can be read in UTF-8; nothing of another kind of body. */
    private static String content(JmsMessageFacade message) {
        Message amqp = Message.Factory.create();
        amqp.decode(ReadableBuffer.ByteBufferReader.wrap(((ByteBuf) message.encodeMessage()).nioBuffer()));
        return amqp.getBody() instanceof Data data
                ? StandardCharsets.UTF_8.decode(data.getValue().asByteBuffer()).toString()
                : "";
    }

    @Override
    public void initSend(TraceableMessage message, String address) {}

    @Override
    public void completeSend(TraceableMessage message, String outcome) {}

    @Override
    public void asyncDeliveryInit(TraceableMessage message, String address) {}

    @Override
    public void asyncDeliveryComplete(TraceableMessage message, DeliveryOutcome outcome, Throwable throwable) {}

    @Override
    public void close() {}
}
