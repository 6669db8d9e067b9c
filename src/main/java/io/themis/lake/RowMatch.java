package io.themis.lake;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells which rows are the person's: those where one of these columns holds one of its wanted values.
 *
 * <p>Rows that show one of their names are found too, in columns that are there to be looked through for it. Such a row
 * need not be theirs: whose it is must be decided by its own values, where it is taken.
 *
 * <p>A stored text is a wanted value if their normal forms are equal, and that is all: no prefix, no trimming, no numbers. A
 * key is a value that another dataset stored, so where the form is {@link NormalForm#EXACT}, {@code " 4436"} and
 * {@code "004436"} are not {@code "4436"}; to take them for the same person would be a guess, and a wrong guess hands out
 * somebody else's data.
 *
 * @param columns column to what is wanted there
 * @param review column to the names wanted there; a file may lack such a column, or hold something else than text in it
 */
public record RowMatch(Map<String, Wanted> columns, Map<String, Wanted> review) {

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

        private Wanted and(Wanted other) {
            return new Wanted(
                    form,
                    Stream.concat(normalForms.stream(), other.normalForms.stream())
                            .collect(Collectors.toUnmodifiableSet()));
        }

        public boolean has(String stored) {
            return normalForms.contains(form.of(stored));
        }
    }

    /**
     * @throws IllegalArgumentException if there is nothing to match on, as such a search would find nothing and call it
     *     complete
     */
    public RowMatch {
        columns = Map.copyOf(columns);
        review = Map.copyOf(review);
        if (Stream.concat(columns.values().stream(), review.values().stream())
                .allMatch(wanted -> wanted.normalForms().isEmpty())) {
            throw new IllegalArgumentException("No value to match on: give at least one key of the person");
        }
    }

    /** What to match on where no name is looked for. */
    public RowMatch(Map<String, Wanted> columns) {
        this(columns, Map.of());
    }

    /** Finds every row that one of them finds. Of a column, all must compare values in the same way. */
    public static RowMatch anyOf(Collection<RowMatch> matches) {
        Map<String, Wanted> columns = new HashMap<>();
        Map<String, Wanted> review = new HashMap<>();
        for (RowMatch match : matches) {
            match.columns.forEach((column, wanted) -> columns.merge(column, wanted, Wanted::and));
            match.review.forEach((column, wanted) -> review.merge(column, wanted, Wanted::and));
        }
        return new RowMatch(columns, review);
    }

    /** Whether rows are found by the person's names alone, as none of their keys can be in the file. */
    public boolean isByNameAlone() {
        return columns.isEmpty();
    }

    boolean reads(String column) {
        return columns.containsKey(column) || review.containsKey(column);
    }

    boolean matches(String column, String stored) {
        return wanted(column).has(stored);
    }

    Wanted wanted(String column) {
        return columns.getOrDefault(column, review.get(column));
    }
}
