package io.themis.index;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntToLongFunction;

/** Reads sections of a run one after another. Memory: two reads, of which one is on its way. */
final class SectionStream {

    private static final int A_READ = 256 << 10;

    private final IndexStore store;
    private final String run;
    private final int count;
    private final IntToLongFunction begins;

    private int section = -1;
    private int first;
    private int after;
    private byte[] bytes;
    private CompletableFuture<byte[]> coming;
    private int afterComing;

    /** @param begins where each section begins; that of the next is where it ends */
    SectionStream(IndexStore store, String run, int count, IntToLongFunction begins) {
        this.store = store;
        this.run = run;
        this.count = count;
        this.begins = begins;
        request();
    }

    private void request() {
        int from = afterComing;
        while (afterComing < count
                && (afterComing == from || begins.applyAsLong(afterComing + 1) - begins.applyAsLong(from) <= A_READ)) {
            afterComing++;
        }
        coming = afterComing == from
                ? null
                : store.read(run, begins.applyAsLong(from), (int)
                        (begins.applyAsLong(afterComing) - begins.applyAsLong(from)));
    }

    /**
     * Goes to the next section.
     *
     * @return whether there is one
     * @throws java.nio.file.NoSuchFileException if the run has been replaced
     */
    boolean advance() throws IOException {
        section++;
        if (section == after && coming != null) {
            bytes = Reads.join(coming);
            first = after;
            after = afterComing;
            request();
        }
        return section < count;
    }

    int section() {
        return section;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Where in the bytes the section begins. */
    int at() {
        return (int) (begins.applyAsLong(section) - begins.applyAsLong(first));
    }
}
