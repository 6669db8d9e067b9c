package io.themis.datamap;

import java.util.Map;

/**
 * Others' data in a column, which the person does not get: their copy must not adversely affect the rights of others
 * (Art. 15(4) GDPR).
 *
 * @param unless column to key: if one of these columns holds one of the person's own values of its key, the row's value is
 *     the person's. Empty if it never is.
 */
public record Mask(Map<String, String> unless) {

    /** What stands in the place of a hidden value. */
    public static final String TEXT = "[masked]";
}
