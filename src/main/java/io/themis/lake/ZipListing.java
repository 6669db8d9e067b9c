package io.themis.lake;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What a zip's list says of one entry (APPNOTE.TXT, 4.3.12).
 *
 * @param header all of it, in bytes
 * @param packed length of the entry's content as it stands in the zip
 * @param size length of the content
 * @param offset where the entry begins
 */
record ZipListing(ByteBuffer header, ZipField crc, ZipField packed, ZipField size, ZipField offset) {

    static final int LENGTH = 46;
    static final int SIGNATURE = 0x02014B50;
    static final int ZIP64 = 1;
    private static final int PART = 34;

    static ZipListing of(ByteBuffer header) throws UnreadableContentException {
        ZipExtra large = extras(header).get(ZIP64);
        int from = large == null ? 0 : large.from();
        ZipField[] fields = {ZipField.of4(header, 24), ZipField.of4(header, 20), ZipField.of4(header, 42)};
        int at = from;
        for (int i = 0; i < fields.length; i++) {
            if (fields[i].isElsewhere()) {
                fields[i] = new ZipField(header, at, Long.BYTES);
                at += Long.BYTES;
            }
        }
        int left = (large == null ? 0 : large.to()) - at;
        ZipField part = new ZipField(header, PART, Short.BYTES);
        long number = left == Integer.BYTES ? ZipField.of4(header, at).get() : part.get();
        if (number != 0 || !part.isElsewhere() && part.get() != 0) {
            throw new UnreadableContentException("the zip is one part of several");
        }
        if (left != 0 && left != Integer.BYTES) {
            throw new UnreadableContentException("the zip's list has an entry's length or place twice, or lacks it");
        }
        return new ZipListing(header, ZipField.of4(header, 16), fields[1], fields[0], fields[2]);
    }

    private static int length(ByteBuffer header, int at) {
        return header.getShort(at) & 0xFFFF;
    }

    private static Map<Integer, ZipExtra> extras(ByteBuffer header) throws UnreadableContentException {
        return ZipExtra.all(header, LENGTH + length(header, 28), length(header, 30));
    }

    Map<Integer, ZipExtra> extras() throws UnreadableContentException {
        return extras(header);
    }

    int flags() {
        return length(header, 8);
    }

    int method() {
        return length(header, 10);
    }

    /** Of the entry, in bytes. */
    ByteBuffer name() {
        return header.slice(LENGTH, length(header, 28));
    }
}
