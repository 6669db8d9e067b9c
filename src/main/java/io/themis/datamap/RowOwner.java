package io.themis.datamap;

import io.themis.lake.KeyText;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch.Wanted;
import java.util.Map;
import java.util.Optional;

/** Tells whose a row of a lake file is, by the row's own values and whatever it was found by. For one partition. */
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
        return match.entrySet().stream().anyMatch(column -> holds(column.getKey(), column.getValue(), row));
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
                .filter(column -> review.containsKey(column) && holds(column, review.get(column), row))
                .findFirst();
    }

    private boolean holds(String column, Wanted wanted, Map<String, ?> row) {
        try {
            return KeyText.of(Keys.value(dataset, column, row))
                    .filter(wanted::has)
                    .isPresent();
        } catch (IllegalArgumentException e) {
            // The path leads through something that is no object, so there is nothing at its end.
            return false;
        }
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
