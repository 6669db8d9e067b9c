package io.themis.lake;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A number in a header of a zip.
 *
 * @param bytes of the number: 2, 4 or 8
 */
record ZipField(ByteBuffer header, int at, int bytes) {

    private static final long LARGEST = 0xFFFF_FFFEL;

    static ZipField of4(ByteBuffer header, int at) {
        return new ZipField(header, at, Integer.BYTES);
    }

    long get() {
        return switch (bytes) {
            case Short.BYTES -> Short.toUnsignedLong(header.getShort(at));
            case Integer.BYTES -> Integer.toUnsignedLong(header.getInt(at));
            default -> header.getLong(at);
        };
    }

    /** Whether the number stands elsewhere, as it does not fit here (APPNOTE.TXT, 4.4.1.4). */
    boolean isElsewhere() {
        return get() == (1L << 8 * bytes) - 1;
    }

    /** @throws IOException if the number needs more room than the zip has for it */
    void set(long value) throws IOException {
        if (bytes == Long.BYTES) {
            header.putLong(at, value);
        } else if (value <= LARGEST) {
            header.putInt(at, (int) value);
        } else {
            throw new IOException("the zip would grow beyond 4 GiB, and is not written as one that can (zip64)");
        }
    }
}
