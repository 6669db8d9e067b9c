package io.themis.datamap;

import io.themis.request.EmailAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What erasure does with a dataset (GDPR Art. 17).
 *
 * @param statements for {@code sql} that is deleted or masked: in their order, with parameters as in the dataset's query
 * @param uri for {@code route} that is deleted or masked: endpoint that does it, called with the keys that the dataset is asked with
 * @param columns for {@code lake} that is masked: column to what comes in the place of its values
 * @param whole why the dataset is kept; null if it is not
 * @param keep which rows stay although the others go
 * @param recipients to whom the data were disclosed, and who is told of the erasure (Art. 19)
 */
public record Erasure(
        Action action,
        List<String> statements,
        String uri,
        Map<String, Replacement> columns,
        Exemption whole,
        List<Exemption> keep,
        List<EmailAddress> recipients) {

    public enum Action {
        DELETE,
        MASK,
        KEEP
    }

    /**
     * What comes in the place of a value.
     *
     * @param text of {@code CONSTANT}; otherwise null
     */
    public record Replacement(Strategy strategy, String text) {}

    public enum Strategy {
        NULL,
        CONSTANT,
        /** The same for the same value, so that rows still refer to each other. */
        KEYED_HASH,
        YEAR,
        MONTH,
        DAY,
        /** Of a place, what stands behind the last comma. */
        LAST_PART
    }

    /**
     * Why rows are not erased.
     *
     * @param when column to the values that it may hold: rows for which all of these are so; empty for every row
     * @param article of the GDPR, such as {@code 17(3)(b)}
     * @param until when they are
     */
    public record Exemption(Map<String, Set<String>> when, String article, Words<String> ground, Words<String> until) {}
}
