package io.themis.queue;

import io.themis.request.InvalidRequestException;
import io.themis.request.NewRequest;
import io.themis.request.RequestReader;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.jms.support.converter.MessageConverter;
import org.springframework.stereotype.Component;

/**
 * Text and bytes in UTF-8, nothing else: an ObjectMessage would be deserialised into whatever its sender chose
 * (CVE-2026-40860, CVE-2026-43866).
 *
 * <p>Taking a message from the broker never fails, because Camel would try that again for each look at the body, also on
 * the way to the dead letters. That a message is not what it should be, {@link #request} says.
 */
@Component
public class TextMessages implements MessageConverter {

    /** Far more than a request needs. */
    static final int MAX_BYTES = 64 * 1024;

    private static final Pattern USUAL_ID = Pattern.compile("[A-Za-z0-9:._-]{1,200}");

    private final RequestReader reader;

    TextMessages(RequestReader reader) {
        this.reader = reader;
    }

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

    /**
     * What a message is known by, in the log and as the key of its request: its id, or the id's SHA-256 where that is longer or
     * has other characters than clients give, since senders choose ids and may put an address into one.
     *
     * @return null for a message without an id
     */
    public String key(@Header("JMSMessageID") String id) {
        if (id == null || USUAL_ID.matcher(id).matches()) {
            return id;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /**
     * The request that a message is. Its id is the key that makes it the same request however often it comes.
     *
     * @throws InvalidRequestException if it is none
     */
    public NewRequest request(@Body Object body, @Variable("messageId") String messageId) {
        return reader.read(bytes(body), null, NewRequest.QUEUE, messageId);
    }

    private static byte[] bytes(Object body) {
        if (body instanceof Unopened) {
            throw new InvalidRequestException("", "the message is neither text nor bytes; send the JSON as text");
        }
        if (body == null) {
            throw new InvalidRequestException("", "the message is empty");
        }
        if (body instanceof String text && text.contains(UnreadableBodies.MARK)) {
            throw new InvalidRequestException("", "the text is not UTF-8, or not in the charset of its content type");
        }
        byte[] bytes = body instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) body;
        if (bytes.length > MAX_BYTES) {
            throw new InvalidRequestException("", "the message is longer than " + MAX_BYTES + " bytes");
        }
        return bytes;
    }
}
