package io.themis.queue;

import io.themis.request.InvalidRequestException;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Body;
import org.springframework.jms.support.converter.MessageConverter;
import org.springframework.stereotype.Component;

/**
 * Text and bytes in UTF-8, nothing else: an ObjectMessage would be deserialised into whatever its sender chose
 * (CVE-2026-40860, CVE-2026-43866).
 *
 * <p>Taking a message from the broker never fails, because Camel would try that again for each look at the body, also on
 * the way to the dead letters. That a message is not what it should be, {@link #text} says.
 */
@Component
public class TextMessages implements MessageConverter {

    /** Far more than a request needs. */
    static final int MAX_BYTES = 64 * 1024;

    @Override
    public Message toMessage(Object body, Session session) throws JMSException {
        return session.createTextMessage(String.valueOf(body));
    }

    /** Text, the bytes, or {@link Unopened} for a message of another kind. */
    @Override
    public Object fromMessage(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return text.getText();
        }
        if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(body);
            return body;
        }
        return new Unopened();
    }

    /** Stands for the content of a message that nobody has looked into. */
    record Unopened() {}

    /** @throws InvalidRequestException if the body of a message is not a text of a sensible length */
    public String text(@Body Object body) {
        if (body instanceof Unopened) {
            throw new InvalidRequestException("", "the message is neither text nor bytes; send the JSON as text");
        }
        if (body instanceof String text) {
            requireSensible(text.length());
            return text;
        }
        if (body instanceof byte[] bytes) {
            requireSensible(bytes.length);
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new InvalidRequestException("", "the message is not UTF-8 text");
            }
        }
        throw new InvalidRequestException("", "the message is empty");
    }

    private static void requireSensible(int length) {
        if (length > MAX_BYTES) {
            throw new InvalidRequestException("", "the message is longer than " + MAX_BYTES + " bytes");
        }
    }
}
