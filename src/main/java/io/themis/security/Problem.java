package io.themis.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * A problem detail (RFC 9457) of type {@code about:blank}: its title is the status' own phrase. It never carries input.
 *
 * @param detail what is wrong and what to do
 * @param pointer JSON Pointer (RFC 6901) to the part of the body that is wrong, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"status", "title", "detail", "pointer"})
public record Problem(int status, String title, String detail, String pointer) {

    public static final Problem UNAUTHORIZED = of(
            HttpStatus.UNAUTHORIZED,
            "Send a gateway key in Ocp-Apim-Subscription-Key or a bearer token in Authorization.");
    public static final Problem FORBIDDEN = of(HttpStatus.FORBIDDEN, "This caller may not do this.");

    static final Problem UNREADABLE = of(
            HttpStatus.BAD_REQUEST,
            "The request can't be read: its path, a header or a parameter has a character that is not allowed here, or is"
                    + " too long.");

    private static final ObjectMapper JSON = new ObjectMapper();

    public static Problem of(HttpStatus status, String detail) {
        return new Problem(status.value(), status.getReasonPhrase(), detail, null);
    }

    /** Answers with this problem and keeps headers that are already set. */
    void answer(HttpServletResponse response) throws IOException {
        byte[] body = json();
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** The body, in UTF-8. */
    public byte[] json() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
