package io.themis.datamap;

import io.themis.lake.NormalForm;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A data map that can work: names are unique, and every key can be reached from the one that the request brings.
 *
 * @param subjectKey the key that every request brings, such as {@code emailAddress}
 * @param knownBy name of the dataset that says who is known. An address that it does not find is nobody's.
 * @param normalForms key to how its values are compared; the values of all other keys character by character
 * @param levels all datasets, those that provide keys before those that need them; datasets that need each other's keys
 *     are in one level, and datasets of one level do not depend on each other otherwise
 * @param source name of the file it was read from, for messages
 */
public record DataMap(
        String subjectKey,
        String knownBy,
        Map<String, NormalForm> normalForms,
        List<List<Dataset>> levels,
        String source) {

    /**
     * Keys that hold what people are called. A dataset may provide them, so that a mail can greet the person, but
     * nothing may be found by them: two people can share a name.
     */
    public static final Set<String> PERSON_NAMES = Set.of("firstName", "lastName", "displayName");

    public List<Dataset> datasets() {
        return levels.stream().flatMap(List::stream).toList();
    }

    /** @throws IllegalArgumentException if there is no such dataset */
    public Dataset dataset(String name) {
        return datasets().stream()
                .filter(dataset -> dataset.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no dataset " + name));
    }

    /** The datasets that may know a value of a key which this one needs. */
    public List<Dataset> providersFor(Dataset user) {
        return new Dependencies(datasets()).providersOf(user);
    }

    /**
     * Whether this dataset may be asked before one that provides its keys: what it finds may bring keys to light by which it
     * finds more, itself or by way of others, or it says who is known.
     */
    public boolean isAskedEarly(Dataset dataset) {
        return dataset.name().equals(knownBy) || new Dependencies(datasets()).isInCircle(dataset);
    }
}
