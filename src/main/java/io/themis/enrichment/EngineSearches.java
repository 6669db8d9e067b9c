package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Engine;
import io.themis.enrichment.LakeListing.Listed;
import io.themis.index.FileAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Has another engine search files of plans, where the data map names one. For any number of threads. */
public class EngineSearches implements AutoCloseable {

    private final LakeListing listing;
    private final LakeProgress progress;
    private final Supplier<LakeEngine> connect;
    private final Set<Thread> atWork = ConcurrentHashMap.newKeySet();
    private LakeEngine engine;

    /** @param connect is asked once, when the engine is needed */
    EngineSearches(LakeListing listing, LakeProgress progress, Supplier<LakeEngine> connect) {
        this.listing = listing;
        this.progress = progress;
        this.connect = connect;
    }

    /** Whether there is something in the plan for the engine. Where an index knows the places of rows, reading them is quicker than any. */
    static boolean isFor(LakePlan plan) {
        return !plan.queries().isEmpty()
                && plan.dataset().engine() != Engine.THEMIS
                && plan.queries().stream().anyMatch(EngineSearches::isForEngine);
    }

    static boolean isForEngine(LakeFileQuery query) {
        return query.places() instanceof FileAnswer.Unknown;
    }

    /**
     * What is left to be read by Themis itself, with the results of what is not, after a job for nobody else.
     *
     * @throws IOException if the engine can't be reached, or fails
     */
    public LakePlan search(LakePlan plan) throws IOException {
        if (!isFor(plan)) {
            return plan;
        }
        EngineSeat seat = new EngineSeat(plan);
        search(plan.dataset(), List.of(seat));
        return plan.answered(seat.answer());
    }

    /**
     * One job for several people. What it told is then with their seats, unless they have dropped out.
     *
     * @throws EngineFailedException if the engine would fail for anybody, or this replica stops
     * @throws IOException if it fails
     */
    void search(Dataset dataset, List<EngineSeat> seats) throws IOException {
        atWork.add(Thread.currentThread());
        EngineJob job =
                new EngineJob(dataset, seats, listed(dataset), bytes -> progress.engineHasRead(dataset.name(), bytes));
        try {
            engine().search(job);
            // What has changed meanwhile the engine may have read in part as it was and in part as it is
            job.keepOnly(listed(dataset));
            seats.forEach(EngineSeat::end);
        } catch (InterruptedIOException e) {
            throw new EngineFailedException(e.getMessage());
        } finally {
            job.end();
            atWork.remove(Thread.currentThread());
        }
    }

    /** This replica stops; so does what an engine does for it. */
    @Override
    public void close() {
        atWork.forEach(Thread::interrupt);
    }

    private Map<String, Listed> listed(Dataset dataset) {
        Map<String, Listed> files = new HashMap<>();
        listing.of(dataset.lakePath()).forEach(file -> files.put(file.file().name(), file));
        return files;
    }

    private synchronized LakeEngine engine() {
        if (engine == null) {
            engine = connect.get();
        }
        return engine;
    }
}
