package io.themis.enrichment;

import io.themis.datamap.Column;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Keys;
import io.themis.datamap.Mask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes what is others' out of the rows of one dataset in one partition, as its columns' masks say. */
final class Masking {

    private final Dataset dataset;
    private final String partition;
    private final Keys keys;
    private Map<String, Long> hidden = new LinkedHashMap<>();

    /**
     * @param partition of the rows, or null if the dataset has none
     * @param keys the person's
     */
    Masking(Dataset dataset, String partition, Keys keys) {
        this.dataset = dataset;
        this.partition = partition;
        this.keys = keys;
    }

    /**
     * The row with {@link Mask#TEXT} in the place of others' values; null stays null, since it is nobody's.
     *
     * @throws IllegalArgumentException if a query's row does not have a masked column: it may have it under another name. In
     *     other rows a column may rightly be absent.
     */
    Map<String, ?> apply(Map<String, ?> row) {
        if (dataset.maskedColumns().isEmpty()) {
            return row;
        }
        Map<String, Object> masked = new LinkedHashMap<>(row);
        for (Map.Entry<String, Column> column : dataset.columns().entrySet()) {
            Mask mask = column.getValue().mask();
            if (mask != null) {
                apply(column.getKey(), mask, row, masked);
            }
        }
        return masked;
    }

    private void apply(String column, Mask mask, Map<String, ?> row, Map<String, Object> masked) {
        List<List<String>> places = dataset.places(column, row);
        if (places.isEmpty()) {
            if (dataset.kind() == Kind.SQL) {
                throw new IllegalArgumentException(
                        "dataset \"%s\": a row does not have the column \"%s\" that is masked"
                                .formatted(dataset.name(), column));
            }
            return;
        }
        long hiddenHere = isOwn(mask, row)
                ? 0
                : places.stream().filter(names -> hide(masked, names)).count();
        hidden.merge(column, hiddenHere, Long::sum);
    }

    /** The masked columns that the rows since the last call have had, each with the number of values hidden in it. */
    Map<String, Long> takeHidden() {
        Map<String, Long> taken = hidden;
        hidden = new LinkedHashMap<>();
        return taken;
    }

    private boolean isOwn(Mask mask, Map<String, ?> row) {
        return mask.unless().entrySet().stream()
                .anyMatch(own -> keys.holds(dataset, partition, own.getKey(), own.getValue(), row));
    }

    /** What is no object on the way, such as a list of them, is hidden as a whole. False if there is nothing to hide. */
    private static boolean hide(Map<String, Object> object, List<String> names) {
        String name = names.get(0);
        Object value = object.get(name);
        if (value instanceof Map<?, ?> inner && names.size() > 1) {
            Map<String, Object> copy = new LinkedHashMap<>();
            inner.forEach((key, item) -> copy.put(String.valueOf(key), item));
            object.put(name, copy);
            return hide(copy, names.subList(1, names.size()));
        }
        if (value == null) {
            return false;
        }
        object.put(name, Mask.TEXT);
        return true;
    }
}
