package io.themis.datamap;

import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.lake.ColumnPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Which cells of a row a column of the data map means. Whoever reads, hides or describes a cell asks here: a cell that one
 * takes for the column and another does not would be called hidden and be handed out.
 *
 * @param readings names from the outside in; of two readings, the first that a row has is the one that is read
 * @param isAnyCase whether a name stands for itself in any case, as databases and services disagree on it
 */
record ColumnPlaces(List<List<String>> readings, boolean isAnyCase) {

    static ColumnPlaces of(Dataset dataset, String column) {
        if (dataset.format() == Format.JSONL) {
            return new ColumnPlaces(List.of(ColumnPath.parse(column).names()), false);
        }
        List<List<String>> readings = new ArrayList<>();
        readings.add(List.of(column));
        if (dataset.format() == Format.PARQUET || dataset.kind() == Kind.ROUTE && isPath(column)) {
            List<String> names = ColumnPath.parse(column).names();
            if (!readings.contains(names)) {
                readings.add(names);
            }
        }
        return new ColumnPlaces(readings, dataset.kind() != Kind.LAKE);
    }

    /** A route may call its columns anything, such as {@code No.}. */
    private static boolean isPath(String column) {
        try {
            ColumnPath.parse(column);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    boolean contains(List<String> path) {
        return readings.stream().anyMatch(names -> isSame(names, path));
    }

    private boolean isSame(List<String> names, List<String> path) {
        if (names.size() != path.size()) {
            return false;
        }
        for (int i = 0; i < names.size(); i++) {
            if (!isSame(names.get(i), path.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean isSame(String name, String other) {
        return isAnyCase ? name.equalsIgnoreCase(other) : name.equals(other);
    }

    /**
     * Those that a row has, in the row's own spelling. A path that meets something else than an object on its way ends
     * there, as what it leads to may be inside.
     */
    List<List<String>> in(Map<String, ?> row) {
        List<List<String>> places = new ArrayList<>();
        readings.forEach(names -> find(row, names, 0, List.of(), places));
        return places;
    }

    private void find(Map<?, ?> object, List<String> names, int depth, List<String> before, List<List<String>> places) {
        for (Object key : keys(object, names.get(depth))) {
            List<String> place = new ArrayList<>(before);
            place.add(String.valueOf(key));
            boolean isEnd = depth + 1 == names.size();
            if (!isEnd && object.get(key) instanceof Map<?, ?> inner) {
                find(inner, names, depth + 1, place, places);
            } else {
                place.addAll(names.subList(depth + 1, names.size()));
                places.add(List.copyOf(place));
            }
        }
    }

    private List<?> keys(Map<?, ?> object, String name) {
        if (!isAnyCase) {
            return object.containsKey(name) ? List.of(name) : List.of();
        }
        return object.keySet().stream()
                .filter(key -> name.equalsIgnoreCase(String.valueOf(key)))
                .sorted(Comparator.comparing(key -> !name.equals(key)))
                .toList();
    }
}
