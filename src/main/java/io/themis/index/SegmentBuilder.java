package io.themis.index;

import io.themis.lake.RowKeys;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Learns from a scan which keys are where in a file, and stores it as runs when the scan has ended. A scan that did not get
 * to the end of the file is not to be finished: the file stays unknown.
 *
 * <p>Memory: 16 bytes a key of a row, for a million of them at most; then what is known is stored as a piece of the file.
 * Not for several threads.
 */
public final class SegmentBuilder implements RowKeys {

    /** Keys of a group, at most. */
    private static final int MOST_OF_A_GROUP = 1 << 12;

    /**
     * More, and eight files at a time would take half of a small heap. A piece ends with a group: what the last one adds
     * still fits into an array of a million.
     */
    private static final int MOST_PAIRS = (1 << 20) - MOST_OF_A_GROUP;

    /** A pair is a key and, in the lower bits, the group in which it is. */
    private static final int GROUP_BITS = 24;

    private static final int MOST_GROUPS = 1 << GROUP_BITS;

    /** Four rounds go through the 40 bits of a key. */
    private static final int DIGIT_BITS = 10;

    private static final int DIGITS = 1 << DIGIT_BITS;

    private final LakeIndex index;
    private final String definition;
    private final FileVersion file;
    private final boolean isRanged;
    private final int mostPairs;

    private long[] pairs = new long[1024];
    private int pairCount;

    /** Where each group of the piece begins. */
    private long[] groups = new long[64];

    private int groupCount;
    private long nextGroup;

    private long pieceFrom;
    private long lastRow = -1;
    private boolean isAbandoned;
    private IOException failure;

    SegmentBuilder(LakeIndex index, String definition, FileVersion file, boolean isRanged) {
        this(index, definition, file, isRanged, MOST_PAIRS);
    }

    SegmentBuilder(LakeIndex index, String definition, FileVersion file, boolean isRanged, int mostPairs) {
        this.index = index;
        this.definition = definition;
        this.file = file;
        this.isRanged = isRanged;
        this.mostPairs = mostPairs;
    }

    @Override
    public void row(long offset) {
        if (isAbandoned) {
            return;
        }
        if (offset <= lastRow || isRanged && offset >= file.length()) {
            throw new IllegalArgumentException("no row can begin at %d, after one at %d in a file of %d bytes"
                    .formatted(offset, lastRow, file.length()));
        }
        lastRow = offset;
        boolean isFull = pairCount >= mostPairs || groupCount == MOST_GROUPS;
        if (groupCount == 0 || offset >= nextGroup || isFull && !isRanged) {
            if (isFull) {
                endPiece(offset, false);
            }
            beginGroup(offset);
        }
    }

    private void beginGroup(long offset) {
        if (groupCount == groups.length) {
            groups = Arrays.copyOf(groups, 2 * groupCount);
        }
        groups[groupCount++] = offset;
        nextGroup = isRanged ? offset + Run.GROUP : Long.MAX_VALUE;
    }

    @Override
    public void key(long hash) {
        if (isAbandoned) {
            return;
        }
        if (groupCount == 0 && isRanged) {
            throw new IllegalStateException("a key before the first row");
        }
        if (groupCount == 0) {
            row(0);
        }
        if (!isRanged && pairCount >= mostPairs + MOST_OF_A_GROUP) {
            // Of such a file the parser does not say where rows begin. To make pieces anywhere else would not be the
            // same in each scan
            isAbandoned = true;
            pairs = new long[0];
            return;
        }
        long pair = Run.key(hash) << GROUP_BITS | groupCount - 1;
        if (pairCount > 0 && pairs[pairCount - 1] == pair) {
            return;
        }
        if (pairCount == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * pairCount);
        }
        pairs[pairCount++] = pair;
    }

    /** Of a file that is read from its beginning only, offsets do not matter; of another one, nothing can be told. */
    @Override
    public void withoutOffsets() {
        isAbandoned |= isRanged;
    }

    /**
     * The file has been read to its end, and is what was listed: its version and its length are those that were given.
     *
     * @throws IOException if not everything could be stored; the file stays unknown
     */
    public void finish() throws IOException {
        if (isAbandoned) {
            return;
        }
        endPiece(isRanged ? file.length() : lastRow + 1, true);
        if (failure != null) {
            throw failure;
        }
    }

    /** A store that fails does not stop the scan: its rows do not depend on the index. */
    private void endPiece(long to, boolean isLast) {
        if (failure == null) {
            try {
                store(to, isLast);
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                // Such as a client's own exception for a connection that breaks
                failure = new IOException("what was learnt could not be stored", e);
            }
        }
        pieceFrom = to;
        pairCount = 0;
        groupCount = 0;
    }

    private void store(long to, boolean isLast) throws IOException {
        long rowsBegin = groupCount == 0 ? to : groups[0];
        Piece piece = new Piece(file, pieceFrom, rowsBegin, to, isLast, isRanged, groupCount);
        long[] sorted = sortByKey(pairs, pairCount);
        index.put(definition, List.of(piece), pairCount, run -> {
            for (int i = 0; i < pairCount; i++) {
                run.posting(sorted[i] >>> GROUP_BITS, (int) sorted[i] & MOST_GROUPS - 1);
            }
            for (int i = 0; i < groupCount; i++) {
                run.group(groups[i], i + 1 < groupCount ? groups[i + 1] : to);
            }
        });
    }

    /**
     * Radix sort over the bits of the key. It leaves groups of a key in the order in which they came, which is theirs, and
     * takes a fifth of the time of a sort that compares.
     *
     * @return the given array, or another; its first {@code length} are sorted
     */
    private static long[] sortByKey(long[] pairs, int length) {
        long[] from = pairs;
        long[] to = new long[length];
        for (int shift = GROUP_BITS; shift < Long.SIZE; shift += DIGIT_BITS) {
            int[] next = new int[DIGITS + 1];
            for (int i = 0; i < length; i++) {
                next[((int) (from[i] >>> shift) & DIGITS - 1) + 1]++;
            }
            for (int i = 0; i < DIGITS; i++) {
                next[i + 1] += next[i];
            }
            for (int i = 0; i < length; i++) {
                to[next[(int) (from[i] >>> shift) & DIGITS - 1]++] = from[i];
            }
            long[] sorted = to;
            to = from;
            from = sorted;
        }
        return from;
    }
}
