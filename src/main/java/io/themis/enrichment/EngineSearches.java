package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Engine;
import io.themis.enrichment.LakeListing.Listed;
import io.themis.index.FileAnswer;
import io.themis.request.NotYetException;
import io.themis.request.ReadableError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has files of a plan searched by another engine, where the data map names one, in one job for all who wait for it. There is a job of a
 * dataset at a time. One that fails for several is begun anew for each alone, so that nobody's answer depends on who else has asked.
 *
 * <p>Who waits holds a thread of those that do this replica's steps, and a job may take hours. So some are kept for others.
 */
public class EngineSearches implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineSearches.class);

    private final DataMap map;
    private final LakeListing listing;
    private final Supplier<LakeEngine> connect;
    private final Turns<EngineSeat> turns = new Turns<>();
    private final Set<Thread> present = ConcurrentHashMap.newKeySet();
    private final int room;
    private LakeEngine engine;

    /**
     * @param room how many may wait at the same time
     * @param connect is asked once, when the engine is needed
     */
    EngineSearches(DataMap map, LakeListing listing, int room, Supplier<LakeEngine> connect) {
        this.map = map;
        this.listing = listing;
        this.room = room;
        this.connect = connect;
    }

    /** @throws NotYetException if so many wait for an engine that other work would wait for them */
    public void requireRoom(String dataset) {
        if (map.dataset(dataset).engine() != Engine.THEMIS && present.size() >= room) {
            throw new NotYetException("waits until another engine has answered others");
        }
    }

    /**
     * What is left to be read by Themis itself, with the results of what is not. Where an index knows the places of rows, reading them is
     * quicker than any engine.
     *
     * @throws IOException if the engine can't be reached, or fails
     */
    public LakePlan search(LakePlan plan) throws IOException {
        if (plan.queries().isEmpty()) {
            return plan;
        }
        Dataset dataset = plan.queries().get(0).dataset();
        if (dataset.engine() == Engine.THEMIS || plan.queries().stream().noneMatch(EngineSearches::isForEngine)) {
            return plan;
        }
        present.add(Thread.currentThread());
        try {
            EngineSeat seat = new EngineSeat(plan);
            turns.take(dataset.name(), seat);
            if (!seat.isDone()) {
                lead(dataset, seat);
            }
            if (seat.isAlone()) {
                run(dataset, List.of(seat));
            }
            return seat.answer();
        } finally {
            present.remove(Thread.currentThread());
        }
    }

    /** This replica stops; so does what an engine does for it. */
    @Override
    public void close() {
        present.forEach(Thread::interrupt);
    }

    static boolean isForEngine(LakeFileQuery query) {
        return query.places() instanceof FileAnswer.Unknown;
    }

    private void lead(Dataset dataset, EngineSeat first) throws IOException {
        List<EngineSeat> seats = turns.begin(dataset.name());
        try {
            run(dataset, seats);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (seats.size() == 1) {
                throw e;
            }
            LOG.warn(
                    "dataset {}: {} searches go on each by itself: {}",
                    dataset.name(),
                    seats.size(),
                    ReadableError.of(e));
            seats.forEach(EngineSeat::goAlone);
        } finally {
            turns.end(dataset.name(), seats);
        }
    }

    private void run(Dataset dataset, List<EngineSeat> seats) throws IOException {
        EngineJob job = new EngineJob(dataset, seats, listed(dataset));
        try {
            engine().search(job);
            if (job.isSilent()) {
                LOG.warn(
                        "dataset {}: the engine tells of none of {} files, and Themis reads them all; does themis.spark.lake name the lake's container?",
                        dataset.name(),
                        job.files().size());
            }
            // What has changed meanwhile the engine may have read in part as it was and in part as it is
            job.keepOnly(listed(dataset));
            for (EngineSeat seat : seats) {
                seat.serve();
            }
        } finally {
            job.end();
        }
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
