package io.themis.lake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/**
 * An entry of a zip: the header before its content and the descriptor that may follow it (APPNOTE.TXT, 4.3.7 and 4.3.9). They must
 * say what the zip's list says, as one reader goes by the one and another by the other, and rows that only one of them sees would
 * stay.
 */
final class ZipMember {

    private static final int HEADER = 30;
    private static final int HEADER_SIGNATURE = 0x04034B50;
    private static final int DESCRIPTOR_SIGNATURE = 0x08074B50;
    private static final int UNICODE_NAME = 0x7075;

    private static final int ENCRYPTED = 1;
    private static final int DESCRIBED = 1 << 3;
    private static final int PATCHED = 1 << 5;
    private static final int STRONGLY_ENCRYPTED = 1 << 6;
    private static final int UTF8 = 1 << 11;
    private static final int MASKED = 1 << 13;
    private static final int OF_PACKING = 1 << 1 | 1 << 2;

    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    // How hard the writer tried, as its flags tell: as usual, most, little, least
    private static final int[] LEVELS = {Deflater.DEFAULT_COMPRESSION, Deflater.BEST_COMPRESSION, 2, 1};

    private final ZipListing listing;
    private final int flags;
    private final int method;
    private final Numbers numbers;
    private final long from;
    private final long end;
    private final ByteBuffer header;
    private final ByteBuffer descriptor;
    // Where the numbers stand in the header and the descriptor
    private final List<ZipField> crcs = new ArrayList<>();
    private final List<ZipField> packeds = new ArrayList<>();
    private final List<ZipField> sizes = new ArrayList<>();

    /**
     * What is said of an entry's content.
     *
     * @param packed its length as it stands in the zip
     */
    record Numbers(long crc, long packed, long size) {}

    /**
     * @param from where the entry begins, with its header
     * @param end where it ends, as the next one begins there, or the list
     */
    ZipMember(ZipListing listing, ZipBytes zip, long from, long end) throws IOException {
        this.listing = listing;
        this.from = from;
        this.end = end;
        flags = listing.flags();
        method = listing.method();
        numbers = new Numbers(
                listing.crc().get(), listing.packed().get(), listing.size().get());
        ByteBuffer start = zip.at(from, HEADER);
        header = zip.at(from, HEADER + length(start, 26) + length(start, 28));
        checkHeader();
        long left = end - contentFrom() - numbers.packed();
        if (numbers.packed() < 0 || numbers.size() < 0 || left < 0) {
            throw disagreement();
        }
        if (left > 0 && (!isDescribed() || left > 24)) {
            throw hidden();
        }
        descriptor = zip.at(end - left, (int) left);
        if (isDescribed()) {
            checkDescriptor();
        }
        if (method == STORED && !isEncrypted() && numbers.packed() != numbers.size()) {
            throw disagreement();
        }
    }

    private static int length(ByteBuffer header, int at) {
        return header.getShort(at) & 0xFFFF;
    }

    private static UnreadableContentException disagreement() {
        return new UnreadableContentException("the zip's list says something else than what stands beside an entry");
    }

    static UnreadableContentException hidden() {
        return new UnreadableContentException("the zip has bytes that are of no entry");
    }

    private void checkHeader() throws UnreadableContentException {
        ByteBuffer name = header.slice(HEADER, length(header, 26));
        Map<Integer, ZipExtra> extras = ZipExtra.all(header, HEADER + name.capacity(), length(header, 28));
        if (header.getInt(0) != HEADER_SIGNATURE
                || (length(header, 6) & ~OF_PACKING) != (flags & ~OF_PACKING)
                || length(header, 8) != method
                || !name.equals(listing.name())
                || !content(extras, header).equals(content(listing.extras(), listing.header()))) {
            throw disagreement();
        }
        ZipField packed = ZipField.of4(header, 18);
        ZipField size = ZipField.of4(header, 22);
        ZipExtra large = extras.get(ZipListing.ZIP64);
        boolean isLarge = packed.isElsewhere() || size.isElsewhere();
        if (large != null && large.to() - large.from() >= 2 * Long.BYTES) {
            ZipField largeSize = new ZipField(header, large.from(), Long.BYTES);
            ZipField largePacked = new ZipField(header, large.from() + Long.BYTES, Long.BYTES);
            take(sizes, largeSize, numbers.size(), isDescribed() || !isLarge);
            take(packeds, largePacked, numbers.packed(), isDescribed() || !isLarge);
        } else if (isLarge) {
            throw disagreement();
        }
        if (!size.isElsewhere()) {
            take(sizes, size, numbers.size(), isDescribed());
        }
        if (!packed.isElsewhere()) {
            take(packeds, packed, numbers.packed(), isDescribed());
        }
        take(crcs, ZipField.of4(header, 14), numbers.crc(), isDescribed());
    }

