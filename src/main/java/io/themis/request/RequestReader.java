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
import java.util.IllformedLocaleException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Reads {@code {"type": "access", "emailAddress": "…", "language": "…"}}, the body of the REST API and of the queue. */
@Component
public class RequestReader {

    private static final Set<String> FIELDS = Set.of("type", "emailAddress", "language");

    /** RFC 5646 section 4.4.1: whoever takes tags takes this much. */
    private static final int LONGEST_LANGUAGE = 35;

    private final ObjectReader reader;

    RequestReader(ObjectMapper json) {
        this.reader = json.reader()
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    }

    /**
     * @param body in UTF-8, or null
     * @param acceptLanguage value of an {@code Accept-Language} header for a body that names no language, or null
     * @throws InvalidRequestException if the body is not such a request
     */
    public NewRequest read(byte[] body, String acceptLanguage, String caller, String idempotencyKey) {
        JsonNode root = parse(body);
        for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
            if (!FIELDS.contains(names.next())) {
                throw new InvalidRequestException(
                        "", "the body has an unknown field; known are type, emailAddress and language");
            }
        }
        String type = text(root, "type");
        if (!RequestType.ACCESS.label().equals(type)) {
            throw new InvalidRequestException("/type", "type must be \"" + RequestType.ACCESS.label() + "\"");
        }
        EmailAddress address = new EmailAddress(text(root, "emailAddress"));
        String language = text(root, "language");
        return new NewRequest(
                RequestType.ACCESS,
                address,
                language == null ? preferred(acceptLanguage) : tag(language),
                caller,
                idempotencyKey);
    }

    /** The same for a request whose only content is the address. */
    public NewRequest accessFor(EmailAddress address, String acceptLanguage, String caller, String idempotencyKey) {
        return new NewRequest(RequestType.ACCESS, address, preferred(acceptLanguage), caller, idempotencyKey);
    }

    private JsonNode parse(byte[] body) {
        JsonNode root;
        try {
            root = body == null ? null : reader.readTree(utf8(body));
        } catch (StreamConstraintsException e) {
            throw new InvalidRequestException("", "the body is nested too deeply or has a number that is too long");
        } catch (MismatchedInputException e) {
            throw new InvalidRequestException("", "the body has a field twice, or something after its end" + at(e));
        } catch (JsonProcessingException e) {
            throw new InvalidRequestException("", "the body is not JSON" + at(e));
        }
        if (root == null || !root.isObject()) {
            throw new InvalidRequestException(
                    "",
                    "the body must be a JSON object like {\"type\": \"access\", \"emailAddress\": \"ada@example.org\"}");
        }
        return root;
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

    private static String text(JsonNode root, String field) {
        JsonNode value = root.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new InvalidRequestException("/" + field, field + " must be a string");
        }
        return value.textValue();
    }

    private static Locale tag(String language) {
        if (language.length() > LONGEST_LANGUAGE) {
            throw new InvalidRequestException(
                    "/language", "language is longer than " + LONGEST_LANGUAGE + " characters (RFC 5646)");
        }
        try {
            return new Locale.Builder().setLanguageTag(language).build();
        } catch (IllformedLocaleException e) {
            throw new InvalidRequestException(
                    "/language", "language must be a BCP 47 tag, such as \"de\" or \"en-GB\"");
        }
    }

    /** What a browser sends by itself is a wish, never a reason to refuse: the first language it names that is spoken. */
    private static Locale preferred(String acceptLanguage) {
        if (acceptLanguage == null || acceptLanguage.isBlank()) {
            return Locale.ENGLISH;
        }
        try {
            Locale wanted = Locale.lookup(Locale.LanguageRange.parse(acceptLanguage), Languages.SPOKEN);
            return wanted == null ? Locale.ENGLISH : wanted;
        } catch (IllegalArgumentException e) {
            return Locale.ENGLISH;
        }
    }
}
