package io.themis.index;

import java.io.IOException;
import java.util.Arrays;

/** Goes through the entries of a run in the order of their keys. Memory: a block, and what a {@link SectionStream} needs. */
final class RunCursor {

    private final Run run;
    private final SectionStream blocks;

    private long[] keys = new long[64];
    private int[][] groups = new int[64][];
    private int count;
    private int at = -1;

    RunCursor(IndexStore store, Run run) {
        this.run = run;
        blocks = new SectionStream(store, run.stored().name(), run.blockCount(), run::block);
    }

    /** @return whether there is another entry */
    boolean advance() throws IOException {
        at++;
        if (at == count && blocks.advance()) {
            at = 0;
            count = 0;
            run.readBlock(blocks.section(), blocks.bytes(), blocks.at(), this::keep);
        }
        return at < count;
    }

    private void keep(long key, int length, SectionReader in) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, 2 * count);
            groups = Arrays.copyOf(groups, 2 * count);
        }
        int[] of = new int[length];
        int group = 0;
        for (int i = 0; i < length; i++) {
            group += in.smallNumber();
            of[i] = group;
        }
        keys[count] = key;
        groups[count++] = of;
    }

    long key() {
        return keys[at];
    }

    int[] groups() {
        return groups[at];
    }
}
