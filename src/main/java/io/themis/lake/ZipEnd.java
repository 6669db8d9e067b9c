package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Keeps the last bytes of a zip that passes by, which tell how many entries it has. Closing it leaves the zip open. */
final class ZipEnd extends BlockInput {

    private static final int RECORD = 22;
    private static final int LONGEST_COMMENT = 0xFFFF;
    private static final int MANY = 0xFFFF;

    private final InputStream zip;
    private final byte[] last = new byte[RECORD + LONGEST_COMMENT];
    private long length;

    ZipEnd(InputStream zip) {
        this.zip = zip;
    }

    @Override
    public int read(byte[] target, int from, int wanted) throws IOException {
        int read = zip.read(target, from, wanted);
        for (int i = 0; i < read; ) {
            int at = (int) (length % last.length);
            int part = Math.min(read - i, last.length - at);
            System.arraycopy(target, from + i, last, at, part);
            length += part;
            i += part;
        }
        return read;
    }

    /**
     * Reads what is left, and compares the number of entries. A zip with 65,535 entries or more does not have it here.
     *
     * @throws UnreadableContentException if the zip does not end as a zip does, or lists another number
     */
    void check(long entries) throws IOException {
        transferTo(OutputStream.nullOutputStream());
        long listed = listed();
        if (listed != MANY && listed != entries) {
            throw new UnreadableContentException(
                    "the zip lists %d entries at its end and has %d".formatted(listed, entries));
        }
    }

    /** From the end of central directory record (APPNOTE.TXT, 4.3.16), which only a comment follows. */
    private long listed() throws UnreadableContentException {
        for (int comment = 0; comment <= LONGEST_COMMENT && comment + RECORD <= length; comment++) {
            long start = length - comment - RECORD;
            if (number(start) == 0x4B50 && number(start + 2) == 0x0605 && number(start + 20) == comment) {
                return number(start + 10);
            }
        }
        throw new UnreadableContentException("the zip is cut off, damaged or followed by something else");
    }

    private int number(long offset) {
        return last[(int) (offset % last.length)] & 0xFF | (last[(int) ((offset + 1) % last.length)] & 0xFF) << 8;
    }
}
