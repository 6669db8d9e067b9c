package io.themis.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/** Reads the small JSON objects that callers send. What is wrong is said with its place and without its value. */
@Component
public class JsonBodies {

    private final ObjectReader reader;

    JsonBodies(ObjectMapper json) {
        this.reader = json.reader()
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    }

    /**
     * @param body in UTF-8, or null
     * @param example of a body, for whoever sent another
     * @throws InvalidRequestException if the body is no object, or has other fields than these
     */
    public JsonNode read(byte[] body, String example, Set<String> fields) {
        JsonNode root = parse(body);
        if (root == null || !root.isObject()) {
            throw new InvalidRequestException("", "the body must be a JSON object like " + example);
        }
        for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
            if (!fields.contains(names.next())) {
                throw new InvalidRequestException(
                        "", "the body has an unknown field; known: " + String.join(", ", new TreeSet<>(fields)));
            }
        }
        return root;
    }

    /**
     * @return null if there is no such field, or it is null
     * @throws InvalidRequestException if it is no string
     */
    public static String text(JsonNode root, String field) {
        JsonNode value = root.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new InvalidRequestException("/" + field, field + " must be a string");
        }
        return value.textValue();
    }

    static boolean isTrue(JsonNode root, String field) {
        JsonNode value = root.get(field);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw new InvalidRequestException("/" + field, field + " must be true or false");
        }
        return value.booleanValue();
    }

    private JsonNode parse(byte[] body) {
        try {
            return body == null ? null : reader.readTree(utf8(body));
        } catch (StreamConstraintsException e) {
            throw new InvalidRequestException("", "the body is nested too deeply or has a number that is too long");
        } catch (MismatchedInputException e) {
            throw new InvalidRequestException("", "the body has a field twice, or something after its end" + at(e));
        } catch (JsonProcessingException e) {
            throw new InvalidRequestException("", "the body is not JSON" + at(e));
        }
    }

    /** JSON between systems is UTF-8 and nothing else (RFC 8259 section 8.1). */
    private static String utf8(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidRequestException("", "the body is not UTF-8 text");
        }
    }

    private static String at(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : ", at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
