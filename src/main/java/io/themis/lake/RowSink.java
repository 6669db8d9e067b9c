package io.themis.lake;

import java.io.IOException;
import java.util.Map;

/** Takes the rows that a {@link RowMatch} finds, one at a time, in the order of the file. */
@FunctionalInterface
public interface RowSink {

    /**
     * @param columns every column of the row in document order, values as RowLines writes them; the map is the receiver's own
     * @throws IOException if the row can't be kept; the search then ends, as a row must not be lost
     */
    void row(Map<String, Object> columns) throws IOException;
}
