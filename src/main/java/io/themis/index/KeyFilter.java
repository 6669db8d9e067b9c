package io.themis.index;

import java.util.BitSet;

/**
 * A Bloom filter: says "not in here" of most keys that are not, and never of one that is.
 *
 * <p>Its size is found while keys are added: how many of several runs are the same is not known before they have been
 * merged. It begins with what is needed if none are, and is folded in half while it is too empty. The filter of the Parquet
 * library can't be.
 */
final class KeyFilter {

    /** 1 MiB, for a million keys. For more, reading the block that would hold the key is no dearer than the filter. */
    private static final int LARGEST = 1 << 23;

    private static final int SMALLEST = 64;
    private static final int BITS_A_KEY = 8;

    /** At 8 to 16 bits a key, 2 to 0.1 of 100 other keys are taken for one that is in. */
    private static final int PROBES = 6;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private BitSet bits;
    private int size;
    private long keys;

    /** @param mostKeys how many keys there can be */
    KeyFilter(long mostKeys) {
        long needed = Math.max(SMALLEST, Math.min(mostKeys, LARGEST) * BITS_A_KEY);
        size = needed >= LARGEST ? LARGEST : Integer.highestOneBit((int) needed - 1) * 2;
        bits = new BitSet(size);
    }

    private KeyFilter(BitSet bits, int size) {
        this.bits = bits;
        this.size = size;
    }

    /** Each key once. */
    void add(long key) {
        keys++;
        long mixed = key * GOLDEN;
        int at = (int) (mixed >>> 32);
        int step = (int) mixed | 1;
        for (int i = 0; i < PROBES; i++) {
            bits.set(at & size - 1);
            at += step;
        }
    }

    boolean mayHold(long key) {
        if (size == 0) {
            return true;
        }
        long mixed = key * GOLDEN;
        int at = (int) (mixed >>> 32);
        int step = (int) mixed | 1;
        for (int i = 0; i < PROBES; i++) {
            if (!bits.get(at & size - 1)) {
                return false;
            }
            at += step;
        }
        return true;
    }

    void write(SectionWriter out) {
        if (keys * BITS_A_KEY > size) {
            out.number(0);
            return;
        }
        while (size > SMALLEST && 2 * keys * BITS_A_KEY <= size) {
            size /= 2;
            BitSet upper = bits.get(size, 2 * size);
            bits.clear(size, 2 * size);
            bits.or(upper);
        }
        byte[] written = bits.toByteArray();
        out.number(size);
        out.number(written.length);
        out.bytes(written);
    }

    static KeyFilter read(SectionReader in) {
        int size = in.smallNumber();
        return size == 0
                ? new KeyFilter(new BitSet(), 0)
                : new KeyFilter(BitSet.valueOf(in.bytes(in.smallNumber())), size);
    }

    /** What it takes in memory. */
    int bytes() {
        return size / 8;
    }
}
