package io.themis.eventgrid;

import com.azure.core.util.BinaryData;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;

/**
 * A message body as the data of an event, always JSON. Text and bytes have to be JSON already and keep every digit of
 * their numbers; any other object is written as JSON.
 */
final class EventData {

    /** Event Grid takes no more than 1 MB at once. */
    private static final int MAX_BYTES = 1024 * 1024;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(MAX_BYTES)
                            .build())
                    .build())
            .findAndAddModules()
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private EventData() {}

    /**
     * @return null for no body
     * @throws IllegalArgumentException if the body is neither JSON nor can be written as JSON; the message has nothing
     *     of the body in it
     */
    static BinaryData of(Object body, Exchange exchange) {
        if (body == null) {
            return null;
        }
        String json = isText(body) ? copyOf(body, exchange) : written(body);
        return BinaryData.fromString(json.startsWith("\"") ? escapedAgain(json) : json);
    }

    private static boolean isText(Object body) {
        return body instanceof String
                || body instanceof byte[]
                || body instanceof InputStream
                || body instanceof StreamCache
                || body instanceof WrappedFile<?>;
    }

    private static String copyOf(Object body, Exchange exchange) {
        StringWriter copy = new StringWriter();
        try (JsonParser in = parser(body, exchange);
                JsonGenerator out = JSON.createGenerator(copy)) {
            if (in.nextToken() == null) {
                throw new IllegalArgumentException("The body is empty text; an event has JSON data or a null body");
            }
            out.copyCurrentStructureExact(in);
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("The body has something after its first JSON value");
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The body is text, but not JSON of at most " + MAX_BYTES
                    + " bytes, which the data of an event must be: marshal it first");
        } catch (IOException e) {
            throw new IllegalArgumentException("The body could not be read", e);
        }
        return copy.toString();
    }

    private static JsonParser parser(Object body, Exchange exchange) throws IOException {
        if (body instanceof String text) {
            return JSON.createParser(text);
        }
        return JSON.createParser(exchange.getContext().getTypeConverter().convertTo(InputStream.class, exchange, body));
    }

    private static String written(Object body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "A body of " + body.getClass() + " can't be written as JSON: marshal it first");
        }
    }

    /** azure-core unescapes data that is a single JSON string, and writes it without escaping it again. */
    private static String escapedAgain(String json) {
        return written(json.substring(1, json.length() - 1));
    }
}
