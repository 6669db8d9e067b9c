package io.themis.eventgrid;

import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.models.CloudEvent;
import com.azure.core.models.CloudEventDataFormat;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.messaging.eventgrid.EventGridPublisherClient;
import com.azure.messaging.eventgrid.EventGridPublisherClientBuilder;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;

/** Publishes a message as one event, or a List as one event an item, all in one call. */
class EventGridProducer extends DefaultProducer {

    private static final String DEFAULT_TYPE = "Camel.Event";
    private static final String DEFAULT_SUBJECT = "/camel/event";

    private final EventGridConfiguration configuration;
    private EventGridPublisherClient<CloudEvent> client;

    EventGridProducer(EventGridEndpoint endpoint) {
        super(endpoint);
        this.configuration = endpoint.getConfiguration();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        client = configuration.getPublisherClient() != null
                ? configuration.getPublisherClient()
                : clientBuilder(configuration).buildCloudEventPublisherClient();
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        List<?> items = message.getBody() instanceof List<?> list ? list : null;
        List<CloudEvent> events = new ArrayList<>();
        if (items == null) {
            events.add(event(message, message.getBody(), 1));
        } else {
            for (Object item : items) {
                events.add(event(message, item, events.size() + 1));
            }
        }
        if (!events.isEmpty()) {
            client.sendEvents(events);
        }
    }

    /**
     * @throws IllegalArgumentException if there is no topic, no credential, or the topic's URL is not https: a key or a
     *     token must not travel in clear
     */
    static EventGridPublisherClientBuilder clientBuilder(EventGridConfiguration configuration) {
        String endpoint = configuration.getTopicEndpoint();
        if (endpoint == null || !endpoint.startsWith("https://")) {
            throw new IllegalArgumentException("azure-eventgrid needs the https URL of a topic, such as"
                    + " azure-eventgrid:https://NAME.REGION-1.eventgrid.azure.net/api/events, but got " + endpoint);
        }
        EventGridPublisherClientBuilder builder = new EventGridPublisherClientBuilder().endpoint(endpoint);
        return switch (configuration.effectiveCredentialType()) {
            case ACCESS_KEY -> builder.credential(keyCredential(configuration));
            case TOKEN_CREDENTIAL ->
                builder.credential(required(configuration.getTokenCredential(), "tokenCredential"));
            case AZURE_IDENTITY -> builder.credential(new DefaultAzureCredentialBuilder().build());
        };
    }

    private static AzureKeyCredential keyCredential(EventGridConfiguration configuration) {
        return configuration.getAzureKeyCredential() != null
                ? configuration.getAzureKeyCredential()
                : new AzureKeyCredential(required(configuration.getAccessKey(), "accessKey"));
    }

    private static <T> T required(T credential, String option) {
        if (credential == null) {
            throw new IllegalArgumentException("azure-eventgrid has no credential: set " + option
                    + ", or another credentialType with what that one needs");
        }
        return credential;
    }

    private CloudEvent event(Message message, Object body, int position) {
        CloudEvent event = new CloudEvent(
                header(message, EventGridConstants.SOURCE, configuration.getSource()),
                header(message, EventGridConstants.EVENT_TYPE, DEFAULT_TYPE),
                EventData.of(body, message.getExchange()),
                CloudEventDataFormat.JSON,
                body == null ? null : "application/json");
        event.setSubject(header(message, EventGridConstants.SUBJECT, DEFAULT_SUBJECT));
        event.setTime(withSeconds(time(message)));
        String id = header(message, EventGridConstants.ID, null);
        if (id != null) {
            // CloudEvents wants ids unique within a source, and a second run must give the same ones
            event.setId(position == 1 ? id : id + "-" + position);
        }
        String dataVersion = header(message, EventGridConstants.DATA_VERSION, null);
        if (dataVersion != null) {
            event.setDataSchema("#" + dataVersion);
        }
        String traceParent = header(message, EventGridConstants.TRACE_PARENT, null);
        if (traceParent != null) {
            event.addExtensionAttribute("traceparent", traceParent);
        }
        return event;
    }

    /**
     * azure-core writes a full minute without its seconds, which RFC 3339 does not allow, and such an event would be
     * refused at every attempt. A millisecond more keeps them.
     */
    private static OffsetDateTime withSeconds(OffsetDateTime time) {
        return time.getSecond() == 0 && time.getNano() == 0 ? time.plus(1, ChronoUnit.MILLIS) : time;
    }

    private static String header(Message message, String name, String otherwise) {
        String value = message.getHeader(name, String.class);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private static OffsetDateTime time(Message message) {
        if (message.getHeader(EventGridConstants.EVENT_TIME) instanceof OffsetDateTime time) {
            return time;
        }
        String text = header(message, EventGridConstants.EVENT_TIME, null);
        try {
            return text == null ? OffsetDateTime.now() : OffsetDateTime.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "Header " + EventGridConstants.EVENT_TIME + " must be an OffsetDateTime or ISO 8601 text", e);
        }
    }
}
