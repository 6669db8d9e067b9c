package io.themis.datamap;

import io.themis.lake.KeyText;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch.Wanted;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells whose a row is, by the row's own values and whatever it was found by. For one partition. */
public final class RowOwner {

    private final Dataset dataset;
    private final Keys keys;
    private final Map<String, Wanted> match;
    private final Map<String, Wanted> review;

    /** @param partition of the rows, or null if the dataset has none */
    public RowOwner(Dataset dataset, String partition, Keys keys) {
        this.dataset = dataset;
        this.keys = keys;
        match = keys.match(dataset, partition);
        review = keys.review(dataset);
    }

    /** Whether the person has no key here, so that no row is theirs. */
    public boolean hasNoKeyHere() {
        return match.isEmpty();
    }

    /** Whether one of the columns that the dataset matches on holds one of the person's keys. */
    public boolean isPersons(Map<String, ?> row) {
        return Keys.holdsAny(dataset, match, row);
    }

    /**
     * Where a column that the dataset matches on holds one of the person's keys. Another such column can hold somebody else's.
     *
     * @return the column's places in the row, see {@link Dataset#places}; none if it holds none of them
     */
    public List<List<String>> placesOfOwnKeys(String column, Map<String, ?> row) {
        return match.containsKey(column)
                ? dataset.places(column, row).stream()
                        .filter(place -> Keys.holds(dataset, place, match.get(column), row))
                        .toList()
                : List.of();
    }

    /**
     * Whether a row that a query gave is the person's: each column that the dataset matches on holds one of the person's
     * keys. A database can find more than it was asked for, since its collation may take é for e.
     *
     * @param row column to value; columns in any case
     * @throws IllegalArgumentException if the row does not have such a column
     */
    public boolean isWhollyPersons(Map<String, ?> row) {
        return dataset.match().keySet().stream().allMatch(column -> {
            if (dataset.places(column, row).isEmpty()) {
                throw new IllegalArgumentException(
                        "dataset \"%s\": a row does not have the column \"%s\" that rows are matched on"
                                .formatted(dataset.name(), column));
            }
            Object value = Keys.value(dataset, column, row);
            String stored = value == null ? "" : Keys.stored(dataset, column, value);
            return match.containsKey(column) && match.get(column).has(stored);
        });
    }

    /**
     * Whether all columns that the dataset matches on are absent, null or blank. A row with anything in one of them is
     * somebody's, whether that can be a key or not.
     */
    public boolean isNobodys(Map<String, ?> row) {
        return dataset.match().entrySet().stream()
                .allMatch(column -> isBlank(column.getKey(), keys.form(column.getValue()), row));
    }

    /** The first column for review that holds one of the person's names. */
    public Optional<String> nameColumn(Map<String, ?> row) {
        return dataset.review().stream()
                .filter(column -> review.containsKey(column) && Keys.holds(dataset, column, review.get(column), row))
                .findFirst();
    }

    private boolean isBlank(String column, NormalForm form, Map<String, ?> row) {
        try {
            Object value = Keys.value(dataset, column, row);
            return value == null
                    || KeyText.of(value).filter(text -> form.of(text).isBlank()).isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
