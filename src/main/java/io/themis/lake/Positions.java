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
