package io.themis.request;

/**
 * Why an answer is not whole.
 *
 * @param kind what the person is told, in their language
 * @param sentence what operators are told, in English and without personal data
 */
public record Shortfall(Kind kind, String sentence) {

    public enum Kind {
        /** The store will not hand out a file. */
        REFUSED,
        /** The content of a file is not what the data map says. */
        UNREADABLE,
        /** Where a key of the person may be unknown, rows may not have been found. */
        KEYS,
        /** Rows were left out that may be the person's. */
        UNCERTAIN
    }
}
