package io.themis.lake;

import java.io.IOException;
import java.util.Map;

/** Counts the rows of a file and hands on those of the person. */
final class PersonRows {

    private final RowMatch match;
    private final KeyColumns columns;
    private final RowSink sink;
    private long rows;
    private long matched;

    PersonRows(RowMatch match, RowSink sink) {
        this(match, KeyColumns.NONE, sink);
    }

    /** @param columns are told the keys of every row */
    PersonRows(RowMatch match, KeyColumns columns, RowSink sink) {
        this.match = match;
        this.columns = columns;
        this.sink = sink;
    }

    RowMatch match() {
        return match;
    }

    KeyColumns columns() {
        return columns;
    }

    RowSink sink() {
        return sink;
    }

    /** To be called for each row, whoever's it is, once it is known to be one. */
    void count() {
        rows++;
    }

    /** @throws IOException from the sink */
    void handOver(Map<String, Object> row) throws IOException {
        matched++;
        sink.row(row);
    }

    /** What another reader has counted. */
    void add(long rows, long matched) {
        this.rows += rows;
        this.matched += matched;
    }

    long rows() {
        return rows;
    }

    long matched() {
        return matched;
    }
}
