package io.themis.eventgrid;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * Reads what Event Grid sends to a webhook, in both of its schemas and with both of its handshakes. A handshake shows
 * only that the webhook wants the events; that a caller is Event Grid is shown by the secret in the webhook's URL.
 */
public class EventGridWebhook {

    /** Event Grid carries no event, and no batch, above 1 MB. */
    private static final int MAX_BYTES = 1024 * 1024;

    private static final String CONSOLIDATED = "User.DataConsolidated";
    private static final String SOURCE = "/themis";
    private static final Pattern SUBJECT =
            Pattern.compile("/requests/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})");

    private static final String VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent";
    private static final Pattern VALIDATION_CODE = Pattern.compile("[A-Za-z0-9-]{1,100}");

    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern HOST_NAME = Pattern.compile("(?=.{1,253}$)" + LABEL + "(?:\\." + LABEL + ")*");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(MAX_BYTES)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final byte[] secret;

    public EventGridWebhook(EventGridSettings settings) {
        this.secret = settings.webhookSecret().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Whether the caller knows the secret. The time it takes says nothing about the secret.
     *
     * @param query of the webhook's URL, or null. Its parameter {@code code} is the secret; a header of that name, which
     *     Camel would not tell from it, is not
     */
    public boolean authorised(@Header(Exchange.HTTP_QUERY) String query) {
        List<String> codes = UriComponentsBuilder.newInstance()
                .query(query)
                .build()
                .getQueryParams()
                .getOrDefault("code", List.of());
        return codes.size() == 1
                && codes.get(0) != null
                && MessageDigest.isEqual(secret, decoded(codes.get(0)).getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String parameter) {
        try {
            return UriUtils.decode(parameter, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /**
     * Answers the handshake of CloudEvents (HTTP 1.1 Web Hooks for Event Delivery, section 4), an OPTIONS request.
     *
     * @param requestOrigin header {@code WebHook-Request-Origin}
     * @return value for the header {@code WebHook-Allowed-Origin}
     * @throws MalformedEventException if the origin is not a host name
     */
    public String allowedOrigin(@Header("WebHook-Request-Origin") String requestOrigin) {
        if (requestOrigin == null || !HOST_NAME.matcher(requestOrigin).matches()) {
            throw new MalformedEventException("The header WebHook-Request-Origin must be a host name");
        }
        return requestOrigin;
    }

    /**
     * Reads one delivery.
     *
     * @param contentType {@code application/cloudevents+json} for one event, {@code application/cloudevents-batch+json}
     *     for several, {@code application/json} for the Event Grid schema
     * @param eventType header {@code aeg-event-type}, which comes with the Event Grid schema
     * @throws MalformedEventException if it is none of these, larger than 1 MB, or breaks its schema
     */
    public Delivery receive(
            @Body InputStream body,
            @Header(Exchange.CONTENT_TYPE) String contentType,
            @Header("aeg-event-type") String eventType) {
        return switch (mediaType(contentType)) {
            case "application/cloudevents+json" -> events(List.of(read(body)), EventGridWebhook::cloudEvent);
            case "application/cloudevents-batch+json" -> events(items(read(body)), EventGridWebhook::cloudEvent);
            case "application/json" -> eventGridSchema(items(read(body)), eventType);
            default ->
                throw new MalformedEventException("The Content-Type must be application/cloudevents+json,"
                        + " application/cloudevents-batch+json or application/json");
        };
    }

    private static String mediaType(String contentType) {
        return contentType == null ? "" : contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    }

    private static JsonNode read(InputStream body) {
        if (body == null) {
            throw new MalformedEventException("The body is empty");
        }
        try {
            JsonNode json = JSON.readTree(body);
            if (json.isMissingNode()) {
                throw new MalformedEventException("The body is empty");
            }
            return json;
        } catch (StreamConstraintsException e) {
            throw new MalformedEventException("The body is larger than 1 MB or nested too deeply");
        } catch (JsonProcessingException e) {
            throw new MalformedEventException("The body is not JSON, or names a field twice, at line %d, column %d"
                    .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
        } catch (IOException e) {
            throw new MalformedEventException("The body broke off or is not UTF-8");
        }
    }

    private static List<JsonNode> items(JsonNode body) {
        if (!body.isArray()) {
            throw new MalformedEventException("The body must be a JSON array of events");
        }
        List<JsonNode> items = new ArrayList<>();
        body.forEach(items::add);
        return items;
    }

    private static Delivery eventGridSchema(List<JsonNode> items, String eventType) {
        if (eventType == null) {
            throw new MalformedEventException("The header aeg-event-type is missing");
        }
        if (!eventType.equals("SubscriptionValidation")) {
            return events(items, EventGridWebhook::eventGridEvent);
        }
        if (items.size() != 1
                || !VALIDATION.equals(items.get(0).path("eventType").textValue())) {
            throw new MalformedEventException("A subscription validation must be exactly one event " + VALIDATION);
        }
        String code = items.get(0).path("data").path("validationCode").textValue();
        if (code == null || !VALIDATION_CODE.matcher(code).matches()) {
            throw new MalformedEventException("data.validationCode must be 1 to 100 letters, digits and hyphens");
        }
        return new Delivery.Validation(code);
    }

    private static Delivery events(List<JsonNode> items, Function<Item, ReceivedEvent> reader) {
        List<ReceivedEvent> ours = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            ReceivedEvent event = reader.apply(new Item(i, items.get(i)));
            if (event.requestId() != null) {
                ours.add(event);
            }
        }
        return new Delivery.Events(List.copyOf(ours));
    }

    private static ReceivedEvent cloudEvent(Item item) {
        if (!item.required("specversion").equals("1.0")) {
            throw new MalformedEventException(item.name() + " must have the specversion 1.0");
        }
        return received(
                item.required("id"),
                item.required("type"),
                item.required("source"),
                item.optional("subject"),
                item.optional("traceparent"));
    }

    /** Event Grid itself maps {@code topic} to the source of a CloudEvent. */
    private static ReceivedEvent eventGridEvent(Item item) {
        return received(
                item.required("id"),
                item.required("eventType"),
                item.optional("topic"),
                item.required("subject"),
                null);
    }

    private static ReceivedEvent received(String id, String type, String source, String subject, String traceParent) {
        Matcher request = SUBJECT.matcher(subject == null ? "" : subject);
        boolean ours = type.equals(CONSOLIDATED) && SOURCE.equals(source) && request.matches();
        return new ReceivedEvent(id, type, source, subject, ours ? request.group(1) : null, traceParent);
    }

    /** One event of a delivery, and where it stands there. */
    private record Item(int index, JsonNode node) {

        String required(String field) {
            String value = optional(field);
            if (value == null || value.isBlank()) {
                throw new MalformedEventException(name() + " has no " + field);
            }
            return value;
        }

        String optional(String field) {
            if (!node.isObject()) {
                throw new MalformedEventException(name() + " is not a JSON object");
            }
            JsonNode value = node.path(field);
            if (!value.isMissingNode() && !value.isNull() && !value.isTextual()) {
                throw new MalformedEventException(name() + " has a " + field + " that is not a text");
            }
            String text = value.textValue();
            if (text != null && text.chars().anyMatch(Character::isISOControl)) {
                throw new MalformedEventException(name() + " has a control character in its " + field);
            }
            return text;
        }

        String name() {
            return "Event " + (index + 1);
        }
    }
}
