package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Keys;
import io.themis.datamap.Mask;
import io.themis.lake.RowMatch.Wanted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes what is others' out of the rows of one dataset in one partition, as its columns' masks say. */
final class Masking {

    private final Dataset dataset;
    /** Masked column to what shows that its value is the person's own. */
    private final Map<String, Map<String, Wanted>> own = new LinkedHashMap<>();

    private Map<String, Long> hidden = new LinkedHashMap<>();

    /**
     * @param partition of the rows, or null if the dataset has none
     * @param keys the person's
     */
    Masking(Dataset dataset, String partition, Keys keys) {
        this.dataset = dataset;
        for (String column : dataset.maskedColumns()) {
            own.put(column, keys.wanted(dataset.columns().get(column).mask().unless(), partition));
        }
    }

    /**
     * The row with {@link Mask#TEXT} in the place of others' values; null stays null, since it is nobody's.
     *
     * @throws IllegalArgumentException if a query's row does not have a masked column: it may have it under another name. In
     *     other rows a column may rightly be absent.
     */
    Map<String, ?> apply(Map<String, ?> row) {
        if (own.isEmpty()) {
            return row;
        }
        Map<String, Object> masked = new LinkedHashMap<>(row);
        for (String column : own.keySet()) {
            apply(column, row, masked);
        }
        return masked;
    }

    private void apply(String column, Map<String, ?> row, Map<String, Object> masked) {
        List<List<String>> places = dataset.places(column, row);
        if (places.isEmpty()) {
            if (dataset.kind() == Kind.SQL) {
                throw new IllegalArgumentException(
                        "dataset \"%s\": a row does not have the column \"%s\" that is masked"
                                .formatted(dataset.name(), column));
            }
            return;
        }
        long hiddenHere = Keys.holdsAny(dataset, own.get(column), row)
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
