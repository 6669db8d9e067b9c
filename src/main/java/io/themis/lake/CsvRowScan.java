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
    private final CsvMasks masks;
    private final Charset encoding;
    private final CharsetDecoder decoder;
    private final int markLength;
    private final boolean isHeaderDue;
    private List<String> header;

    // By number of the column in the header: the column, or null, and where its cell is in the current record
    private Column[] columns = {};
    private int[] cellFrom = {};
    private int[] cellTo = {};
    private int[] nextWanteds = {};

    // What is scanned, and from a place in it to the one in the file
    private byte[] buffer;
    private int start;
    private int end;
    private boolean isEnd;
    private long ahead;
    private int invalid;
    // Where two zeros are, or -1
    private int hole;

    // The current record: where it begins, cells that have ended, and how many will have when a place is to be noted
    private int record;
    private int cells;
    private int nextWanted = Integer.MAX_VALUE;
    // Line ends within the record, and those before it
    private int lineEnds;
    private long lines;
    // At the place that is next: all ones within quotes; a one behind a delimiter or line end; a one behind a closing
    // quote
    private long inQuotes;
    private long afterBorder;
    private long afterClosing;
    private boolean isAfterReturn;

    CsvRowScan(CsvFormat format, CsvLayout layout, byte[] start, PersonRows rows) {
        super(rows);
        this.format = format;
        delimiter = (byte) layout.delimiter();
        quote = (byte) layout.quote();
        keys = rows.columns();
        masks = CsvMasks.of(quote, delimiter);
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
        start = from;
        end = to;
        isEnd = isEndOfFile;
        ahead = offset() - from;
        if (header == null && !isHeaderDue) {
            name(format.header(null, rows().match()));
        }
        int first = ahead + from == 0 ? Math.min(to, from + markLength) : from;
        begin(isSecondOfPair(first) ? first + 1 : first);
        invalid = encoding.equals(StandardCharsets.UTF_8) ? -1 : firstInvalid(from, to);
        hole = -1;
        int character = from;
        inQuotes = 0;
        afterBorder = 1;
        afterClosing = 0;
        for (int at = record; at < to; at += CsvMasks.LENGTH) {
            int length = Math.min(CsvMasks.LENGTH, to - at);
            if (invalid < 0 && encoding.equals(StandardCharsets.UTF_8)) {
                character = Utf8.pass(bytes, character, at + length, to);
                invalid = character < 0 ? ~character : -1;
            }
            if (hole < 0 && Words.hasZero(bytes, at, at + length)) {
                hole = hole(at, at + length);
            }
            masks.look(bytes, at, length);
            for (int block = 0; block * Long.SIZE < length; block++) {
                scanBlock(block, at + block * Long.SIZE);
            }
        }
        if (isEnd) {
            endFile();
        } else if (record == from && isTooLong(from, to)) {
            throw tooLong();
        }
        return isEnd ? to : record;
    }

    /**
     * Scans 64 bytes. A quote opens if an even number is before it, and closes otherwise; a doubled one closes and opens again. So an
     * opening quote has a border before it, or a closing quote, and a closing one has a border behind it, or an opening quote.
     */
    private void scanBlock(int block, int at) throws IOException {
        long quotes = masks.quotes(block);
        if (quotes == 0 && inQuotes != 0) {
            countLineEnds(masks.lineEnds(block), at);
            afterBorder = 0;
            afterClosing = 0;
            return;
        }
        long within = quotes == 0 ? 0 : oddQuotesBefore(quotes) ^ inQuotes;
        long allLineEnds = masks.lineEnds(block);
        long delimiters = masks.delimiters(block) & ~within;
        long borders = delimiters | allLineEnds & ~within;
        long opening = quotes & within;
        long closing = quotes & ~within;
        long behindClosing = closing << 1 | afterClosing;
        int length = Math.min(Long.SIZE, end - at);
        long broken = opening & ~((borders | closing) << 1 | afterBorder | afterClosing)
                | behindClosing & ~(borders | opening) & -1L >>> Long.SIZE - length;
        int count = Long.bitCount(delimiters);
        if (borders == delimiters && broken == 0 && cells + count < nextWanted) {
            cells += count;
            countLineEnds(allLineEnds, at);
        } else {
            countInOrder(allLineEnds & within, borders, broken, at);
        }
        inQuotes = within >> Long.SIZE - 1;
        afterBorder = borders >>> Long.SIZE - 1;
        afterClosing = closing >>> Long.SIZE - 1;
    }

    /** A one at each quote of an odd number, and up to the next one. */
    private static long oddQuotesBefore(long quotes) {
        long odd = quotes ^ quotes << 1;
        odd ^= odd << 2;
        odd ^= odd << 4;
        odd ^= odd << 8;
        odd ^= odd << 16;
        return odd ^ odd << 32;
    }

    private void countLineEnds(long quoted, int at) {
        if (quoted == 0) {
            return;
        }
        lineEnds += Long.bitCount(quoted);
        if ((quoted & quoted << 1) != 0 || at > record && (quoted & 1) != 0) {
            for (long rest = quoted; rest != 0; rest &= rest - 1) {
                int place = at + Long.numberOfTrailingZeros(rest);
                lineEnds -= buffer[place] == '\n' && buffer[place - 1] == '\r' ? 1 : 0;
            }
        }
    }

    private void countInOrder(long quotedLineEnds, long borders, long broken, int at) throws IOException {
        for (long rest = quotedLineEnds | borders | broken; rest != 0; rest &= rest - 1) {
            long bit = Long.lowestOneBit(rest);
            int place = at + Long.numberOfTrailingZeros(rest);
            if ((bit & broken) != 0) {
                throw CsvFormat.brokenQuote(lines + 1);
            }
            if ((bit & quotedLineEnds) != 0) {
                lineEnds += buffer[place] == '\n' && buffer[place - 1] == '\r' ? 0 : 1;
            } else if (buffer[place] == delimiter) {
                endCell(place);
            } else {
                endLine(place);
            }
        }
    }

    private void endLine(int at) throws IOException {
        if (buffer[at] == '\n' && at == record && at > start && buffer[at - 1] == '\r') {
            // It has ended the record before, together with the other
            begin(at + 1);
        } else {
            isAfterReturn = buffer[at] == '\r' && at + 1 == end;
            endCell(at);
            endRecord(at, at + 1);
        }
    }

    private void begin(int at) {
        record = at;
        cells = 0;
        lineEnds = 0;
        if (columns.length > 0) {
            cellFrom[0] = at;
            nextWanted = nextWanteds[0];
        }
    }

    private void endCell(int at) {
        if (cells < columns.length) {
            cellTo[cells] = at;
        }
        cells++;
        if (cells < columns.length) {
            cellFrom[cells] = at + 1;
            nextWanted = nextWanteds[cells];
        } else {
            nextWanted = Integer.MAX_VALUE;
        }
    }

    /** Whether an LF there belongs to the CR that the stretch before ended with. */
    private boolean isSecondOfPair(int first) {
        boolean isSecond = isAfterReturn && first < end && buffer[first] == '\n';
        isAfterReturn &= first == end;
        return isSecond;
    }

    /** The second of two zeros that are side by side, also if the first is before the stretch; -1 if there is none. */
    private int hole(int from, int to) {
        for (int i = Math.max(from, start + 1); i < to; i++) {
            if (buffer[i] == 0 && buffer[i - 1] == 0) {
                return i;
            }
        }
        return -1;
    }

    private boolean isTooLong(int from, int to) {
        return to - from > RowFormat.LONGEST_RECORD
                && (!encoding.equals(StandardCharsets.UTF_8)
                        || Utf8.characters(buffer, from, to) > RowFormat.LONGEST_RECORD);
    }

    private int firstInvalid(int from, int to) {
        if (encoding.equals(StandardCharsets.ISO_8859_1)) {
            return -1;
        }
        ByteBuffer all = ByteBuffer.wrap(buffer, from, to - from);
        return decoder.reset().decode(all, CharBuffer.allocate(to - from), true).isError() ? all.position() : -1;
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
        if (hole >= record && hole < following) {
            throw CsvFormat.hole(lines + 1);
        }
        if (!isEmptyLine && header == null) {
            name(format.header(read(at), rows().match()));
        } else if (!isEmptyLine) {
            if (cells != header.size()) {
                throw CsvFormat.wrongCells(lines + 1, cells, header.size());
            }
            keys.row(ahead + record);
            if (isCandidate()) {
                at(ahead + record, ahead + at, lines + 1);
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
        cellFrom = new int[names.size()];
        cellTo = new int[names.size()];
        nextWanteds = new int[names.size()];
        for (Column column : keys.all()) {
            if (names.contains(column.name())) {
                columns[names.indexOf(column.name())] = column;
            }
        }
        int next = Integer.MAX_VALUE;
        for (int i = names.size() - 1; i >= 0; i--) {
            boolean isNextWanted = i + 1 < names.size() && columns[i + 1] != null;
            next = columns[i] != null || isNextWanted ? i + 1 : next;
            nextWanteds[i] = next;
        }
    }

    private boolean isCandidate() {
        boolean isCandidate = false;
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] != null) {
                isCandidate |= isCandidate(columns[i], cellFrom[i], cellTo[i]);
            }
        }
        return isCandidate;
    }

    private boolean isCandidate(Column column, int from, int to) {
        if (from == to || buffer[from] != quote) {
            return isWanted(column, from, to);
        }
        for (int i = from + 1; i < to - 1; i++) {
            if (buffer[i] == quote) {
                return true;
            }
        }
        return isWanted(column, from + 1, to - 1);
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
        if (inQuotes != 0) {
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
