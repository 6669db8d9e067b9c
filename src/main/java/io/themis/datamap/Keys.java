package io.themis.datamap;

import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.lake.ColumnPath;
import io.themis.lake.KeyText;
import io.themis.request.EmailAddress;
import io.themis.request.SubjectKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The keys of one person, as far as they are known. A key found in a partition holds in that partition only: the same
 * number may be somebody else's in the next one.
 */
public record Keys(Set<SubjectKey> known) {

    /**
     * What to look for in a lake dataset's file: a row is the person's if one of these columns holds one of its values.
     *
     * @param partition of the file, or null if the dataset has none
     * @return column to values; empty if the person can have no row there
     */
    public Map<String, Set<String>> match(Dataset dataset, String partition) {
        Map<String, Set<String>> match = new LinkedHashMap<>();
        dataset.match().forEach((column, key) -> {
            Set<String> values = values(key, partition);
            if (!values.isEmpty()) {
                match.put(column, values);
            }
        });
        return match;
    }

    /**
     * What to ask a dataset of kind sql or route, which has no partitions: once for each combination of the values of
     * its keys.
     *
     * @return key to value, each with all of the dataset's keys; empty if one of them has no value
     */
    public List<Map<String, String>> parameters(Dataset dataset) {
        List<Map<String, String>> combinations = List.of(Map.of());
        for (String key : dataset.keys()) {
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> combination : combinations) {
                for (String value : values(key, null)) {
                    Map<String, String> with = new LinkedHashMap<>(combination);
                    with.put(key, value);
                    longer.add(with);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    /**
     * The keys that a found row brings to light. A column that is absent, null or blank brings nothing.
     *
     * @param partition where the row was found, or null if the dataset has none
     * @param row column to value; columns of kinds sql and route in any case, since databases disagree on it
     * @throws IllegalArgumentException if a key's column holds something that has no one text, such as bytes
     */
    public static Set<SubjectKey> provided(Dataset dataset, String partition, Map<String, ?> row) {
        Set<SubjectKey> keys = new LinkedHashSet<>();
        dataset.provides().forEach((key, column) -> {
            Object value = value(dataset, column, row);
            String text = value == null ? "" : text(dataset, column, value);
            if (!text.isBlank()) {
                keys.add(new SubjectKey(key, partition, text));
            }
        });
        return keys;
    }

    /**
     * Whether a row that a query gave is the person's: each column that the dataset matches on holds one of the person's
     * values. A database can find more than it was asked for, since its collation may take é for e.
     *
     * @param subjectKey the key that holds an e-mail address, where upper and lower case are alike
     * @param row column to value; columns in any case
     * @throws IllegalArgumentException if the row does not have such a column
     */
    public boolean own(Dataset dataset, String subjectKey, Map<String, ?> row) {
        return dataset.match().entrySet().stream().allMatch(match -> {
            String column = match.getKey();
            if (row.keySet().stream().noneMatch(column::equalsIgnoreCase)) {
                throw new IllegalArgumentException(
                        "dataset \"%s\": a row does not have the column \"%s\" that rows are matched on"
                                .formatted(dataset.name(), column));
            }
            Object value = value(dataset, column, row);
            // CHAR(10) is filled up with blanks, and SQL compares without them.
            String stored = value == null ? "" : text(dataset, column, value).stripTrailing();
            return values(match.getValue(), null).stream()
                    .anyMatch(known -> match.getValue().equals(subjectKey)
                            ? new EmailAddress(known).isStoredAs(stored)
                            : known.equals(stored));
        });
    }

    private Set<String> values(String name, String partition) {
        return known.stream()
                .filter(key -> key.name().equals(name))
                .filter(key -> key.partition() == null || key.partition().equals(partition))
                .map(SubjectKey::value)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Object value(Dataset dataset, String column, Map<String, ?> row) {
        if (dataset.format() == Format.JSONL || dataset.format() == Format.PARQUET && !row.containsKey(column)) {
            return ColumnPath.parse(column).of(row);
        }
        if (row.containsKey(column) || dataset.kind() == Kind.LAKE) {
            return row.get(column);
        }
        for (Map.Entry<String, ?> entry : row.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(column)) {
                return entry.getValue();
            }
        }
        return null;
    }

    private static String text(Dataset dataset, String column, Object value) {
        return KeyText.of(value)
                .orElseThrow(() -> new IllegalArgumentException(
                        "dataset \"%s\": column \"%s\" holds %s, which can't be a key; cast it to text or a number in the source"
                                .formatted(
                                        dataset.name(), column, value.getClass().getSimpleName())));
    }
}
