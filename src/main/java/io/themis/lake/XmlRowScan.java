package io.themis.lake;

import io.themis.lake.KeyColumns.Column;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Scans a file as {@link XmlRowSearch} reads it, and finds the same rows in it.
 *
 * <p>Attribute names can't be written in two ways, so a row that does not show the name of a column anywhere does not have
 * it. Where the name stands, and behind it {@code ="}, and no reference up to the next quote, the value is what stands there;
 * written in any other way, the row is read. Rows that can't be found are passed over if they look like rows: from {@code <row} to
 * {@code />}, in UTF-8, without control characters. With anything else between rows than a comment that hides none, the parser reads the rest of the file.
 *
 * <p>What is not well-formed in somebody else's row, and does not look for a row's end elsewhere, is not noticed.
 */
final class XmlRowScan extends RowScan {

    private static final int ROW = Words.fourAt("<row".getBytes(StandardCharsets.US_ASCII), 0);
    private static final int COMMENT = Words.fourAt("<!--".getBytes(StandardCharsets.US_ASCII), 0);

    private final XmlRowSearch parser;
    private final KeyColumns keys;
    private final boolean isWhole;
    private final Probe[] probes;
    private final Sieve sieve;
    private final Positions tags = new Positions();
    private final Positions controls = new Positions();
    private boolean mayPass;
    private boolean isIrregular;
    // From a place in the buffer to the one in the file; and where the stretch stops being UTF-8, or -1
    private long ahead;
    private int invalid;

    /** A column, and where its name stands in the stretch that is scanned. */
    private record Probe(Column column, Needle name, Positions found) {}

    /** @param isWhole whether the file must have its end */
    XmlRowScan(PersonRows rows, boolean isWhole) {
        super(rows);
        this.isWhole = isWhole;
        keys = rows.columns();
        parser = new XmlRowSearch(rows.match(), keys, rows.sink());
        List<Probe> found = new ArrayList<>();
        for (Column column : keys.all()) {
            byte[] name = column.name().getBytes(StandardCharsets.UTF_8);
            boolean isName = isName(name);
            isIrregular |= !isName;
            if (isName) {
                found.add(new Probe(column, new Needle(name), new Positions()));
            }
        }
        probes = found.toArray(Probe[]::new);
        sieve = Sieve.of('<', true, found.stream().map(Probe::name).toList());
    }

    /** What reads the rows that may be found, and knows where it is. */
    XmlRowSearch parser() {
        return parser;
    }

    @Override
    public Searched finish() throws UnreadableFileException, IOException {
        super.finish();
        try {
            Searched searched = parser.finish(isWhole);
            return new Searched(bytes(), searched.rows(), searched.matched());
        } finally {
            tellRows();
        }
    }

    @Override
    int scan(byte[] buffer, int from, int to, boolean isEnd) throws IOException {
        ahead = offset() - from;
        int border = isEnd ? to : Words.lastPlace((byte) '<', buffer, from + 1, to);
        if (border < 0) {
            if (XmlGuard.isTooLong(to - from)) {
                parser.piece(buffer, from, to - from);
                stop();
                return to;
            }
            return from;
        }
        for (int at = from; at < border; ) {
            int end = at + AT_ONCE >= border ? border : Words.lastPlace((byte) '<', buffer, at + 1, at + AT_ONCE);
            if (end < 0) {
                end = Words.nextPlace((byte) '<', buffer, at + AT_ONCE, border);
            }
            scanPieces(buffer, at, end, isEnd && end == to);
            at = end;
            if (parser.isUnreadable()) {
                stop();
                return to;
            }
        }
        return border;
    }

    /** @param isEnd whether the last piece is the last of the file, and may not be whole */
    private void scanPieces(byte[] buffer, int from, int to, boolean isEnd) throws IOException {
        look(buffer, from, to);
        int start = from;
        for (int i = 0; i <= tags.size() && !parser.isUnreadable(); i++) {
            int end = i < tags.size() ? tags.get(i) : to;
            if (end == to && isEnd) {
                tellOfOddRow(buffer, start, end);
                parser.write(buffer, start, end - start);
            } else if (end > start) {
                piece(buffer, start, end);
            }
            start = end;
        }
        tellRows();
    }

    private void tellRows() {
        rows().add(parser.rows() - rows().rows(), parser.matched() - rows().matched());
    }

    /** Finds all places of interest, one kind after the other. */
    private void look(byte[] buffer, int from, int to) {
        tags.clear();
        controls.clear();
        for (Probe probe : probes) {
            probe.found.clear();
        }
        Positions places = sieve.look(buffer, from, to);
        for (int i = 0; i < places.size(); i++) {
            sort(buffer, from, to, places.get(i));
        }
        invalid = sieve.firstInvalid();
    }

    private void sort(byte[] buffer, int from, int to, int position) {
        byte b = buffer[position];
        if (b == '<' && position > from) {
            tags.add(position);
        } else if (b >= 0 && b < ' ') {
            controls.add(position);
        } else {
            for (Probe probe : probes) {
                if (probe.name.isAt(buffer, position, from, to)) {
                    probe.found.add(position - probe.name.mark());
                }
            }
        }
    }

    private void piece(byte[] buffer, int start, int end) throws IOException {
        int close = mayPass ? close(buffer, start, end) : -1;
        if (close < 0) {
            tellOfOddRow(buffer, start, end);
            parser.piece(buffer, start, end - start);
            if (mayPass && !parser.isRootClosed() && !isComment(buffer, start, end)) {
                isIrregular = true;
            }
            if (isIrregular) {
                keys.withoutOffsets();
            }
            mayPass = !isIrregular && parser.isBetweenRows();
            return;
        }
        keys.row(ahead + start);
        boolean isOdd = controls.passTo(start) < close || invalid >= start && invalid < end;
        if (isCandidate(buffer, start, close) || isOdd) {
            parser.piece(buffer, start, end - start);
        } else {
            parser.skipRow(end - start);
        }
    }

    /** Before it is parsed: the index must not be told of keys of a row of which it does not know where it begins. */
    private void tellOfOddRow(byte[] buffer, int start, int end) {
        boolean isRow = end - start >= 5 && Words.fourAt(buffer, start) == ROW && !isOfName(buffer[start + 4]);
        if (isRow && parser.isBetweenRows()) {
            keys.withoutOffsets();
        }
    }

    /** Where the piece's closing bracket stands if it is a row and white space; -1 if it is anything else. */
    private static int close(byte[] buffer, int start, int end) {
        int last = end - 1;
        while (last > start && buffer[last] <= ' ' && buffer[last] >= 0) {
            last--;
        }
        boolean isRow = last - start >= 5
                && Words.fourAt(buffer, start) == ROW
                && (buffer[start + 4] == ' ' || buffer[start + 4] == '/' || isWhite(buffer[start + 4]))
                && buffer[last] == '>'
                && buffer[last - 1] == '/';
        if (!isRow) {
            return -1;
        }
        for (int i = last + 1; i < end; i++) {
            if (buffer[i] != ' ' && !isWhite(buffer[i])) {
                return -1;
            }
        }
        return last;
    }

    /** Whether the piece is a comment that ends in it, and so hides no row. If it ends before the last place, the parser says so. */
    private static boolean isComment(byte[] buffer, int start, int end) {
        int last = end - 1;
        while (last > start && (buffer[last] == ' ' || isWhite(buffer[last]))) {
            last--;
        }
        return last - start >= 6
                && Words.fourAt(buffer, start) == COMMENT
                && buffer[last] == '>'
                && buffer[last - 1] == '-'
                && buffer[last - 2] == '-';
    }

    private static boolean isWhite(byte b) {
        return b == '\n' || b == '\r' || b == '\t';
    }

    private boolean isCandidate(byte[] buffer, int start, int close) {
        boolean isCandidate = false;
        for (Probe probe : probes) {
            for (int at = probe.found.passTo(start); at < close; at = probe.found.passTo(at + 1)) {
                isCandidate |= isCandidate(probe, buffer, at, close);
            }
        }
        return isCandidate;
    }

    private boolean isCandidate(Probe probe, byte[] buffer, int at, int close) {
        int after = at + probe.name.length();
        if (isOfName(buffer[at - 1]) || after < close && isOfName(buffer[after])) {
            return false;
        }
        if (buffer[at - 1] != ' ' || after + 1 >= close || buffer[after] != '=' || buffer[after + 1] != '"') {
            return true;
        }
        int value = after + 2;
        int end = value;
        while (end < close && buffer[end] != '"' && buffer[end] != '&') {
            end++;
        }
        if (end >= close || buffer[end] == '&' || buffer[end + 1] != ' ' && buffer[end + 1] != '/') {
            return true;
        }
        return keys.take(probe.column, buffer, value, end);
    }

    /** Whether it can be looked for, and is not found where anything else than a name or value stands. */
    private static boolean isName(byte[] name) {
        boolean isName = name.length >= 2;
        for (byte b : name) {
            isName &= isOfName(b);
        }
        return isName;
    }

    /** Whether a name goes on with it. */
    private static boolean isOfName(byte b) {
        return b >= 'a' && b <= 'z'
                || b >= 'A' && b <= 'Z'
                || b >= '0' && b <= '9'
                || b == '_'
                || b == '-'
                || b == '.'
                || b < 0;
    }
}
