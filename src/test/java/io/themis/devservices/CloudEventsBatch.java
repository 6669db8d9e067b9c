package io.themis.devservices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * What a publisher sends to a topic with the CloudEvents schema, checked as CloudEvents 1.0 has it.
 *
 * @param events JSON objects, each with the required attributes
 */
record CloudEventsBatch(List<JsonNode> events) {

    /** Unlike in ISO 8601, the seconds are always there. */
    private static final DateTimeFormatter RFC_3339 = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendOffsetId()
            .toFormatter();

    /** Events go on to the subscribers as they came, so numbers keep every digit. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Why a batch is refused. */
    static final class RefusedException extends Exception {
        RefusedException(String message) {
            super(message);
        }
    }

    static CloudEventsBatch parse(byte[] body) throws RefusedException {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new RefusedException("The body is not JSON.");
        } catch (IOException e) {
            throw new RefusedException("The body is not UTF-8.");
        }
        if (!json.isArray()) {
            throw new RefusedException("The body is not an array of events.");
        }
        for (JsonNode event : json) {
            check(event);
        }
        return new CloudEventsBatch(
                StreamSupport.stream(json.spliterator(), false).toList());
    }

    private static void check(JsonNode event) throws RefusedException {
        for (String attribute : List.of("specversion", "id", "source", "type")) {
            if (event.path(attribute).asText().isEmpty()
                    || !event.path(attribute).isTextual()) {
                throw new RefusedException("An event lacks the required attribute " + attribute + ".");
            }
        }
        if (!event.get("specversion").textValue().equals("1.0")) {
            throw new RefusedException("specversion is not 1.0.");
        }
        if (event.has("data") && event.has("data_base64")) {
            throw new RefusedException("An event has both data and data_base64.");
        }
        if (event.hasNonNull("subject") && event.get("subject").asText().isEmpty()) {
            throw new RefusedException("subject is empty.");
        }
        if (event.hasNonNull("time")) {
            try {
                OffsetDateTime.parse(event.get("time").asText(), RFC_3339);
            } catch (DateTimeParseException e) {
                throw new RefusedException("time is not an RFC 3339 timestamp.");
            }
        }
    }
}
