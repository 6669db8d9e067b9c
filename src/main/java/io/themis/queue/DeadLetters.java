package io.themis.queue;

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
import org.apache.camel.StaticService;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.support.service.ServiceSupport;

/**
 * What the console shows of messages that were put aside: a service among Camel's own, so that it is found beside the
 * routes. Never their content, which is somebody's data although it is no request.
 */
@ManagedResource(description = "Queue messages that were put aside, without their content")
public class DeadLetters extends ServiceSupport implements StaticService {

    static final String QUEUE = "themis.requests.dead";

    /** As many as one looks through by eye. */
    static final int MOST = 100;

    private static final int LONGEST_REASON = 200;
    private static final String SERVICE_BUS = ".servicebus.";

    private final ConnectionFactory broker;
    private final String brokerUrl;

    /** @param brokerUrl null for a broker in this process */
    DeadLetters(ConnectionFactory broker, String brokerUrl) {
        this.broker = broker;
        this.brokerUrl = brokerUrl;
    }

    /**
     * One map a message, oldest first, read from the broker now. At most {@value #MOST}, and then one that says that there
     * are more; or only one that says why they can't be shown.
     */
    @ManagedAttribute(description = "Id, time, reason and size of the oldest messages")
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

    private static List<Map<String, Object>> shown(Enumeration<?> messages) throws JMSException {
        List<Map<String, Object>> letters = new ArrayList<>();
        while (messages.hasMoreElements()) {
            if (letters.size() == MOST) {
                letters.add(Map.of("more", "there are more than these " + MOST));
                break;
            }
            letters.add(shown((Message) messages.nextElement()));
        }
        return letters;
    }

    private static Map<String, Object> shown(Message message) throws JMSException {
        Map<String, Object> letter = new LinkedHashMap<>();
        letter.put("id", message.getJMSMessageID());
        letter.put("putAsideAt", Instant.ofEpochMilli(message.getJMSTimestamp()).toString());
        letter.put("reason", reason(message));
        letter.put("bytes", bytes(message));
        return letter;
    }

    /** Themis' own words; what a broker moves here by itself, because its time was over, has none. */
    private static String reason(Message message) throws JMSException {
        String reason = message.getStringProperty("reason");
        if (reason == null) {
            return "moved here by the broker";
        }
        return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason;
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
