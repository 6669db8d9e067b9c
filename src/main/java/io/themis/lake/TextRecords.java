package io.themis.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;

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
    private final StringBuilder record = new StringBuilder();
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
        record.setLength(0);
        boolean isInQuotes = false;
        boolean isAtCellStart = true;
        while (fill()) {
            char c = piece[at++];
            record.append(c);
            if (isInQuotes) {
                // A doubled quote ends the cell and begins it again
                isInQuotes = c != quote;
                isAtCellStart = false;
            } else if (quote != NO_QUOTE && c == quote && (isAtCellStart || before() == quote)) {
                isInQuotes = true;
                isAtCellStart = false;
            } else if (c == '\n' || c == '\r' && hasReturns) {
                endWith(c);
                break;
            } else {
                isAtCellStart = c == delimiter;
            }
            if (record.length() > RowFormat.LONGEST_RECORD) {
                throw new UnreadableContentException(
                        "a record is longer than %d Mi characters".formatted(RowFormat.LONGEST_RECORD >> 20));
            }
        }
        nextLine = line + record.chars().filter(c -> c == '\n').count();
        if (record.length() == 0) {
            return false;
        }
        byte[] bytes = encoded(record);
        if (!log.has(bytes, bytes.length, from)) {
            throw new UnreadableContentException(
                    "the text from line %d is encoded in a way that can't be written again byte for byte"
                            .formatted(line));
        }
        to = from + bytes.length;
        return true;
    }

    private char before() {
        return record.length() > 1 ? record.charAt(record.length() - 2) : NO_QUOTE;
    }

    private void endWith(char c) throws IOException {
        if (c == '\r' && fill() && piece[at] == '\n') {
            record.append(piece[at++]);
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
        int length = record.length();
        while (length > 0
                && (record.charAt(length - 1) == '\n' || hasReturns && record.charAt(length - 1) == '\r')
                && record.length() - length < 2) {
            length--;
        }
        return record.substring(0, length);
    }

    /** Number of its first line, counted from 1. */
    long line() {
        return line;
    }

    /** Takes the record out of the file. */
    void delete() {
        log.edit(from, to, new byte[0]);
    }

    /**
     * Replaces characters of the record.
     *
     * @param start of them, counted from 0 in the record
     */
    void replace(int start, int stop, String instead) throws IOException {
        long first = from + encoded(record.substring(0, start)).length;
        log.edit(first, first + encoded(record.substring(start, stop)).length, encoded(instead));
    }

    /** Nothing before the record that is next will be edited. */
    void settle() {
        log.settle(to);
    }

    private byte[] encoded(CharSequence characters) throws UnreadableContentException {
        try {
            ByteBuffer bytes = encoder.encode(CharBuffer.wrap(characters));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new UnreadableContentException(
                    "the text from line %d can't be written in %s".formatted(line, encoder.charset()));
        }
    }
}
