package io.themis.index;

import io.themis.index.IndexStore.Stored;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The summary of a run: what a look-up must know of it before it reads more. A run never changes; {@link RunWriter} says
 * how it is written.
 */
final class Run {

    /**
     * A group of rows has this many bytes at least. Smaller ones make the index larger, larger ones a look-up slower: a
     * read of this size takes as long as one of a single row.
     */
    static final int GROUP = 16 << 10;

    /** Groups of a page: 2 KiB or so. */
    static final int PAGE = 1024;

    static final int CHECKSUM = 4;
    static final int FOOTER = 8 + 4 + 4 + 8 + CHECKSUM;
    static final int VERSION = 1;
    static final long MAGIC = 0x5448454D49535258L;

    private static final int KEY_BITS = 40;

    /**
     * What is kept of a hash: enough that of 20 million keys hardly ever two are the same here, and if so, a read too many
     * is all that happens.
     */
    static long key(long hash) {
        return hash >>> Long.SIZE - KEY_BITS;
    }

    /** Covers also the run's name and where in it the section is, so that one in the wrong place is no other's. */
    static int checksum(String run, long position, byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(run.getBytes(StandardCharsets.UTF_8));
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(position).flip());
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private final Stored stored;
    private final List<Piece> pieces;
    private final int[] firstGroups;
    private final int groups;
    private final long[] blockKeys;
    private final long[] blocks;
    private final long[] pages;
    private final KeyFilter filter;

    private Run(Stored stored, SectionReader in) throws DamagedRunException {
        this.stored = stored;
        int pieceCount = in.smallNumber();
        pieces = new ArrayList<>();
        firstGroups = new int[pieceCount];
        int groupsBefore = 0;
        for (int i = 0; i < pieceCount; i++) {
            Piece piece = Piece.read(in);
            pieces.add(piece);
            firstGroups[i] = groupsBefore;
            groupsBefore = Math.addExact(groupsBefore, piece.groups());
        }
        groups = groupsBefore;
        int blockCount = in.smallNumber();
        blockKeys = new long[blockCount];
        blocks = new long[blockCount + 1];
        for (int i = 0; i < blockCount; i++) {
            blockKeys[i] = (i == 0 ? 0 : blockKeys[i - 1]) + in.number();
            blocks[i + 1] = blocks[i] + in.number();
        }
        int pageCount = in.smallNumber();
        pages = new long[pageCount + 1];
        pages[0] = blocks[blockCount];
        for (int i = 0; i < pageCount; i++) {
            pages[i + 1] = pages[i] + in.number();
        }
        filter = KeyFilter.read(in);
        if (pageCount != (groups + PAGE - 1) / PAGE) {
            throw new DamagedRunException(stored.name(), "does not know where its groups are");
        }
    }

    /**
     * How many of the last bytes make up the summary and the footer.
     *
     * @param tail the last bytes of the run, with the footer at least
     */
    static int summaryLength(Stored stored, byte[] tail) throws DamagedRunException {
        if (tail.length < FOOTER) {
            throw new DamagedRunException(stored.name(), "is cut off");
        }
        ByteBuffer footer = ByteBuffer.wrap(tail, tail.length - FOOTER, FOOTER);
        long position = footer.getLong();
        int length = footer.getInt();
        if (footer.getInt() != VERSION || footer.getLong() != MAGIC) {
            throw new DamagedRunException(stored.name(), "is not of this version of the format");
        }
        if (length < 0 || position < 0 || position + length + FOOTER != stored.size()) {
            throw new DamagedRunException(stored.name(), "is cut off");
        }
        return length + FOOTER;
    }

    /** @param tail the last bytes of the run, {@link #summaryLength} of them at least */
    static Run open(Stored stored, byte[] tail) throws DamagedRunException {
        int length = summaryLength(stored, tail);
        return decode(
                stored.name(), tail, tail.length - length, length, stored.size() - length, in -> new Run(stored, in));
    }

