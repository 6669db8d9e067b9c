package io.themis.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.Arrays;

/**
 * Cuts the text of a file into records and tells which bytes each is. Those are found by encoding the text again, and held against
 * what is in the file: of an encoding that could have written it otherwise nothing is edited.
 */
final class TextRecords {

    private static final char NO_QUOTE = '\0';

    private final EditLog log;
    private final boolean hasReturns;
    private final char quote;
    private final char delimiter;
    private final DecodedText text;
    private final CharsetEncoder encoder;
    private final char[] piece = new char[8192];
    private char[] record = new char[8192];
    private int length;
    private int lineEnds;
    private int at;
    private int end;
    private long from;
    private long to;
    private long line;
    private long nextLine = 1;

    private TextRecords(EditLog log, Charset named, boolean hasReturns, char quote, char delimiter) throws IOException {
        this.log = log;
        this.hasReturns = hasReturns;
        this.quote = quote;
        this.delimiter = delimiter;
        text = new DecodedText(log, named);
        byte[] start = new byte[(int) Math.min(3, log.length())];
        for (int i = 0; i < start.length; i++) {
            start[i] = log.at(i);
        }
        to = DecodedText.markLength(start);
        Charset encoding = DecodedText.encoding(start, named);
        if (!encoding.canEncode()) {
            throw new UnreadableContentException("the file is in %s, which can't be written".formatted(encoding));
        }
        encoder = encoding.newEncoder();
    }

    /** Records that end with a line feed. */
    static TextRecords lines(EditLog log) throws IOException {
        return new TextRecords(log, null, false, NO_QUOTE, NO_QUOTE);
    }

    /** Records of CSV. */
    static TextRecords csv(EditLog log, CsvLayout layout) throws IOException {
        return new TextRecords(log, layout.encoding(), true, layout.quote(), layout.delimiter());
    }

    /** Goes to the next record; false after the last. */
    boolean next() throws IOException {
        from = to;
        line = nextLine;
        length = 0;
        lineEnds = 0;
        boolean isInQuotes = false;
        boolean isAtCellStart = true;
        while (fill()) {
            if (appendPlain()) {
                isAtCellStart = false;
                checkLength();
                continue;
            }
            char c = piece[at++];
            append(c);
            if (isInQuotes) {
                // A doubled quote ends the cell and begins it again
                isInQuotes = c != quote;
                isAtCellStart = false;
            } else if (c == quote && quote != NO_QUOTE && (isAtCellStart || before() == quote)) {
                isInQuotes = true;
                isAtCellStart = false;
            } else if (c == '\n' || c == '\r' && hasReturns) {
                endWith(c);
                break;
            } else {
                isAtCellStart = c == delimiter;
            }
            checkLength();
        }
        nextLine = line + lineEnds;
        if (length == 0) {
            return false;
        }
        ByteBuffer bytes = EditedRecord.encoded(encoder, record, length, line);
        EditedRecord.check(log.has(bytes.array(), bytes.limit(), from), line);
        to = from + bytes.limit();
        return true;
    }

    private void checkLength() throws UnreadableContentException {
        if (length > RowFormat.LONGEST_RECORD) {
            throw new UnreadableContentException(
                    "a record is longer than %d Mi characters".formatted(RowFormat.LONGEST_RECORD >> 20));
        }
    }

    /** Appends what ends nothing and begins nothing; false if there is none. */
    private boolean appendPlain() {
        int from = at;
        while (at < end && !isSyntax(piece[at])) {
            at++;
        }
        int count = at - from;
        if (length + count > record.length) {
            record = Arrays.copyOf(record, Math.max(length + count, 2 * record.length));
        }
        System.arraycopy(piece, from, record, length, count);
        length += count;
        return count > 0;
    }

    private boolean isSyntax(char c) {
        return c == '\n' || c == '\r' || c == quote || c == delimiter;
    }

    private void append(char c) {
        if (length == record.length) {
            record = Arrays.copyOf(record, 2 * length);
        }
        record[length++] = c;
        lineEnds += c == '\n' ? 1 : 0;
    }

    private char before() {
        return length > 1 ? record[length - 2] : NO_QUOTE;
    }

    private void endWith(char c) throws IOException {
        if (c == '\r' && fill() && piece[at] == '\n') {
            append(piece[at++]);
        }
    }

    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, text.read(piece, 0, piece.length));
        }
        return at < end;
    }

    /** The record without its line end. */
    String content() {
        return new String(record, 0, contentLength());
    }

    /** The same, until the next record is read. */
    JsonlRows.Line json() {
        return new JsonlRows.Line(record, 0, contentLength(), line);
    }

    private int contentLength() {
        int end = length;
        while (end > 0 && (record[end - 1] == '\n' || hasReturns && record[end - 1] == '\r') && length - end < 2) {
            end--;
        }
        return end;
    }

    /** Number of its first line, counted from 1. */
    long line() {
        return line;
    }

    /** The record, to be edited. */
    EditedRecord edited() {
        return new EditedRecord(log, encoder, from, to, content(), line);
    }

    /** Nothing before the record that is next will be edited. */
    void settle() throws IOException {
        log.settle(to);
    }
}
