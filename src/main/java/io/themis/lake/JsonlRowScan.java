package io.themis.lake;

import io.themis.lake.KeyColumns.Column;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Scans a file in UTF-8 as {@link JsonlFormat} reads it, and finds the same rows in it.
 *
 * <p>A row that does not show the last name of a column's path, in quotes, does not have it, unless a character of the name is
 * written as an escape. Where the name stands, a colon behind it, and then a text without escapes or a whole number, the value is what
 * stands there; written in any other way, the row is read. A row that can't be found is passed over if it is in UTF-8 without control characters
 * and looks like an object, from the first bracket to the last. So zeros that a store has left in the place of rows are noticed.
 *
 * <p>What is no JSON in somebody else's row is not noticed.
 */
final class JsonlRowScan extends RowScan {

    private static final Needle ESCAPE = new Needle("\\u00".getBytes(StandardCharsets.US_ASCII));
    private static final int NULL = Words.fourAt("null".getBytes(StandardCharsets.US_ASCII), 0);
    private static final int LONGEST_DIGITS = 18;
    private static final int MARK_LENGTH = 3;

    private final JsonlRows parser;
    private final KeyColumns keys;
    private final Probe[] probes;
    private final Sieve sieve;
    private final Positions lineEnds = new Positions();
    private final Positions escapes = new Positions();
    private final Positions controls = new Positions();
    // Characters of the columns' names
    private final BitSet ofNames = new BitSet();
    private int invalid;
    private long lines;

    /** A column, and where the last name of its path stands in the stretch that is scanned. */
    private record Probe(Column column, Needle name, Positions found) {}

    /** @param parser of the rows that may be found */
    JsonlRowScan(JsonlRows parser, PersonRows rows) {
        super(rows);
        this.parser = parser;
        keys = rows.columns();
        List<Probe> found = new ArrayList<>();
        List<Needle> needles = new ArrayList<>(List.of(ESCAPE));
        for (Column column : keys.all()) {
            List<String> names = column.path().names();
            String name = names.get(names.size() - 1);
            Needle quoted = new Needle(('"' + name + '"').getBytes(StandardCharsets.UTF_8));
            found.add(new Probe(column, quoted, new Positions()));
            needles.add(quoted);
            names.forEach(part -> part.chars().forEach(ofNames::set));
        }
        probes = found.toArray(Probe[]::new);
        sieve = Sieve.of('\n', true, needles);
    }

