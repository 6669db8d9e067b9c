package io.themis.datamap;

import io.themis.datamap.Dataset.Kind;
import io.themis.lake.ColumnPath;
import io.themis.lake.KeyText;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch.Wanted;
import io.themis.request.SubjectKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys of one person, as far as they are known. A key found in a partition holds in that partition only: the same
 * number may be somebody else's in the next one. Values with the same normal form are one key; of these, the first is
 * what queries are asked with.
 *
 * @param normalForms key to how its values are compared; the values of all other keys character by character
 */
public record Keys(Set<SubjectKey> known, Map<String, NormalForm> normalForms) {

    /**
     * What to look for in a lake dataset's file: a row is the person's if one of these columns holds one of its values.
     *
     * @param partition of the file, or null if the dataset has none
     * @return column to what is wanted there; empty if the person can have no row there
     */
    public Map<String, Wanted> match(Dataset dataset, String partition) {
        return wanted(dataset.match(), partition);
    }

    /**
     * What says of columns that they hold the person's own.
     *
     * @param keys column to the key that it holds of somebody
     * @param partition of the rows, or null if the dataset has none
     * @return column to what is wanted there; without those whose key the person has no value of
     */
    public Map<String, Wanted> wanted(Map<String, String> keys, String partition) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        keys.forEach((column, key) -> {
            Map<String, String> values = values(key, partition);
            if (!values.isEmpty()) {
                wanted.put(column, new Wanted(form(key), values.keySet()));
            }
        });
        return wanted;
    }

    /**
     * All values of a key, in whichever partition each holds.
     *
     * @return nothing if there is none, or no such key
     */
    public Optional<Wanted> everywhere(String key) {
        Set<String> values = named(key).map(SubjectKey::value).collect(Collectors.toSet());
        return values.isEmpty() ? Optional.empty() : Optional.of(new Wanted(form(key), values));
    }

    /**
     * What to look for in the columns of a lake dataset that may show a namesake: what the person is called, in every
     * partition. Nothing is the person's by it.
     *
     * @return column to the names; empty if there are no such columns, or nobody has told a name
     */
    public Map<String, Wanted> review(Dataset dataset) {
        Set<String> names = names();
        Map<String, Wanted> review = new LinkedHashMap<>();
        if (!names.isEmpty()) {
            dataset.review().forEach(column -> review.put(column, new Wanted(NormalForm.PERSON_NAME, names)));
        }
        return review;
    }

    private Set<String> names() {
        Stream<String> full =
                values("firstName").flatMap(first -> values("lastName").map(last -> first + " " + last));
        return Stream.concat(values("displayName"), full).collect(Collectors.toSet());
    }

    private Stream<String> values(String name) {
        return known.stream()
                .filter(key -> key.name().equals(name))
                .map(SubjectKey::value)
                .filter(value -> !NormalForm.PERSON_NAME.of(value).isEmpty());
    }

    /**
     * How many values of each key a dataset uses, in all partitions together: to find rows, or to tell in a mask what is the
     * person's own. Keys are only ever added to a person's, so the dataset has been asked with all of them if, and only if,
     * these numbers are still the same.
     */
    public Map<String, Integer> count(Dataset dataset) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>(dataset.keys());
        names.addAll(dataset.keysOfMasks());
        for (String name : names) {
            long number = named(name)
                    .filter(key ->
                            key.partition() == null || !dataset.placeholders().isEmpty())
                    .map(key -> new SubjectKey(name, key.partition(), form(name).of(key.value())))
                    .distinct()
                    .count();
            numbers.put(name, Math.toIntExact(number));
        }
        return numbers;
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
                for (String value : values(key, null).values()) {
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
            String text = value == null ? "" : stored(dataset, column, value);
            if (!text.isBlank()) {
                keys.add(new SubjectKey(key, partition, text));
            }
        });
        return keys;
    }

    /** Whether one of the columns of a row holds what is wanted there. */
    public static boolean holdsAny(Dataset dataset, Map<String, Wanted> wanted, Map<String, ?> row) {
        return wanted.entrySet().stream().anyMatch(column -> holds(dataset, column.getKey(), column.getValue(), row));
    }

    /** Whether the cell from which the column's keys are read holds what is wanted. */
    static boolean holds(Dataset dataset, String column, Wanted wanted, Map<String, ?> row) {
        List<List<String>> places = dataset.places(column, row);
        return !places.isEmpty() && holds(dataset, places.get(0), wanted, row);
    }

    /** A value that can't be a key is nobody's, as is one to which the place does not lead. */
    static boolean holds(Dataset dataset, List<String> place, Wanted wanted, Map<String, ?> row) {
        Object value;
        try {
            value = new ColumnPath(place).of(row);
        } catch (IllegalArgumentException e) {
            return false;
        }
        return KeyText.of(value)
                .map(text -> comparable(dataset, text))
                .filter(wanted::has)
                .isPresent();
    }

    NormalForm form(String name) {
        return normalForms.getOrDefault(name, NormalForm.EXACT);
    }

    /** A value of which nothing counts names nobody: the rows without a key would be its. */
    private Stream<SubjectKey> named(String name) {
        return known.stream()
                .filter(key -> key.name().equals(name))
                .filter(key -> !form(name).of(key.value()).isBlank());
    }

    /** Normal form to the first value that has it. */
    private Map<String, String> values(String name, String partition) {
        Map<String, String> values = new LinkedHashMap<>();
        named(name)
                .filter(key -> key.partition() == null || key.partition().equals(partition))
                .forEach(key -> values.putIfAbsent(form(name).of(key.value()), key.value()));
        return values;
    }

    static Object value(Dataset dataset, String column, Map<String, ?> row) {
        List<List<String>> places = dataset.places(column, row);
        return places.isEmpty() ? null : new ColumnPath(places.get(0)).of(row);
    }

    static String stored(Dataset dataset, String column, Object value) {
        return comparable(dataset, text(dataset, column, value));
    }

    /** CHAR(10) is filled up with blanks, and SQL compares without them. */
    private static String comparable(Dataset dataset, String text) {
        return dataset.kind() == Kind.SQL ? text.stripTrailing() : text;
    }

    private static String text(Dataset dataset, String column, Object value) {
        return KeyText.of(value)
                .orElseThrow(() -> new IllegalArgumentException(
                        "dataset \"%s\": column \"%s\" holds %s, which can't be a key; cast it to text or a number in the source"
                                .formatted(
                                        dataset.name(), column, value.getClass().getSimpleName())));
    }
}
