package io.themis.index;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes a run: first every {@link #posting}, then every {@link #group}, then {@link #finish}. Memory: a block, and what
 * {@link Run} holds.
 *
 * <p>Layout: blocks of postings, pages of group lengths, the summary (whose files, where the blocks and pages begin, the
 * filter), a footer. A block has whole entries: distance from the key before, number of groups, distances between groups;
 * a key with very many groups has several entries. Each section ends with a checksum that covers where it is, too.
 */
final class RunWriter {

    private static final int BLOCK = 16 << 10;
    private static final int LONGEST_ENTRY = 1024;

    private final OutputStream out;
    private final String name;
    private final List<Piece> pieces;
    private final SectionWriter section = new SectionWriter();
    private final SectionWriter blocks = new SectionWriter();
    private final SectionWriter pages = new SectionWriter();
    private final KeyFilter filter;

    private long position;

    private final int[] entry = new int[LONGEST_ENTRY];
    private int entryLength;
    private long entryKey = -1;

    private int blockCount;
    private long blockKey;
    private long lastBlockKey;
    private long lastKey;

    private int groupCount;
    private int pageCount;

    /** @param mostKeys how many keys there can be */
    RunWriter(OutputStream out, String name, List<Piece> pieces, long mostKeys) {
        this.out = out;
        this.name = name;
        this.pieces = pieces;
        filter = new KeyFilter(mostKeys);
    }

    /**
     * A group holds a key.
     *
     * @param key not smaller than the one before
     * @param group counted over all pieces; of the same key, not smaller than the one before
     */
    void posting(long key, int group) throws IOException {
        if (key != entryKey) {
            endEntry();
            entryKey = key;
            filter.add(key);
        } else if (entryLength > 0 && entry[entryLength - 1] == group) {
            return;
        } else if (entryLength == LONGEST_ENTRY) {
            endEntry();
        }
        entry[entryLength++] = group;
    }

    private void endEntry() throws IOException {
        if (entryLength == 0) {
            return;
        }
        if (section.length() == 0) {
            blockKey = entryKey;
            lastKey = entryKey;
        }
        section.number(entryKey - lastKey);
        section.number(entryLength);
        int last = 0;
        for (int i = 0; i < entryLength; i++) {
            section.number(entry[i] - last);
            last = entry[i];
        }
        lastKey = entryKey;
        entryLength = 0;
        if (section.length() >= BLOCK) {
            endBlock();
        }
    }

    private void endBlock() throws IOException {
        blocks.number(blockKey - lastBlockKey);
        blocks.number(writeSection());
        lastBlockKey = blockKey;
        blockCount++;
    }

    /** Where the next group begins and ends; groups of a piece touch each other. */
    void group(long from, long to) throws IOException {
        if (groupCount == 0) {
            endPostings();
        }
        if (section.length() == 0) {
            section.number(from);
        }
        section.signed(to - from - Run.GROUP);
        groupCount++;
        if (groupCount % Run.PAGE == 0) {
            endPage();
        }
    }

    private void endPostings() throws IOException {
        endEntry();
        if (section.length() > 0) {
            endBlock();
        }
    }

    private void endPage() throws IOException {
        pages.number(writeSection());
        pageCount++;
    }

    void finish() throws IOException {
        if (groupCount == 0) {
            endPostings();
        } else if (section.length() > 0) {
            endPage();
        }
        section.number(pieces.size());
        pieces.forEach(piece -> piece.write(section));
        section.number(blockCount);
        section.bytes(blocks.take());
        section.number(pageCount);
        section.bytes(pages.take());
        filter.write(section);
        int summary = section.length();
        section.bytes(ByteBuffer.allocate(Run.FOOTER - Run.CHECKSUM)
                .putLong(position)
                .putInt(summary)
                .putInt(Run.VERSION)
                .putLong(Run.MAGIC)
                .array());
        writeSection();
    }

    /** @return its length with the checksum */
    private int writeSection() throws IOException {
        byte[] bytes = section.take();
        out.write(bytes);
        out.write(ByteBuffer.allocate(Run.CHECKSUM)
                .putInt(Run.checksum(name, position, bytes, 0, bytes.length))
                .array());
        int length = bytes.length + Run.CHECKSUM;
        position += length;
        return length;
    }
}
