package io.themis.lake;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells which rows are the person's: those where one of these columns holds one of its wanted values.
 *
 * <p>A stored text is a wanted value if their normal forms are equal, and that is all: no prefix, no trimming, no numbers. A
 * key is a value that another dataset stored, so where the form is {@link NormalForm#EXACT}, {@code " 4436"} and
 * {@code "004436"} are not {@code "4436"}; to take them for the same person would be a guess, and a wrong guess hands out
 * somebody else's data.
 *
 * @param columns column to what is wanted there
 */
public record RowMatch(Map<String, Wanted> columns) {

    /**
     * What is wanted in one column.
     *
     * @param form how its values are compared
     * @param normalForms of the person's values
     */
    public record Wanted(NormalForm form, Set<String> normalForms) {

        /** @throws IllegalArgumentException if a value is blank, as it would match every row without a key */
        public Wanted {
            normalForms = normalForms.stream().map(form::of).collect(Collectors.toUnmodifiableSet());
            if (normalForms.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException("A blank value can't name a person");
            }
        }

        boolean has(String stored) {
            return normalForms.contains(form.of(stored));
        }
    }

    /**
     * @throws IllegalArgumentException if there is nothing to match on, as such a search would find nothing and call it
     *     complete
     */
    public RowMatch {
        columns = Map.copyOf(columns);
        if (columns.values().stream().allMatch(wanted -> wanted.normalForms().isEmpty())) {
            throw new IllegalArgumentException("No value to match on: give at least one key of the person");
        }
    }

    boolean reads(String column) {
        return columns.containsKey(column);
    }

    boolean matches(String column, String stored) {
        return columns.get(column).has(stored);
    }
}
