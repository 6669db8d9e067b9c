package io.themis.lake;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells which rows are the person's: those where one of these columns holds exactly one of its values.
 *
 * <p>Equality is that of the stored text, character by character, and nothing else: no prefix, no trimming, no numbers. A
 * key is a value that another dataset stored, so {@code " 4436"} and {@code "004436"} are not {@code "4436"}; to take them
 * for the same person would be a guess, and a wrong guess hands out somebody else's data.
 *
 * @param values column to the person's values of the key that it holds
 */
public record RowMatch(Map<String, Set<String>> values) {

    /**
     * @throws IllegalArgumentException if there is nothing to match on, as such a search would find nothing and call it
     *     complete, or if a value is blank, as it would match every row without a key
     */
    public RowMatch {
        values = values.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Set.copyOf(e.getValue())));
        if (values.values().stream().allMatch(Set::isEmpty)) {
            throw new IllegalArgumentException("No value to match on: give at least one key of the person");
        }
        values.forEach((column, keys) -> {
            if (keys.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException("A blank value can't name a person, in column " + column);
            }
        });
    }

    boolean reads(String column) {
        return values.containsKey(column);
    }

    boolean matches(String column, String stored) {
        return values.get(column).contains(stored);
    }
}
