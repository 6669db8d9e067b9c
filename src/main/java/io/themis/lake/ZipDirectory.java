package io.themis.lake;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The list of a zip's entries, at its end (APPNOTE.TXT, 4.3.12 to 4.3.16). Each byte of the zip must be of one entry or of this list,
 * so that nothing stands in the zip that the list does not know. Holds some 20 bytes for each entry.
 */
final class ZipDirectory implements Closeable {

    private static final int RECORD = 22;
    private static final int RECORD_SIGNATURE = 0x06054B50;
    private static final int LONGEST_COMMENT = 0xFFFF;
    private static final int LOCATOR = 20;
    private static final int LOCATOR_SIGNATURE = 0x07064B50;
    private static final int LARGE_RECORD = 56;
    private static final int LARGE_RECORD_SIGNATURE = 0x06064B50;
    private static final int LONGEST_LARGE_RECORD = 1024 * 1024;

    private final ZipBytes bytes;
    private final long listFrom;
    private final long listEnd;
    // The record at the end, with those before it that zips of more than 4 GiB have, and the comment
    private final ByteBuffer end;
    private final int record;
    // In the order of the list
    private final long[] listed;
    private final long[] offsets;
    // Places in the list, in the order of the bytes
    private final int[] order;

    /** @throws UnreadableContentException if there is no such list, or bytes that it does not know */
    ZipDirectory(FileRanges file) throws IOException {
        bytes = new ZipBytes(file);
        try {
            long recordFrom = recordFrom();
            listEnd = listEnd(recordFrom);
            end = bytes.at(listEnd, Math.toIntExact(file.length() - listEnd));
            record = (int) (recordFrom - listEnd);
            long length = number(12, 4, 40, 8);
            listFrom = number(16, 4, 48, 8);
            if (number(4, 2, 16, 4) != 0 || number(6, 2, 20, 4) != 0) {
                throw new UnreadableContentException("the zip is one part of several");
            }
            long entries = number(10, 2, 32, 8);
            if (number(8, 2, 24, 8) != entries
                    || length < 0
                    || listFrom != listEnd - length
                    || entries < 0
                    || entries > length / ZipListing.LENGTH
                    || entries > Integer.MAX_VALUE) {
                throw new UnreadableContentException("the zip's list of entries is not where the zip says");
            }
            listed = new long[(int) entries];
            offsets = new long[listed.length];
            order = order();
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /** Only a comment follows it. */
    private long recordFrom() throws IOException {
        long from = Math.max(0, bytes.length() - RECORD - LONGEST_COMMENT);
        ByteBuffer last = bytes.at(from, (int) (bytes.length() - from));
        for (int at = last.capacity() - RECORD; at >= 0; at--) {
            if (last.getInt(at) == RECORD_SIGNATURE
                    && (last.getShort(at + 20) & 0xFFFF) == last.capacity() - RECORD - at) {
                return from + at;
            }
        }
        throw new UnreadableContentException("the zip is cut off, damaged or followed by something else");
    }

    private long listEnd(long recordFrom) throws IOException {
        long locatorFrom = recordFrom - LOCATOR;
        if (locatorFrom < LARGE_RECORD) {
            return recordFrom;
        }
        ByteBuffer locator = bytes.at(locatorFrom, LOCATOR);
        if (locator.getInt(0) != LOCATOR_SIGNATURE) {
            return recordFrom;
        }
        long from = locator.getLong(8);
        if (from < 0 || from > locatorFrom - LARGE_RECORD || from < locatorFrom - LONGEST_LARGE_RECORD) {
            throw new UnreadableContentException("the zip's list of entries is not where the zip says");
        }
        ByteBuffer large = bytes.at(from, LARGE_RECORD);
        if (large.getInt(0) != LARGE_RECORD_SIGNATURE || large.getLong(4) != locatorFrom - from - 12) {
            throw new UnreadableContentException("the zip's list of entries is not where the zip says");
        }
        return from;
    }

    /**
     * @param at in the record at the end
     * @param largeAt in the one that has the number too, or alone, in a zip that may have more than 4 GiB
     */
    private long number(int at, int width, int largeAt, int largeWidth) throws UnreadableContentException {
        ZipField usual = new ZipField(end, record + at, width);
        if (record == 0) {
            return usual.get();
        }
        ZipField large = new ZipField(end, largeAt, largeWidth);
        if (!usual.isElsewhere() && usual.get() != large.get()) {
            throw new UnreadableContentException("the zip's list of entries is not where the zip says");
        }
        return large.get();
    }

    private int[] order() throws IOException {
        long at = listFrom;
        for (int i = 0; i < listed.length; i++) {
            ZipListing listing = listing(at);
            listed[i] = at;
            offsets[i] = listing.offset().get();
            at += listing.header().capacity();
        }
        if (at != listEnd) {
            throw ZipMember.hidden();
        }
        int[] places = IntStream.range(0, listed.length)
                .boxed()
                .sorted(Comparator.comparingLong(place -> offsets[place]))
                .mapToInt(Integer::intValue)
                .toArray();
        if ((places.length == 0 ? listFrom : offsets[places[0]]) != 0) {
            throw new UnreadableContentException("the zip begins with something else than an entry");
        }
        return places;
    }

    private ZipListing listing(long at) throws IOException {
        ByteBuffer start = bytes.at(at, ZipListing.LENGTH);
        int length = ZipListing.LENGTH;
        for (int i = 28; i <= 32; i += 2) {
            length += start.getShort(i) & 0xFFFF;
        }
        if (start.getInt(0) != ZipListing.SIGNATURE || length > listEnd - at) {
            throw new UnreadableContentException("the zip's list of entries is damaged");
        }
        return ZipListing.of(bytes.at(at, length));
    }

    int size() {
        return order.length;
    }

    /** @param number in the order of the bytes, from 0 */
    ZipMember member(int number, ZipBytes data) throws IOException {
        int place = order[number];
        long next = number + 1 < order.length ? offsets[order[number + 1]] : listFrom;
        return new ZipMember(listing(listed[place]), data, offsets[place], next);
    }

    /**
     * Writes the list, and all that follows it.
     *
     * @param from where each entry begins now, in the order of the bytes
     * @param changed what is to be said now of entries that have changed
     * @param at where the list begins now
     * @throws IOException from the zip or the target, and if a number needs more room than the zip has for it
     */
    void write(long[] from, Map<Integer, ZipMember.Numbers> changed, long at, OutputStream target) throws IOException {
        int[] numbers = new int[order.length];
        for (int number = 0; number < order.length; number++) {
            numbers[order[number]] = number;
        }
        for (int place = 0; place < listed.length; place++) {
            ZipListing listing = listing(listed[place]);
            listing.offset().set(from[numbers[place]]);
            ZipMember.Numbers now = changed.get(numbers[place]);
            if (now != null) {
                listing.crc().set(now.crc());
                listing.packed().set(now.packed());
                listing.size().set(now.size());
            }
            target.write(listing.header().array());
        }
        ZipField usual = new ZipField(end, record + 16, Integer.BYTES);
        if (record == 0 || !usual.isElsewhere()) {
            usual.set(at);
        }
        if (record > 0) {
            new ZipField(end, 48, Long.BYTES).set(at);
            new ZipField(end, record - LOCATOR + 8, Long.BYTES).set(at + listEnd - listFrom);
        }
        target.write(end.array());
    }

    @Override
    public void close() {
        bytes.close();
    }
}
