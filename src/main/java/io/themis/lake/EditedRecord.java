package io.themis.lake;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;

/**
 * A record of a text, and the bytes that it is in its file.
 *
 * @param from offset of the record's first byte
 * @param to offset behind the last one, of its line end if it has one
 * @param text of the record without its line end
 * @param line number of its first line, counted from 1
 */
record EditedRecord(EditLog log, CharsetEncoder encoder, long from, long to, String text, long line) {

    /** Takes the record out of the file. */
    void delete() {
        log.edit(from, to, new byte[0]);
    }

    /**
     * Replaces characters of the record.
     *
     * @param start of them, counted from 0 in the record
     */
    void replace(int start, int stop, String instead) throws UnreadableContentException {
        long first = from + encoded(text.substring(0, start)).remaining();
        long end = first + encoded(text.substring(start, stop)).remaining();
        ByteBuffer bytes = encoded(instead);
        byte[] exact = new byte[bytes.remaining()];
        bytes.get(exact);
        log.edit(first, end, exact);
    }

    private ByteBuffer encoded(String characters) throws UnreadableContentException {
        return encoded(encoder, characters.toCharArray(), characters.length(), line);
    }

    /** @throws UnreadableContentException if the encoding does not have one of the characters */
    static ByteBuffer encoded(CharsetEncoder encoder, char[] characters, int length, long line)
            throws UnreadableContentException {
        try {
            return encoder.encode(CharBuffer.wrap(characters, 0, length));
        } catch (CharacterCodingException e) {
            throw new UnreadableContentException(
                    "the text from line %d can't be written in %s".formatted(line, encoder.charset()));
        }
    }

    /** @throws UnreadableContentException if the text could have been written otherwise than it is, so that places in it can't be told */
    static void check(boolean isAsWritten, long line) throws UnreadableContentException {
        if (!isAsWritten) {
            throw new UnreadableContentException(
                    "the text from line %d is encoded in a way that can't be written again byte for byte"
                            .formatted(line));
        }
    }
}
