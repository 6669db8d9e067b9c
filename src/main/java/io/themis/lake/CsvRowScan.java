package io.themis.lake;

import io.themis.lake.KeyColumns.Column;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Scans a file as {@link CsvFormat} reads it, and finds the same rows in it: goes from quote to delimiter to line end, counts each
 * record's cells, and looks at those of the columns. A record that can't be found, and in which quotes and cells are as they
 * should be, is passed over.
 */
final class CsvRowScan extends RowScan {

    private static final byte[] ASCII = new byte[128];

    static {
        for (int i = 0; i < ASCII.length; i++) {
            ASCII[i] = (byte) i;
        }
    }

    private final CsvFormat format;
    private final byte delimiter;
    private final byte quote;
    private final KeyColumns keys;
    private final Sieve sieve;
    private final Charset encoding;
    private final CharsetDecoder decoder;
    private final int markLength;
    private final boolean isHeaderDue;
    private List<String> header;

    // By number of the column in the header: the column, or null, and where its value is in the current record
    private Column[] columns = {};
    private int[] valueFrom = {};
    private int[] valueTo = {};
    private boolean[] isEscaped = {};

    // What is scanned, and from a place in it to the one in the file
    private byte[] buffer;
    private int end;
    private boolean isEnd;
    private long ahead;
    private int invalid;

    // The current record, as far as it was read: where it and its current cell begin, the number of that, and where its
    // quote closed it
    private int record;
    private int cell;
    private int cells;
    private int closed;
    private boolean isOpen;
    private boolean hasEscape;
    // The next place that is not part of the one before
    private int next;
    // Line ends within the record, and those before it
    private int lineEnds;
    private long lines;
    private boolean isAfterCr;
    private IOException failure;

    CsvRowScan(CsvFormat format, CsvLayout layout, byte[] start, PersonRows rows) {
        super(rows);
        this.format = format;
        delimiter = (byte) layout.delimiter();
        quote = (byte) layout.quote();
        keys = rows.columns();
        sieve = new Sieve("\n\r" + layout.delimiter() + layout.quote(), false, List.of());
        encoding = DecodedText.encoding(start, layout.encoding());
        decoder = encoding.newDecoder();
        markLength = DecodedText.markLength(start);
        isHeaderDue = layout.header().isEmpty();
    }

    /** Whether bytes below 128 are those characters, and part of no other. */
    static boolean isScannable(CsvLayout layout, Charset encoding) {
        boolean isOneByte = encoding.canEncode() && encoding.newEncoder().maxBytesPerChar() == 1;
        return layout.delimiter() < ASCII.length
                && layout.quote() < ASCII.length
                && (isOneByte || encoding.equals(StandardCharsets.UTF_8))
                && new String(ASCII, encoding).equals(new String(ASCII, StandardCharsets.US_ASCII));
    }

    @Override
    int scan(byte[] bytes, int from, int to, boolean isEndOfFile) throws IOException {
        buffer = bytes;
        end = to;
        isEnd = isEndOfFile;
        ahead = offset() - from;
        if (header == null && !isHeaderDue) {
            name(format.header(null, rows().match()));
        }
        int start = ahead + from == 0 ? Math.min(to, from + markLength) : from;
        begin(isSecondOfPair(start) ? start + 1 : start);
        invalid = firstInvalid(from, to);
        sieve.look(bytes, record, to, this::place);
        if (failure == null && isEnd) {
            endFile();
        }
        if (failure != null) {
            throw failure;
        }
        if (!isEnd && record - from == 0 && isTooLong(from, to)) {
            throw tooLong();
        }
        return isEnd ? to : record;
    }

    /** Whether an LF there belongs to the CR that the stretch before ended with. */
    private boolean isSecondOfPair(int start) {
        boolean isSecond = isAfterCr && start < end && buffer[start] == '\n';
        isAfterCr &= start == end;
        return isSecond;
    }

    private boolean isTooLong(int from, int to) {
        return to - from > RowFormat.LONGEST_RECORD
                && (!encoding.equals(StandardCharsets.UTF_8)
                        || Utf8.characters(buffer, from, to) > RowFormat.LONGEST_RECORD);
    }

    private int firstInvalid(int from, int to) {
        if (encoding.equals(StandardCharsets.UTF_8)) {
            return Utf8.firstInvalid(buffer, from, to);
        }
        if (encoding.equals(StandardCharsets.ISO_8859_1)) {
            return -1;
        }
        ByteBuffer all = ByteBuffer.wrap(buffer, from, to - from);
        return decoder.reset().decode(all, CharBuffer.allocate(to - from), true).isError() ? all.position() : -1;
    }

