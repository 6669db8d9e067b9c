package io.themis.erasure;

import io.themis.datamap.Column;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Erasure;
import io.themis.datamap.Erasure.Action;
import io.themis.datamap.Erasure.Exemption;
import io.themis.datamap.Erasure.Replacement;
import io.themis.datamap.Keys;
import io.themis.datamap.RowOwner;
import io.themis.lake.ColumnPath;
import io.themis.lake.KeyText;
import io.themis.lake.RowVerdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the data map says that becomes of the rows of one dataset in one partition when one person is erased. A row that was masked
 * is not the person's any more, and so stays as it is.
 */
final class RowErasure {

    private final Dataset dataset;
    private final Erasure erasure;
    private final RowOwner owner;
    private final Pseudonyms pseudonyms;

    /**
     * @param partition of the rows, or null if the dataset has none
     * @param keys the person's
     */
    RowErasure(Dataset dataset, String partition, Keys keys, Pseudonyms pseudonyms) {
        this.dataset = dataset;
        this.erasure = dataset.erasure();
        this.owner = new RowOwner(dataset, partition, keys);
        this.pseudonyms = pseudonyms;
    }

    /** A query or a route was asked for the person's rows; a file has everybody's. */
    boolean isPersons(Map<String, Object> row) {
        return dataset.kind() == Kind.LAKE ? owner.isPersons(row) : owner.isWhollyPersons(row);
    }

    /** Why a row of the person stays; nothing for one that does not. Of several grounds, the first of the map. */
    Optional<Exemption> exemption(Map<String, Object> row) {
        return erasure.action() == Action.KEEP
                ? Optional.of(erasure.whole())
                : erasure.keep().stream()
                        .filter(exemption -> exemption.when().entrySet().stream()
                                .allMatch(when -> holds(row, when.getKey(), when.getValue())))
                        .findFirst();
    }

    /**
     * What becomes of a row of the person that has no reason to stay. Rows of SQL are masked by the statements of the map, so nothing
     * is replaced in them here.
     */
    RowVerdict erased(Map<String, Object> row) {
        return erasure.action() == Action.DELETE ? RowVerdict.DELETE : new RowVerdict(false, replaced(row));
    }

    private boolean holds(Map<String, Object> row, String column, Set<String> values) {
        List<List<String>> places = dataset.places(column, row);
        return !places.isEmpty()
                && text(found(row, places.get(0))).filter(values::contains).isPresent();
    }

    /** As the map would write it. */
    private Optional<String> text(Object value) {
        Optional<String> text = value instanceof Boolean ? Optional.of(value.toString()) : KeyText.of(value);
        // CHAR(10) is filled up with blanks
        return dataset.kind() == Kind.SQL ? text.map(String::stripTrailing) : text;
    }

    private Map<ColumnPath, Object> replaced(Map<String, Object> row) {
        Map<ColumnPath, Object> replaced = new LinkedHashMap<>();
        erasure.columns().forEach((column, replacement) -> {
            // Another column of a match can hold somebody else's key
            List<List<String>> places = dataset.match().containsKey(column)
                    ? owner.placesOfOwnKeys(column, row)
                    : dataset.places(column, row);
            places.forEach(place -> replace(row, place, replacement, replaced));
        });
        return replaced;
    }

    private void replace(
            Map<String, Object> row, List<String> place, Replacement replacement, Map<ColumnPath, Object> replaced) {
        List<String> end = end(row, place);
        Object value = new ColumnPath(end).of(row);
        // What ends on its way, in a list for one, is not understood
        Object instead = end.size() < place.size() ? null : instead(value, place, replacement);
        if (value != null && !isSame(value, instead)) {
            replaced.put(new ColumnPath(end), instead);
        }
    }

    /** A number that is what its text would be replaced by stays a number. */
    private static boolean isSame(Object value, Object instead) {
        return instead != null && KeyText.of(value).equals(KeyText.of(instead));
    }

    /** As far as the place leads through objects. */
    private static List<String> end(Map<String, Object> row, List<String> place) {
        Object value = row;
        for (int i = 0; i < place.size(); i++) {
            value = ((Map<?, ?>) value).get(place.get(i));
            if (!(value instanceof Map<?, ?>)) {
                return place.subList(0, i + 1);
            }
        }
        return place;
    }

    private static Object found(Map<String, Object> row, List<String> place) {
        return end(row, place).size() < place.size() ? null : new ColumnPath(place).of(row);
    }

    private Object instead(Object value, List<String> place, Replacement replacement) {
        return switch (replacement.strategy()) {
            case NULL -> null;
            case CONSTANT -> replacement.text();
            case KEYED_HASH -> KeyText.of(value).map(this::pseudonym).orElse(null);
            case YEAR, MONTH, DAY, LAST_PART -> new Generalisation(replacement.strategy(), dateForm(place)).of(value);
        };
    }

    /** A blank names nobody, and all blanks would seem to be one person. */
    private String pseudonym(String text) {
        return text.isBlank() ? text : pseudonyms.of(text);
    }

    private Column.DateForm dateForm(List<String> place) {
        Column described = dataset.column(place);
        return described == null ? null : described.date();
    }
}
