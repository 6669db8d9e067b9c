package io.themis.datamap;

import java.util.List;
import java.util.Set;

/**
 * A data map that can work: names are unique, every key is provided, and nothing depends on itself.
 *
 * @param subjectKey the key that every request brings, such as {@code emailAddress}
 * @param levels all datasets, those that provide keys before those that need them; datasets of one level do not depend
 *     on each other
 * @param source name of the file it was read from, for messages
 */
public record DataMap(String subjectKey, List<List<Dataset>> levels, String source) {

    /**
     * Keys that hold what people are called. A dataset may provide them, so that a mail can greet the person, but
     * nothing may be found by them: two people can share a name.
     */
    public static final Set<String> PERSON_NAMES = Set.of("firstName", "lastName", "displayName");

    /**
     * Name of the dataset that says who is known: the map's first one that is searched by the subject key. An address
     * that it does not find is nobody's.
     */
    public String knownBy() {
        return levels.get(0).get(0).name();
    }

    public List<Dataset> datasets() {
        return levels.stream().flatMap(List::stream).toList();
    }

    /** The datasets that may know a value of a key which this one needs. */
    public List<Dataset> providersFor(Dataset user) {
        return datasets().stream()
                .filter(provider -> provider.provides().keySet().stream().anyMatch(user.keys()::contains))
                .filter(provider -> provider.reaches(user))
                .toList();
    }
}
