package io.themis.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.security.WithPage;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/**
 * The operations of the REST contract, called through their routes as the person who is signed in. So a page can do what its
 * person may do over REST, under the same rules, and no more.
 */
@Component
@WithPage
class Operations {

    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ProducerTemplate routes;

    Operations(ProducerTemplate routes) {
        this.routes = routes;
    }

    /** @param parameters of path and query, by name */
    Answer call(HttpServletRequest request, String operation, Map<String, String> parameters) {
        return answer(send(request, operation, parameters, null));
    }

    /** @param body to be sent as JSON */
    Answer call(
            HttpServletRequest request, String operation, Map<String, String> parameters, Map<String, Object> body) {
        try {
            return answer(send(request, operation, parameters, JSON.writeValueAsBytes(body)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * An answer that may be too long to be held.
     *
     * @throws ResponseStatusException if there is none
     */
    InputStream open(HttpServletRequest request, String operation, Map<String, String> parameters) {
        Exchange exchange = send(request, operation, parameters, null);
        if (status(exchange) >= 300) {
            answer(exchange).good();
        }
        return exchange.getMessage().getBody(InputStream.class);
    }

    /**
     * An answer as a file to be kept.
     *
     * @param name with {@code %s} in the place of the id
     * @throws ResponseStatusException if there is none
     */
    ResponseEntity<Resource> file(
            HttpServletRequest request, String operation, String id, String name, MediaType type) {
        InputStream content = open(request, operation, Map.of("id", id));
        return ResponseEntity.ok()
                .contentType(type)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(name.formatted(id))
                                .build()
                                .toString())
                .body(new InputStreamResource(content));
    }

    /** @throws ResponseStatusException if the route was stopped, which does not get to say so itself */
    private Exchange send(HttpServletRequest request, String operation, Map<String, String> parameters, byte[] body) {
        Exchange answered = routes.request("direct:" + operation + "?block=false", exchange -> {
            parameters.forEach(exchange.getMessage()::setHeader);
            exchange.getMessage().setHeader(Exchange.HTTP_SERVLET_REQUEST, request);
            exchange.getMessage().setBody(body);
        });
        if (answered.getException() != null) {
            LOG.warn(
                    "operation {} gave no answer: {}",
                    operation,
                    answered.getException().getClass().getName());
            throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
        }
        return answered;
    }

    private static Answer answer(Exchange exchange) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        return new Answer(status(exchange), body == null ? new byte[0] : body);
    }

    private static int status(Exchange exchange) {
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
    }
}
