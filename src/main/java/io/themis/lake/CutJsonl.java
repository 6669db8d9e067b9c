package io.themis.lake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** Lines of JSON. */
final class CutJsonl implements CutRows {

    private final JsonlRows parser;
    private final RowSink sink;

    CutJsonl(RowMatch match, Set<String> keys, RowSink sink) {
        parser = new JsonlRows(match, keys, KeyColumns.NONE);
        this.sink = sink;
    }

    @Override
    public boolean read(byte[] row) throws IOException {
        Map<String, Object> columns = found(row);
        if (columns == null) {
            return false;
        }
        if (!columns.isEmpty()) {
            sink.row(columns);
        }
        return true;
    }

    /** Null if it is no row, and empty if it is one that is not found: what is found has a column. */
    private Map<String, Object> found(byte[] row) {
        if (Utf8.firstInvalid(row, 0, row.length) >= 0) {
            return null;
        }
        char[] text = new String(row, StandardCharsets.UTF_8).toCharArray();
        JsonlRows.Line line = new JsonlRows.Line(text, 0, text.length, 1);
        try {
            Map<String, Object> columns = parser.parse(line);
            return columns == null || parser.isFound(columns, line) ? columns : Map.of();
        } catch (UnreadableContentException e) {
            return null;
        }
    }
}
