package io.themis.lake;

import io.themis.lake.RowMatch.Wanted;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What to look for where values are compared character by character. */
public final class ExactMatch {

    private ExactMatch() {}

    /** @param values column to the person's values */
    public static RowMatch of(Map<String, Set<String>> values) {
        Map<String, Wanted> columns = new LinkedHashMap<>();
        values.forEach((column, wanted) -> columns.put(column, new Wanted(NormalForm.EXACT, wanted)));
        return new RowMatch(columns);
    }
}
