package io.themis.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Reads {@code {"type": "access", "emailAddress": "…", "language": "…"}}, the body of the REST API and of the queue. With
 * the type {@code erasure}, {@code "accessFirst": true} asks for a package of all that is erased, before it is.
 */
@Component
public class RequestReader {

    private static final Set<String> FIELDS = Set.of("type", "emailAddress", "language", "accessFirst");

    private static final String EXAMPLE = "{\"type\": \"access\", \"emailAddress\": \"ada@example.org\"}";

    /** RFC 5646 section 4.4.1: whoever takes tags takes this much. */
    private static final int LONGEST_LANGUAGE = 35;

    private final JsonBodies bodies;

    RequestReader(ObjectMapper json) {
        this.bodies = new JsonBodies(json);
    }

    /**
     * @param body in UTF-8, or null
     * @param acceptLanguage value of an {@code Accept-Language} header for a body that names no language, or null
     * @throws InvalidRequestException if the body is not such a request
     */
    public NewRequest read(byte[] body, String acceptLanguage, String caller, String idempotencyKey) {
        JsonNode root = bodies.read(body, EXAMPLE, FIELDS);
        RequestType type = type(JsonBodies.text(root, "type"));
        EmailAddress address = new EmailAddress(JsonBodies.text(root, "emailAddress"));
        String language = JsonBodies.text(root, "language");
        return new NewRequest(
                type,
                address,
                language == null ? preferred(acceptLanguage) : tag(language),
                caller,
                idempotencyKey,
                JsonBodies.isTrue(root, "accessFirst"));
    }

    private static RequestType type(String label) {
        for (RequestType type : RequestType.values()) {
            if (type.label().equals(label)) {
                return type;
            }
        }
        throw new InvalidRequestException("/type", "type must be \"access\" or \"erasure\"");
    }

    /** The same for a request whose only content is the address. */
    public NewRequest accessFor(EmailAddress address, String acceptLanguage, String caller, String idempotencyKey) {
        return new NewRequest(RequestType.ACCESS, address, preferred(acceptLanguage), caller, idempotencyKey);
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