    /** Reads a section. */
    @FunctionalInterface
    interface Decoder<T> {

        T decode(SectionReader in) throws DamagedRunException;
    }

    /** The one place where bytes of the store are believed. */
    private static <T> T decode(String run, byte[] bytes, int from, int length, long position, Decoder<T> decoder)
            throws DamagedRunException {
        int end = from + length - CHECKSUM;
        if (from < 0 || end < from || from + length > bytes.length) {
            throw new DamagedRunException(run, "is cut off");
        }
        if (ByteBuffer.wrap(bytes, end, CHECKSUM).getInt() != checksum(run, position, bytes, from, end - from)) {
            throw new DamagedRunException(run, "is not as it was written");
        }
        try {
            return decoder.decode(new SectionReader(bytes, from, end));
        } catch (RuntimeException e) {
            throw new DamagedRunException(run, "can't be read", e);
        }
    }

    Stored stored() {
        return stored;
    }

    List<Piece> pieces() {
        return pieces;
    }

    int groups() {
        return groups;
    }

    int firstGroup(int piece) {
        return firstGroups[piece];
    }

    /** The piece that a group is of. */
    int pieceOf(int group) {
        int low = 0;
        int high = firstGroups.length - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (firstGroups[middle] <= group) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    boolean mayHold(long key) {
        return filter.mayHold(key);
    }

    int blockCount() {
        return blockKeys.length;
    }

    /** Where a block begins; where the last one ends, for their number. */
    long block(int block) {
        return blocks[block];
    }

    int pageCount() {
        return pages.length - 1;
    }

    /** Where a page begins; where the last one ends, for their number. */
    long page(int page) {
        return pages[page];
    }

    /** Adds the blocks in which the key is, if it is in the run. A block may end with a key that the next begins with. */
    void addBlocks(long key, BitSet target) {
        int from = Math.max(firstBlockFrom(key) - 1, 0);
        int to = firstBlockFrom(key + 1);
        if (from < to) {
            target.set(from, to);
        }
    }

    private int firstBlockFrom(long key) {
        int low = 0;
        int high = blockKeys.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (blockKeys[middle] < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Takes entries in the order of their keys. */
    @FunctionalInterface
    interface Entries {

        /** Reads the groups, or skips them. */
        void entry(long key, int count, SectionReader groups);
    }

    /** @param bytes where they have the block from {@code at} on */
    void readBlock(int block, byte[] bytes, int at, Entries entries) throws DamagedRunException {
        decode(stored.name(), bytes, at, (int) (blocks[block + 1] - blocks[block]), blocks[block], in -> {
            long key = blockKeys[block];
            while (in.hasMore()) {
                key += in.number();
                entries.entry(key, in.smallNumber(), in);
            }
            return null;
        });
    }

    /** Takes groups in the order of their numbers. */
    @FunctionalInterface
    interface Groups {

        void group(int group, int piece, long from, long to);
    }

    /** @param bytes where they have the page from {@code at} on */
    void readPage(int page, byte[] bytes, int at, Groups target) throws DamagedRunException {
        decode(stored.name(), bytes, at, (int) (pages[page + 1] - pages[page]), pages[page], in -> {
            int group = page * PAGE;
            int piece = pieceOf(group);
            long from = in.number();
            for (; in.hasMore(); group++) {
                while (group >= firstGroups[piece] + pieces.get(piece).groups()) {
                    piece++;
                    from = pieces.get(piece).rowsBegin();
                }
                long to = from + in.signed() + GROUP;
                target.group(group, piece, from, to);
                from = to;
            }
            return null;
        });
    }

    /** About what it takes in memory. */
    int weight() {
        int names = pieces.stream()
                .mapToInt(piece ->
                        piece.file().name().length() + piece.file().etag().length() + 200)
                .sum();
        return 500 + names + filter.bytes() + Long.BYTES * (2 * blockKeys.length + pages.length);
    }
}
