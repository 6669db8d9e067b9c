package io.themis.lake;

import io.themis.lake.ParquetMasks.Mask;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;

/** What becomes of the rows of one row group. */
final class ParquetEdits {

    private final BitSet deleted = new BitSet();
    private final Map<List<String>, Map<Integer, Mask>> masks = new HashMap<>();

    /** @param row counted from 0 in the row group; of deleted and masked ones alike, each comes once */
    void delete(int row) {
        deleted.set(row);
    }

    void mask(int row, Map<ColumnDescriptor, Mask> columns) {
        columns.forEach((column, mask) -> masks.computeIfAbsent(List.of(column.getPath()), path -> new HashMap<>())
                .put(row, mask));
    }

    int deleted() {
        return deleted.cardinality();
    }

    boolean isDeleted(int row) {
        return deleted.get(row);
    }

    /** Row to what comes in the place of its value. */
    Map<Integer, Mask> masks(List<String> column) {
        return masks.getOrDefault(column, Map.of());
    }

    /** Whether the column will have other values than it has. */
    boolean change(List<String> column) {
        return !deleted.isEmpty() || masks.containsKey(column);
    }
}