    private void begin(int at) {
        record = at;
        cell = at;
        next = at;
        cells = 0;
        closed = -1;
        isOpen = false;
        hasEscape = false;
        lineEnds = 0;
    }

    private void place(int at) {
        if (at < next || failure != null) {
            return;
        }
        try {
            byte b = buffer[at];
            if (isOpen) {
                inQuotes(b, at);
            } else if (b == quote) {
                if (at != cell) {
                    throw CsvFormat.brokenQuote(lines + 1);
                }
                isOpen = true;
            } else if (b == delimiter) {
                endCell(at);
                cell = at + 1;
            } else if (b == '\n' || b == '\r') {
                endCell(at);
                isAfterCr = at + 1 == end && b == '\r';
                boolean isPair = b == '\r' && at + 1 < end && buffer[at + 1] == '\n';
                endRecord(at, isPair ? at + 2 : at + 1);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void inQuotes(byte b, int at) {
        if (b == quote && at + 1 < end && buffer[at + 1] == quote) {
            hasEscape = true;
            next = at + 2;
        } else if (b == quote) {
            isOpen = false;
            closed = at;
        } else if (b == '\r' || b == '\n' && buffer[at - 1] != '\r') {
            lineEnds++;
        }
    }

    private void endCell(int at) throws UnreadableContentException {
        if (closed >= 0 && closed != at - 1) {
            throw CsvFormat.brokenQuote(lines + 1);
        }
        if (cells < columns.length && columns[cells] != null) {
            boolean isQuoted = closed >= 0;
            valueFrom[cells] = isQuoted ? cell + 1 : cell;
            valueTo[cells] = isQuoted ? closed : at;
            isEscaped[cells] = hasEscape;
        }
        cells++;
        closed = -1;
        hasEscape = false;
    }

    /** @param at where the last cell ends */
    private void endRecord(int at, int following) throws IOException {
        boolean isEmptyLine = at == record;
        if (invalid >= record && invalid < following) {
            throw new UnreadableContentException("the file is not valid " + encoding.name());
        }
        if (isTooLong(record, at)) {
            throw tooLong();
        }
        if (!isEmptyLine && header == null) {
            name(format.header(read(at), rows().match()));
        } else if (!isEmptyLine) {
            if (cells != header.size()) {
                throw CsvFormat.wrongCells(lines + 1, cells, header.size());
            }
            keys.row(ahead + record);
            if (isCandidate()) {
                format.take(header, read(at), lines + 1, rows());
            } else {
                rows().count();
            }
        }
        lines += lineEnds + 1;
        begin(following);
    }

    private List<String> read(int to) throws IOException {
        return format.record(new String(buffer, record, to - record, encoding));
    }

    private void name(List<String> names) {
        header = names;
        columns = new Column[names.size()];
        valueFrom = new int[names.size()];
        valueTo = new int[names.size()];
        isEscaped = new boolean[names.size()];
        for (Column column : keys.all()) {
            if (names.contains(column.name())) {
                columns[names.indexOf(column.name())] = column;
            }
        }
    }

    private boolean isCandidate() {
        boolean isCandidate = false;
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] != null) {
                isCandidate |= isEscaped[i] || isWanted(columns[i], valueFrom[i], valueTo[i]);
            }
        }
        return isCandidate;
    }

    private boolean isWanted(Column column, int from, int to) {
        boolean isAsInUtf8 = encoding.equals(StandardCharsets.UTF_8);
        for (int i = from; i < to && !isAsInUtf8; i++) {
            if (buffer[i] < 0) {
                return keys.take(column, new String(buffer, from, to - from, encoding));
            }
        }
        return keys.take(column, buffer, from, to);
    }

    private void endFile() throws IOException {
        if (invalid >= record) {
            throw new UnreadableContentException("the file is not valid " + encoding.name());
        }
        if (isOpen) {
            throw CsvFormat.brokenQuote(lines + 1);
        }
        if (record < end) {
            endCell(end);
            endRecord(end, end);
        }
        if (header == null) {
            format.header(null, rows().match());
        }
    }

    private static UnreadableContentException tooLong() {
        return new UnreadableContentException(
                "a record is longer than %d Mi characters".formatted(RowFormat.LONGEST_RECORD >> 20));
    }
}
