package io.themis.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;

/** Facts as the text that a column of type {@code jsonb} takes and gives. What can't be read or written is a mistake of the program. */
public record JsonText(ObjectMapper json) {

    /** @throws UncheckedIOException if the value has no form in JSON */
    public String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UncheckedIOException if the text is no such value */
    public <T> T read(String text, Class<T> type) {
        return read(text, json.constructType(type));
    }

    /** The same for a type with parameters. */
    public <T> T read(String text, TypeReference<T> type) {
        return read(text, json.constructType(type));
    }

    private <T> T read(String text, JavaType type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
