package io.themis.export;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import io.themis.datamap.Words;
import java.util.Locale;

/**
 * Words of the data map as the pages say them; in JSON, the words alone.
 *
 * @param lang their language if it is not that of the page; null otherwise
 */
public record Said<T>(@JsonIgnore String lang, @JsonValue T words) {

    /** Null for null. */
    static <T> Said<T> of(Words<T> words, Locale page) {
        if (words == null) {
            return null;
        }
        Locale language = words.languageFor(page);
        return new Said<>(language.equals(page) ? null : language.toLanguageTag(), words.in(page));
    }
}
