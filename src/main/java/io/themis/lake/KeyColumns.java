package io.themis.lake;

import io.themis.lake.RowMatch.Wanted;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The columns that a scan looks at in each row: those in which somebody is wanted, and those that an index is made of. Says
 * of each value whether it may be a wanted one, and tells it to the index.
 */
final class KeyColumns {

    /** No column. */
    static final KeyColumns NONE = new KeyColumns(0, null);

    private final Map<String, Column> columns = new LinkedHashMap<>();
    private final HashSet64 wanted;
    private final RowKeys index;
    private byte[] folded = new byte[256];

    /**
     * @param indexed column to how its values are compared; has all columns of the match, or none if there is no index
     * @param index or null
     */
    KeyColumns(RowMatch match, Map<String, NormalForm> indexed, RowKeys index) {
        this(
                Stream.of(match.columns(), match.review())
                        .flatMap(columns -> columns.values().stream())
                        .mapToInt(wanted -> wanted.normalForms().size())
                        .sum(),
                index);
        indexed.forEach((column, form) -> columns.put(column, new Column(column, form)));
        match.columns().forEach(this::want);
        match.review().forEach(this::want);
    }

    private KeyColumns(int values, RowKeys index) {
        this.index = index;
        wanted = new HashSet64(values);
    }

    private void want(String column, Wanted values) {
        columns.computeIfAbsent(column, name -> new Column(name, values.form()));
        values.normalForms().forEach(text -> wanted.add(KeyHash.of(column, text)));
    }

    /** One column. */
    static final class Column {

        private final String name;
        private final NormalForm form;
        private final long seed;
        private ColumnPath path;

        private Column(String name, NormalForm form) {
            this.name = name;
            this.form = form;
            seed = KeyHash.seed(name);
        }

        String name() {
            return name;
        }

        /** Of a format whose columns are paths. */
        ColumnPath path() {
            if (path == null) {
                path = ColumnPath.parse(name);
            }
            return path;
        }
    }

    List<Column> all() {
        return List.copyOf(columns.values());
    }

    /** A row begins, at this byte of the file. */
    void row(long offset) {
        if (index != null) {
            index.row(offset);
        }
    }

    /** The file is read in a way that does not tell where its rows are. */
    void withoutOffsets() {
        if (index != null) {
            index.withoutOffsets();
        }
    }

    /**
     * Takes a value as it stands in the file, in UTF-8, with nothing in it that means something else.
     *
     * @return whether it may be one that is wanted
     */
    boolean take(Column column, byte[] buffer, int from, int to) {
        if (from == to) {
            return false;
        }
        if (column.form.equals(NormalForm.EXACT)) {
            return take(KeyHash.of(column.seed, buffer, from, to));
        }
        if (folded.length < to - from) {
            folded = new byte[to - from];
        }
        int length = column.form.ofAscii(buffer, from, to, folded);
        return length < 0
                ? take(column, new String(buffer, from, to - from, StandardCharsets.UTF_8))
                : take(KeyHash.of(column.seed, folded, 0, length));
    }

    /** The same with a value that has been read. */
    boolean take(Column column, String value) {
        String normalForm = column.form.of(value);
        byte[] text = normalForm.getBytes(StandardCharsets.UTF_8);
        return text.length > 0 && take(KeyHash.of(column.seed, text, 0, text.length));
    }

    /** The same, if it is a value of one of the columns. */
    void takeIfKey(String column, String value) {
        Column known = columns.get(column);
        if (known != null) {
            take(known, value);
        }
    }

    /** The same with all values of a row in which every column is a {@link ColumnPath}. */
    void takeKeys(Map<String, Object> row) {
        for (Column column : columns.values()) {
            column.path().find(row).flatMap(KeyText::of).ifPresent(text -> take(column, text));
        }
    }

    private boolean take(long hash) {
        if (index != null) {
            index.key(hash);
        }
        return wanted.contains(hash);
    }
}
