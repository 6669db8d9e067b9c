package io.themis.page;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * What an operation answered.
 *
 * @param body in the type of the contract, or a problem detail
 */
record Answer(int status, byte[] body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    boolean isGood() {
        return status < 300;
    }

    /**
     * The answer of an operation that is there to be looked at. Who may not see it is told that it is not there.
     *
     * @throws ResponseStatusException if it has another status
     */
    Map<String, Object> object() {
        return read(good(), new TypeReference<>() {});
    }

    /** The same for one that is a list. */
    List<Map<String, Object>> list() {
        return read(good(), new TypeReference<>() {});
    }

    /** The same for one that is no JSON. */
    byte[] good() {
        if (!isGood()) {
            throw new ResponseStatusException(
                    status == HttpStatus.FORBIDDEN.value() ? HttpStatus.NOT_FOUND : HttpStatus.valueOf(status));
        }
        return body;
    }

    /** What is wrong with what was sent: {@code detail}, and {@code pointer} to the field if it is one. */
    Map<String, Object> problem() {
        return read(body, new TypeReference<>() {});
    }

    private static <T> T read(byte[] json, TypeReference<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
