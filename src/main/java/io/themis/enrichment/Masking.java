package io.themis.enrichment;

import io.themis.datamap.Column;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Keys;
import io.themis.datamap.Mask;
import io.themis.lake.ColumnPath;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes what is others' out of the rows of one dataset in one partition, as its columns' masks say. */
final class Masking {

    private final Dataset dataset;
    private final String partition;
    private final Keys keys;

    /**
     * @param partition of the rows, or null if the dataset has none
     * @param keys the person's
     */
    Masking(Dataset dataset, String partition, Keys keys) {
        this.dataset = dataset;
        this.partition = partition;
        this.keys = keys;
    }

    /** The row with {@link Mask#TEXT} in the place of others' values; null stays null, since it is nobody's. */
    Map<String, ?> apply(Map<String, ?> row) {
        if (dataset.maskedColumns().isEmpty()) {
            return row;
        }
        Map<String, Object> masked = new LinkedHashMap<>(row);
        for (Map.Entry<String, Column> column : dataset.columns().entrySet()) {
            Mask mask = column.getValue().mask();
            if (mask != null && !isOwn(mask, row)) {
                hide(masked, names(column.getKey(), row));
            }
        }
        return masked;
    }

    private boolean isOwn(Mask mask, Map<String, ?> row) {
        return mask.unless().entrySet().stream()
                .anyMatch(own -> keys.holds(dataset, partition, own.getKey(), own.getValue(), row));
    }

    /** Where the column is, from the outside in. */
    private List<String> names(String column, Map<String, ?> row) {
        if (dataset.format() == Format.JSONL || dataset.format() == Format.PARQUET && !row.containsKey(column)) {
            return ColumnPath.parse(column).names();
        }
        if (dataset.kind() == Kind.SQL) {
            return List.of(row.keySet().stream()
                    .filter(column::equalsIgnoreCase)
                    .findFirst()
                    .orElse(column));
        }
        return List.of(column);
    }

    /** What is no object on the way, such as a list of them, is hidden as a whole. */
    private static void hide(Map<String, Object> object, List<String> names) {
        String name = names.get(0);
        Object value = object.get(name);
        if (value instanceof Map<?, ?> inner && names.size() > 1) {
            Map<String, Object> copy = new LinkedHashMap<>();
            inner.forEach((key, item) -> copy.put(String.valueOf(key), item));
            hide(copy, names.subList(1, names.size()));
            object.put(name, copy);
        } else if (value != null) {
            object.put(name, Mask.TEXT);
        }
    }
}
