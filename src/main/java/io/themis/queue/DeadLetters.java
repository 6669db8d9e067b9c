package io.themis.queue;

import io.themis.console.ConsoleView;
import io.themis.request.InvalidRequestException;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.QueueBrowser;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.support.service.ServiceSupport;

/**
 * What the console shows of messages that were put aside: a service among Camel's own, so that it is found beside the
 * routes. Never their content, which is somebody's data although it is no request, and none of their properties: what a
 * broker has moved has those of its sender. So the reason is not read, but found again.
 */
@ManagedResource(description = "Queue messages that were put aside, without their content")
public class DeadLetters extends ServiceSupport implements ConsoleView {

    static final String QUEUE = "themis.requests.dead";

    /** As many as one looks through by eye. */
    static final int MOST = 100;

    private static final String SERVICE_BUS = ".servicebus.";

    private final ConnectionFactory broker;
    private final String brokerUrl;
    private final TextMessages messages;

    /** @param brokerUrl null for a broker in this process */
    DeadLetters(ConnectionFactory broker, String brokerUrl, TextMessages messages) {
        this.broker = broker;
        this.brokerUrl = brokerUrl;
        this.messages = messages;
    }

    /**
     * One map a message, oldest first, read from the broker now. At most {@value #MOST}, and then one that says that there
     * are more; or only one that says why they can't be shown.
     */
    @ManagedAttribute(description = "Ids, time of sending, reason and size of the oldest messages")
    public List<Map<String, Object>> getLetters() {
        // What its documentation says of clients of this kind, and a browser that it took for a consumer would empty
        // the queue.
        if (brokerUrl != null && brokerUrl.contains(SERVICE_BUS)) {
            return List.of(
                    Map.of("problem", "Service Bus can't be browsed over JMS; its explorer in the portal peeks"));
        }
        try (JMSContext jms = broker.createContext();
                QueueBrowser browser = jms.createBrowser(jms.createQueue(QUEUE))) {
            return shown(browser.getEnumeration());
        } catch (JMSException | JMSRuntimeException e) {
            return List.of(Map.of(
                    "problem",
                    "the broker does not let " + QUEUE + " be browsed: "
                            + e.getClass().getSimpleName()));
        }
    }

    private List<Map<String, Object>> shown(Enumeration<?> browsed) {
        List<Map<String, Object>> letters = new ArrayList<>();
        while (browsed.hasMoreElements()) {
            if (letters.size() == MOST) {
                letters.add(Map.of("more", "there are more than these " + MOST));
                break;
            }
            letters.add(shown((Message) browsed.nextElement()));
        }
        return letters;
    }

    private Map<String, Object> shown(Message message) {
        Map<String, Object> letter = new LinkedHashMap<>();
        try {
            letter.put("id", messages.key(message.getJMSMessageID()));
            letter.put("correlationId", messages.key(message.getJMSCorrelationID()));
            letter.put("sentAt", time(message.getJMSTimestamp()));
            letter.put("bytes", bytes(message));
            letter.put("reason", reason(message));
        } catch (JMSException | RuntimeException e) {
            // Others can be read nevertheless.
            letter.put("problem", "unreadable: " + e.getClass().getSimpleName());
        }
        return letter;
    }

    /** What Themis would say of it now, or that it would take it. */
    private String reason(Message message) throws JMSException {
        try {
            messages.request(messages.fromMessage(message), null);
            return "none in the message: its id named another request before, or the broker has moved it";
        } catch (InvalidRequestException e) {
            return e.getMessage();
        }
    }

    /** Null for a sender that has not said it. */
    private static String time(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis).toString();
    }

    /** Null for a message that is neither text nor bytes. */
    private static Long bytes(Message message) throws JMSException {
        if (message instanceof BytesMessage bytes) {
            return bytes.getBodyLength();
        }
        if (message instanceof TextMessage text) {
            return text.getText() == null ? 0L : text.getText().getBytes(StandardCharsets.UTF_8).length;
        }
        return null;
    }
}