    private static ByteBuffer content(Map<Integer, ZipExtra> extras, ByteBuffer header) {
        ZipExtra name = extras.get(UNICODE_NAME);
        return name == null ? ByteBuffer.allocate(0) : header.slice(name.from(), name.to() - name.from());
    }

    /** @param maybeLeftOut whether the number may be 0 here, as it stands in another place */
    private static void take(List<ZipField> fields, ZipField field, long expected, boolean maybeLeftOut)
            throws UnreadableContentException {
        long number = field.get();
        if (maybeLeftOut && number == 0) {
            return;
        }
        if (number != expected) {
            throw disagreement();
        }
        fields.add(field);
    }

    /** With or without a signature, and with lengths of four or eight bytes. */
    private void checkDescriptor() throws UnreadableContentException {
        int length = descriptor.capacity();
        boolean isSigned = length == 16 || length == 24;
        if (!isSigned && length != 12 && length != 20 || isSigned && descriptor.getInt(0) != DESCRIPTOR_SIGNATURE) {
            throw disagreement();
        }
        int at = isSigned ? Integer.BYTES : 0;
        int width = length < 20 ? Integer.BYTES : Long.BYTES;
        take(crcs, ZipField.of4(descriptor, at), numbers.crc(), false);
        take(packeds, new ZipField(descriptor, at + Integer.BYTES, width), numbers.packed(), false);
        take(sizes, new ZipField(descriptor, at + Integer.BYTES + width, width), numbers.size(), false);
    }

    private boolean isDescribed() {
        return (flags & DESCRIBED) != 0;
    }

    boolean isEncrypted() {
        return (flags & ENCRYPTED) != 0;
    }

    boolean isDeflated() {
        return method == DEFLATED;
    }

    /** Whether its content can be had, and packed again in the same way. */
    boolean isPlain() {
        return (flags & (ENCRYPTED | PATCHED | STRONGLY_ENCRYPTED | MASKED)) == 0 && (isDeflated() || method == STORED);
    }

    /** See {@link Deflater#setLevel}. */
    int level() {
        return LEVELS[(flags & OF_PACKING) >> 1];
    }

    /** In bytes. */
    ByteBuffer name() {
        return listing.name();
    }

    /** As the search reads it. */
    ZipArchiveEntry entry() throws UnreadableContentException {
        ByteBuffer start = ByteBuffer.wrap(header.array().clone()).order(header.order());
        start.putShort(6, (short) (flags & UTF8));
        start.putShort(8, (short) STORED);
        start.putLong(18, 0);
        try (ZipArchiveInputStream zip = new ZipArchiveInputStream(new ByteArrayInputStream(start.array()))) {
            return zip.getNextEntry();
        } catch (IOException | RuntimeException e) {
            throw new UnreadableContentException("the zip has a damaged entry");
        }
    }

    /** Where it begins, with its header. */
    long from() {
        return from;
    }

    /** Behind its descriptor. */
    long end() {
        return end;
    }

    long contentFrom() {
        return from + header.capacity();
    }

    Numbers numbers() {
        return numbers;
    }

    /** Whether the header says something of the content, which must then be known before it. */
    boolean saysBefore() {
        return Stream.of(crcs, packeds, sizes).flatMap(List::stream).anyMatch(field -> field.header() == header);
    }

    /** Says something else of the content, in all places where something was said. */
    void set(Numbers other) throws IOException {
        for (ZipField crc : crcs) {
            crc.set(other.crc());
        }
        for (ZipField packed : packeds) {
            packed.set(other.packed());
        }
        for (ZipField size : sizes) {
            size.set(other.size());
        }
    }

    byte[] header() {
        return header.array();
    }

    byte[] descriptor() {
        return descriptor.array();
    }
}
