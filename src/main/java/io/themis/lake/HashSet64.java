package io.themis.lake;

/** A set of 64-bit hashes, asked for each key of a file: open addressing, at most half full. */
final class HashSet64 {

    private final long[] slots;
    private final int mask;
    private boolean hasZero;

    HashSet64(int size) {
        slots = new long[Math.max(8, Integer.highestOneBit(Math.max(1, size)) * 4)];
        mask = slots.length - 1;
    }

    void add(long hash) {
        if (hash == 0) {
            hasZero = true;
            return;
        }
        int at = (int) hash & mask;
        while (slots[at] != 0 && slots[at] != hash) {
            at = at + 1 & mask;
        }
        slots[at] = hash;
    }

    boolean contains(long hash) {
        if (hash == 0) {
            return hasZero;
        }
        int at = (int) hash & mask;
        while (slots[at] != 0) {
            if (slots[at] == hash) {
                return true;
            }
            at = at + 1 & mask;
        }
        return false;
    }
}
