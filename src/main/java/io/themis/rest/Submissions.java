package io.themis.rest;

import io.themis.request.EmailAddress;
import io.themis.request.InvalidRequestException;
import io.themis.request.NewRequest;
import io.themis.request.RequestReader;
import io.themis.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/**
 * Makes a data subject request of a call of the REST API. Headers are read where the container keeps them: Camel adds the
 * parameters of the query to them, and makes a list of {@code [a,b]} and of two lines of one name.
 */
@Component
public class Submissions {

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private final RequestReader reader;

    Submissions(RequestReader reader) {
        this.reader = reader;
    }

    /** @throws InvalidRequestException if body or headers are not those of a request */
    public NewRequest withBody(
            @Body byte[] body,
            @Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest call,
            @Variable("caller") Caller caller) {
        return reader.read(body, languages(call), caller.subject(), idempotencyKey(call));
    }

    /** @throws InvalidRequestException if the headers are not those of a request */
    public NewRequest withoutBody(
            @Variable("address") EmailAddress address,
            @Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest call,
            @Variable("caller") Caller caller) {
        return reader.accessFor(address, languages(call), caller.subject(), idempotencyKey(call));
    }

    /** A list may come in several lines (RFC 9110 section 5.3). */
    private static String languages(HttpServletRequest call) {
        return String.join(",", Collections.list(call.getHeaders("Accept-Language")));
    }

    /** A single value may not (RFC 9110 section 5.5), and nobody could say which of two keys is meant. */
    private static String idempotencyKey(HttpServletRequest call) {
        List<String> keys = Collections.list(call.getHeaders(IDEMPOTENCY_KEY));
        if (keys.size() > 1) {
            throw new InvalidRequestException("", IDEMPOTENCY_KEY + " is there more than once; send one key");
        }
        return keys.isEmpty() ? null : keys.get(0);
    }
}
