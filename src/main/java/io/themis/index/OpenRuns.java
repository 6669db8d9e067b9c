package io.themis.index;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.themis.index.IndexStore.Stored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Summaries of runs. Those that were used last stay in memory: a run never changes. */
final class OpenRuns {

    /** Enough for the summaries of a hundred gigabytes of narrow rows. */
    private static final long MOST_MEMORY = 32L << 20;

    /** With it comes the whole summary of most runs; that of a large one takes a second read. */
    private static final int TAIL = 64 << 10;

    private final IndexStore store;
    private final Cache<String, Run> cache = Caffeine.newBuilder()
            .maximumWeight(MOST_MEMORY)
            .weigher((String name, Run run) -> run.weight())
            .build();

    OpenRuns(IndexStore store) {
        this.store = store;
    }

    /**
     * Opens all that can be.
     *
     * @throws java.nio.file.NoSuchFileException if one has been replaced
     * @throws IOException if the store fails
     */
    List<Run> open(List<Stored> runs, Consumer<DamagedRunException> damage) throws IOException {
        List<Run> open = new ArrayList<>();
        Reads tails = new Reads(store, damage);
        Reads longTails = new Reads(store, damage);
        for (Stored run : runs) {
            Run known = cache.getIfPresent(run.name());
            // Of another length, it is not what was written
            if (known != null && known.stored().equals(run)) {
                open.add(known);
                continue;
            }
            if (run.size() == 0) {
                // Nothing to ask the store for
                damage.accept(new DamagedRunException(run.name(), "is empty"));
                continue;
            }
            addTail(tails, run, TAIL, tail -> {
                int needed = Run.summaryLength(run, tail);
                if (needed <= tail.length) {
                    open.add(keep(Run.open(run, tail)));
                } else {
                    addTail(longTails, run, needed, all -> open.add(keep(Run.open(run, all))));
                }
            });
        }
        tails.run();
        longTails.run();
        return open;
    }

    private static void addTail(Reads reads, Stored run, int wanted, Reads.Taker taker) {
        int length = (int) Math.min(run.size(), wanted);
        reads.add(run.name(), run.size() - length, length, taker);
    }

    private Run keep(Run run) {
        cache.put(run.stored().name(), run);
        return run;
    }
}
