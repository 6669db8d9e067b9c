package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Engine;
import io.themis.enrichment.LakeListing.Listed;
import io.themis.index.FileAnswer;
import io.themis.request.DataSubjectRequest;
import io.themis.request.NotYetException;
import io.themis.request.ReadableError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
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
    /** Requests that have a place, with how many datasets each waits for. */
    private final Map<UUID, Integer> present = new HashMap<>();

    private final Set<UUID> turnedAway = new HashSet<>();
    private final Set<Thread> atWork = ConcurrentHashMap.newKeySet();
    private final int room;
    private LakeEngine engine;

    /**
     * @param room how many requests may wait at the same time
     * @param connect is asked once, when the engine is needed
     */
    EngineSearches(DataMap map, LakeListing listing, int room, Supplier<LakeEngine> connect) {
        this.map = map;
        this.listing = listing;
        this.room = room;
        this.connect = connect;
    }

    /**
     * Whether there is a place for the request; it is the request's until the exchange ends. One without a place leaves the dataset
     * unanswered, and comes again.
     */
    public synchronized boolean enter(Exchange exchange, DataSubjectRequest request, String dataset) {
        if (map.dataset(dataset).engine() == Engine.THEMIS) {
            return true;
        }
        UUID id = request.id();
        if (!present.containsKey(id) && present.size() >= room) {
            turnedAway.add(id);
            return false;
        }
        present.merge(id, 1, Integer::sum);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange ended) {
                leave(id);
            }
        });
        return true;
    }

    private synchronized void leave(UUID request) {
        present.computeIfPresent(request, (id, datasets) -> datasets == 1 ? null : datasets - 1);
    }

    /** @throws NotYetException if the request found no place */
    public synchronized void requireEntered(DataSubjectRequest request) {
        if (turnedAway.remove(request.id())) {
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
        atWork.add(Thread.currentThread());
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
            atWork.remove(Thread.currentThread());
        }
    }

    /** This replica stops; so does what an engine does for it. */
    @Override
    public void close() {
        atWork.forEach(Thread::interrupt);
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
