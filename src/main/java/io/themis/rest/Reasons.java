package io.themis.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.request.InvalidRequestException;
import io.themis.request.JsonBodies;
import java.nio.charset.StandardCharsets;

/** Texts in a body that must be there. */
final class Reasons {

    private static final int LONGEST = 4000;

    /** What a decoder puts in the place of bytes that are no text. */
    private static final char UNREADABLE = '\uFFFD';

    private Reasons() {}

    /** The field {@code reason}, for the person to read. */
    static String of(JsonNode body) {
        String reason = required(body, "reason");
        if (reason.length() > LONGEST) {
            throw new InvalidRequestException("/reason", "reason is longer than " + LONGEST + " characters");
        }
        return reason;
    }

    /** @throws InvalidRequestException if there is no such text, or it is blank */
    static String required(JsonNode body, String field) {
        String text = JsonBodies.text(body, field);
        if (text == null || text.isBlank()) {
            throw new InvalidRequestException("/" + field, field + " is missing");
        }
        if (text.indexOf('\0') >= 0) {
            // PostgreSQL takes no text with it
            throw new InvalidRequestException("/" + field, field + " has a NUL character");
        }
        if (text.indexOf(UNREADABLE) >= 0
                || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            // half a character would be kept as a question mark
            throw new InvalidRequestException(
                    "/" + field, field + " has half of a character, or one that could not be read");
        }
        return text;
    }
}
