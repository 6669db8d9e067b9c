package io.themis.export;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.themis.datamap.Column;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Mask;
import io.themis.datamap.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes of stored values what a page shows of them, as the data map describes their columns. One thread. */
final class TableCells implements StagedRecords.CellReader<TableCells.Cell> {

    /** Characters of a value that a page shows, so that no value makes a page too big for a browser. */
    static final int LONGEST = 40_000;

    /** Longer ones are folded. */
    private static final int SHORT = 240;

    private static final int START = 100;

    /** Of a null, and of a column that the record does not have. */
    static final Cell NONE = Cell.of("none");

    private static final int DEEPEST = 6;

    /** What the markup around a nested value counts. */
    private static final int MARKUP = 10;

    private final Dataset dataset;
    private final Texts texts;
    private final Map<List<String>, Optional<Column>> columns = new HashMap<>();
    private int left;

    TableCells(Dataset dataset, Texts texts) {
        this.dataset = dataset;
        this.texts = texts;
    }

    /**
     * What a page shows of a value.
     *
     * @param kind {@code none} (null), {@code empty} (an empty text), {@code text}, {@code code}, {@code time}, {@code masked},
     *     {@code file} (the path of one in the package), {@code object} or {@code list}
     * @param text as stored; of a time, in words
     * @param fold the start of what is folded, null of what is short
     * @param meaning of a code
     * @param iso of a time
     * @param items of an object or a list
     * @param label above an item of an object
     * @param cut whether the page has less than all of it
     */
    public record Cell(
            String kind,
            String text,
            String fold,
            Said<String> meaning,
            String iso,
            List<Cell> items,
            Label label,
            boolean cut) {

        private static Cell of(String kind) {
            return new Cell(kind, null, null, null, null, null, null, false);
        }

        private Cell labelled(Label label) {
            return new Cell(kind, text, fold, meaning, iso, items, label, cut);
        }
    }

    /** @param title null if the map has none */
    public record Label(String name, Said<String> title) {}

    Label label(List<String> path) {
        Words<String> title = column(path).map(Column::title).orElse(null);
        return new Label(shown(path.get(path.size() - 1)), Said.of(title, texts.language()));
    }

    private Optional<Column> column(List<String> path) {
        return columns.computeIfAbsent(path, key -> Optional.ofNullable(dataset.column(key)));
    }

    @Override
    public Cell read(String column, JsonParser json) throws IOException {
        left = LONGEST;
        return value(List.of(column), json, 0);
    }

    private Cell value(List<String> path, JsonParser json, int depth) throws IOException {
        if (json.currentToken().isStructStart()) {
            return depth < DEEPEST ? nested(path, json, depth) : text(StagedRecords.nested(json));
        }
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return NONE;
        }
        if (dataset.format() == Format.FILE && path.equals(List.of(Dataset.FILE_COLUMN))) {
            return new Cell("file", json.getText(), null, null, null, null, null, false);
        }
        return scalar(column(path).orElse(null), json.getText());
    }

    private Cell nested(List<String> path, JsonParser json, int depth) throws IOException {
        boolean object = json.currentToken() == JsonToken.START_OBJECT;
        int before = left;
        List<Cell> items = new ArrayList<>();
        boolean cut = false;
        while (!json.nextToken().isStructEnd()) {
            List<String> inner = path;
            if (object) {
                inner = new ArrayList<>(path);
                inner.add(json.currentName());
                left -= json.currentName().length();
                json.nextToken();
            }
            left -= MARKUP;
            if (left <= 0) {
                cut = true;
                json.skipChildren();
                continue;
            }
            Cell item = value(List.copyOf(inner), json, depth + 1);
            items.add(object ? item.labelled(label(inner)) : item);
        }
        String fold = depth == 0 && before - left > SHORT ? texts.get("table.entries", items.size()) : null;
        return new Cell(object ? "object" : "list", null, fold, null, null, items, null, cut);
    }

    private Cell scalar(Column column, String stored) {
        if (stored.isEmpty()) {
            return Cell.of("empty");
        }
        if (column != null && column.mask() != null && stored.equals(Mask.TEXT)) {
            return Cell.of("masked");
        }
        if (column != null && column.values().containsKey(stored)) {
            Said<String> meaning = Said.of(column.values().get(stored), texts.language());
            return new Cell("code", shown(stored), null, meaning, null, null, null, false);
        }
        Texts.Moment moment = column == null || column.date() == null ? null : texts.moment(column.date(), stored);
        return moment == null
                ? text(stored)
                : new Cell("time", moment.words(), null, null, moment.iso(), null, null, false);
    }

    private Cell text(String stored) {
        boolean cut = stored.length() > left;
        String text = shown(cut ? upTo(stored, Math.max(0, left)) : stored);
        left -= text.length();
        boolean isLong = text.length() > SHORT || text.lines().limit(6).count() > 5;
        return new Cell("text", text, isLong ? start(text) : null, null, null, null, null, cut);
    }

    /** Up to a blank, if there is one near. */
    private static String start(String text) {
        String start = upTo(text.strip(), START);
        int blank = start.lastIndexOf(' ');
        return (blank > START / 2 ? start.substring(0, blank) : start) + "…";
    }

    private static String upTo(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        boolean inPair = length > 0 && Character.isHighSurrogate(text.charAt(length - 1));
        return text.substring(0, inPair ? length - 1 : length);
    }

    /** HTML has no NUL, and UTF-8 no half of a surrogate pair. */
    private static String shown(String text) {
        StringBuilder shown = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean paired = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (paired) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                shown = shown == null ? new StringBuilder(text) : shown;
                shown.setCharAt(i, '\uFFFD');
            }
        }
        return shown == null ? text : shown.toString();
    }
}