    /** Whether names of columns stand in a file as they are, but for escapes by number. */
    static boolean isScannable(KeyColumns keys) {
        return keys.all().stream()
                .flatMap(column -> column.path().names().stream())
                .allMatch(
                        name -> name.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '"' && c != '\\' && c != '/'));
    }

    @Override
    int scan(byte[] buffer, int from, int to, boolean isEnd) throws IOException {
        int border = isEnd ? to : 1 + Words.lastPlace((byte) '\n', buffer, from, to);
        if (border == 0) {
            checkLength(buffer, from, to);
            return from;
        }
        long ahead = offset() - from;
        for (int at = from; at < border; ) {
            int end = at + AT_ONCE >= border ? border : 1 + Words.lastPlace((byte) '\n', buffer, at, at + AT_ONCE);
            if (end == 0) {
                end = Math.min(border, 1 + Words.nextPlace((byte) '\n', buffer, at + AT_ONCE, border));
            }
            scanLines(buffer, at, end, ahead);
            at = end;
        }
        return border;
    }

    private void checkLength(byte[] buffer, int from, int to) throws UnreadableContentException {
        if (to - from > RowFormat.LONGEST_RECORD && Utf8.characters(buffer, from, to) > RowFormat.LONGEST_RECORD) {
            throw new JsonlRows.Line(null, 0, 0, lines + 1)
                    .fault("is longer than %d Mi characters".formatted(RowFormat.LONGEST_RECORD >> 20));
        }
    }

    private void scanLines(byte[] buffer, int from, int to, long ahead) throws IOException {
        lineEnds.clear();
        escapes.clear();
        controls.clear();
        for (Probe probe : probes) {
            probe.found.clear();
        }
        Positions places = sieve.look(buffer, from, to);
        for (int i = 0; i < places.size(); i++) {
            sort(buffer, from, to, places.get(i));
        }
        invalid = sieve.firstInvalid();
        int start = from;
        for (int i = 0; i <= lineEnds.size(); i++) {
            int end = i < lineEnds.size() ? lineEnds.get(i) : to;
            if (end > start || i < lineEnds.size()) {
                lines++;
                scanLine(buffer, start, end, ahead, i == lineEnds.size());
            }
            start = end + 1;
        }
    }

    private void sort(byte[] buffer, int from, int to, int position) {
        byte b = buffer[position];
        if (b == '\n') {
            lineEnds.add(position);
            return;
        }
        if (b >= 0 && b < ' ') {
            if (!isWhite(b)) {
                controls.add(position);
            }
            return;
        }
        if (ESCAPE.isAt(buffer, position, from, to)) {
            escapes.add(position);
        }
        for (Probe probe : probes) {
            if (probe.name.isAt(buffer, position, from, to)) {
                probe.found.add(position - probe.name.mark());
            }
        }
    }

    /** @param isCut whether nothing ends the line, so that it may be the rest of a longer one */
    private void scanLine(byte[] buffer, int from, int to, long ahead, boolean isCut) throws IOException {
        checkLength(buffer, from, to);
        int begin = ahead + from == 0 && isMark(buffer, from, to) ? from + MARK_LENGTH : from;
        int start = begin;
        while (start < to && isWhite(buffer[start])) {
            start++;
        }
        int last = to - 1;
        while (last > start && isWhite(buffer[last])) {
            last--;
        }
        if (start == to) {
            return;
        }
        keys.row(ahead + from);
        boolean isObject = buffer[start] == '{' && buffer[last] == '}';
        boolean isInvalid = invalid >= from && invalid < to;
        boolean isOdd =
                !isObject || isInvalid || isCut || controls.passTo(from) < to || hasEscapedName(buffer, start, last);
        if (isCandidate(buffer, start, last) || isOdd) {
            at(ahead + begin, ahead + to, lines);
            read(buffer, start, to);
        } else {
            rows().count();
        }
    }

    private static boolean isMark(byte[] buffer, int from, int to) {
        return to - from >= MARK_LENGTH
                && buffer[from] == (byte) 0xEF
                && buffer[from + 1] == (byte) 0xBB
                && buffer[from + 2] == (byte) 0xBF;
    }

    private static boolean isWhite(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    private void read(byte[] buffer, int from, int to) throws IOException {
        if (Utf8.firstInvalid(buffer, from, to) >= 0) {
            throw new UnreadableContentException("the file is not valid UTF-8");
        }
        char[] text = new String(buffer, from, to - from, StandardCharsets.UTF_8).toCharArray();
        JsonlRows.Line line = new JsonlRows.Line(text, 0, text.length, lines);
        Map<String, Object> row = parser.parse(line);
        if (row != null) {
            rows().count();
            if (parser.isFound(row, line)) {
                rows().handOver(row);
            }
        }
    }

    /** Whether a character that a column's name has, such as U+0049, is escaped anywhere in the row. */
    private boolean hasEscapedName(byte[] buffer, int from, int last) {
        boolean hasEscapedName = false;
        for (int at = escapes.passTo(from); at < last; at = escapes.passTo(at + 1)) {
            int digits = at + ESCAPE.length();
            hasEscapedName |= digits + 1 >= last
                    || ofNames.get(Math.max(
                            0, Character.digit(buffer[digits], 16) * 16 + Character.digit(buffer[digits + 1], 16)));
        }
        return hasEscapedName;
    }

    private boolean isCandidate(byte[] buffer, int start, int last) {
        boolean isCandidate = false;
        for (Probe probe : probes) {
            for (int at = probe.found.passTo(start); at < last; at = probe.found.passTo(at + 1)) {
                isCandidate |= isCandidate(probe, buffer, at + probe.name.length(), last);
            }
        }
        return isCandidate;
    }

    /** @param after where the name has ended */
    private boolean isCandidate(Probe probe, byte[] buffer, int after, int last) {
        int at = pastWhite(buffer, after, last);
        if (buffer[at] != ':') {
            // Of a text, if not of a name
            return buffer[at] != ',' && buffer[at] != '}' && buffer[at] != ']';
        }
        int value = pastWhite(buffer, at + 1, last);
        int end = buffer[value] == '"' ? endOfText(buffer, value + 1, last) : endOfNumber(buffer, value, last);
        if (end < 0) {
            return !isNull(buffer, value, last);
        }
        return buffer[value] == '"'
                ? keys.take(probe.column, buffer, value + 1, end)
                : keys.take(probe.column, buffer, value, end);
    }

    private static int pastWhite(byte[] buffer, int from, int last) {
        int at = from;
        while (at < last && isWhite(buffer[at])) {
            at++;
        }
        return at;
    }

    /** Where the text's quote is; -1 if there is an escape before it. */
    private static int endOfText(byte[] buffer, int from, int last) {
        int at = from;
        while (at < last && buffer[at] != '"' && buffer[at] != '\\') {
            at++;
        }
        return at < last && buffer[at] == '"' ? at : -1;
    }

    /** Where a number ends that is written as its {@link KeyText} is; -1 if it is not. */
    private static int endOfNumber(byte[] buffer, int from, int last) {
        int at = from;
        while (at < last && buffer[at] >= '0' && buffer[at] <= '9') {
            at++;
        }
        boolean isWhole = buffer[at] == ',' || buffer[at] == '}' || isWhite(buffer[at]);
        boolean isPlain = at > from && at - from <= LONGEST_DIGITS && (buffer[from] != '0' || at == from + 1);
        return isWhole && isPlain ? at : -1;
    }

    private static boolean isNull(byte[] buffer, int from, int last) {
        return from + 4 <= last
                && Words.fourAt(buffer, from) == NULL
                && (buffer[from + 4] == ',' || buffer[from + 4] == '}' || isWhite(buffer[from + 4]));
    }
}
