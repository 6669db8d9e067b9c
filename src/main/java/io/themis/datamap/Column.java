package io.themis.datamap;

import java.util.Map;

/**
 * How a column of a dataset is shown to the person. What is not described is null or empty, and shown as it is stored.
 *
 * @param title what the person calls the column
 * @param values stored code to what it means, such as {@code 2} to "up vote"
 * @param date how a date is stored in the column, if it is one
 * @param mask whose data the column may hold beside the person's; null if nobody else's
 */
public record Column(Words<String> title, Map<String, Words<String>> values, DateForm date, Mask mask) {

    public enum DateForm {
        /** ISO 8601, with an offset or without. */
        ISO,
        /** Since 1970-01-01T00:00Z, as a number or its text. */
        EPOCH_SECONDS,
        /** Since 1970-01-01T00:00Z, as a number or its text. */
        EPOCH_MILLISECONDS
    }
}
