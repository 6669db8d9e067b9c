package io.themis.datamap;

import java.util.Locale;
import java.util.Map;

/**
 * What the data map says to the person, once for each language that it is written in.
 *
 * @param own language of the map, which is always there
 * @param byLanguage a text, or a list of texts
 */
public record Words<T>(Locale own, Map<Locale, T> byLanguage) {

    /** Words in one language. */
    public static <T> Words<T> of(Locale language, T words) {
        return new Words<>(language, Map.of(language, words));
    }

    /** The language in which somebody who wants this one is told. */
    public Locale languageFor(Locale wanted) {
        return byLanguage.containsKey(wanted) ? wanted : own;
    }

    /** In that language, or in the map's own if it is not there. */
    public T in(Locale wanted) {
        return byLanguage.get(languageFor(wanted));
    }
}
