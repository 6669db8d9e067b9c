package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Engine;
import io.themis.enrichment.LakeListing.Listed;
import io.themis.index.FileAnswer;
import io.themis.request.ReadableError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has files of a plan searched by another engine, where the data map names one, in one job for all who wait for it. There is a job of a
 * dataset at a time. One that fails for several is begun anew for each alone, so that nobody's answer depends on who else has asked.
 */
public class EngineSearches {

    private static final Logger LOG = LoggerFactory.getLogger(EngineSearches.class);

    private final LakeListing listing;
    private final Supplier<LakeEngine> connect;
    private final Turns<EngineSeat> turns = new Turns<>();
    private LakeEngine engine;

    /** @param connect is asked once, when the engine is needed */
    EngineSearches(LakeListing listing, Supplier<LakeEngine> connect) {
        this.listing = listing;
        this.connect = connect;
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
        EngineSeat seat = new EngineSeat(plan);
        turns.take(dataset.name(), seat);
        if (!seat.isDone()) {
            lead(dataset, seat);
        }
        if (seat.isAlone()) {
            run(dataset, List.of(seat));
        }
        return seat.answer();
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
