package io.themis.lake;

import java.util.Arrays;

/** Places in a buffer, ascending; used over and over. */
final class Positions {

    private int[] all = new int[256];
    private int size;
    private int next;

    void clear() {
        size = 0;
        next = 0;
    }

    void add(int position) {
        if (size == all.length) {
            all = Arrays.copyOf(all, 2 * size);
        }
        all[size++] = position;
    }

    /** @param bits a one for each of the 64 places behind the first, the first place's lowest */
    void addAll(long bits, int first) {
        if (size + Long.SIZE > all.length) {
            all = Arrays.copyOf(all, 2 * all.length);
        }
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            all[size++] = first + Long.numberOfTrailingZeros(rest);
        }
    }

    int size() {
        return size;
    }

    int get(int i) {
        return all[i];
    }

    /** The first place from there on that was not passed yet; {@code Integer.MAX_VALUE} if there is none. */
    int passTo(int from) {
        while (next < size && all[next] < from) {
            next++;
        }
        return next < size ? all[next] : Integer.MAX_VALUE;
    }
}
