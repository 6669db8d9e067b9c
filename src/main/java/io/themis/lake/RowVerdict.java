package io.themis.lake;

import java.util.Map;

/**
 * What becomes of a row when its file is rewritten.
 *
 * @param isDeleted whether the row goes; then nothing is replaced
 * @param replaced where in the row a value is replaced, and by what: null, String, Number or Boolean. Empty if the row stays as it is
 */
public record RowVerdict(boolean isDeleted, Map<ColumnPath, Object> replaced) {

    public static final RowVerdict KEEP = new RowVerdict(false, Map.of());

    public static final RowVerdict DELETE = new RowVerdict(true, Map.of());
}
