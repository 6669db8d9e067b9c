package io.themis.enrichment;

import io.themis.datamap.Dataset.Engine;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EngineQueue;
import io.themis.request.EngineQueue.Waiting;
import io.themis.request.NotYetException;
import io.themis.request.ReadableError;
import io.themis.request.Requests;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Jobs of another engine, each for all requests that wait for a dataset. A step leads one, and holds a thread of those that do this
 * replica's steps, maybe for hours. So some are kept for others.
 */
@Component
public class EngineJobs {

    private static final Logger LOG = LoggerFactory.getLogger(EngineJobs.class);

    /** For mails, packages and erasures. */
    private static final int STEPS_FOR_OTHERS = 3;

    /** Of everybody in a job. What is known of each takes some hundred bytes. */
    private static final long MOST_FILES = 250_000;

    private final EngineQueue queue;
    private final EngineSearches engine;
    private final LakeSearches searches;
    private final Datasets datasets;
    private final Requests requests;
    private final int room;
    private final Set<String> underWay = new HashSet<>();

    EngineJobs(
            EngineQueue queue,
            EngineSearches engine,
            LakeSearches searches,
            Datasets datasets,
            Requests requests,
            @Value("${db-scheduler.threads}") int stepsAtTheSameTime) {
        this.queue = queue;
        this.engine = engine;
        this.searches = searches;
        this.datasets = datasets;
        this.requests = requests;
        room = Math.max(1, stepsAtTheSameTime - STEPS_FOR_OTHERS);
    }

    /**
     * Begins a job for the request and all who may share it. It must {@link #end}.
     *
     * @return those whom it is for, the request first; none if it has been served
     * @throws NotYetException if another job of the dataset is under way, or too many of others are on this replica
     */
    public List<Waiting> begin(DataSubjectRequest request, String dataset) {
        synchronized (underWay) {
            if (underWay.size() >= room) {
                throw new NotYetException("waits until another engine has searched other datasets");
            }
            underWay.add(name(request, dataset));
        }
        try {
            return queue.lead(request.id(), dataset);
        } catch (RuntimeException e) {
            end(request, dataset);
            throw e;
        }
    }

    private static String name(DataSubjectRequest request, String dataset) {
        return request.id() + "/" + dataset;
    }

    /**
     * Has the engine search, and keeps what it tells.
     *
     * @param waiting as {@link #begin} gave them
     * @throws IOException if the engine can't be reached, or fails, or what it found for the only one who waits can't be kept
     */
    public void search(DataSubjectRequest request, String dataset, List<Waiting> waiting) throws IOException {
        Map<UUID, EngineSeat> seats = seats(request, dataset, waiting);
        if (datasets.get(dataset).engine() == Engine.THEMIS) {
            // The data map is another one by now
            seats.keySet().forEach(search -> queue.answer(search, request.id(), EngineAnswer.NOTHING));
            return;
        }
        engine.search(datasets.get(dataset), List.copyOf(seats.values()));
        queue.rejoin(dataset);
        for (Map.Entry<UUID, EngineSeat> each : seats.entrySet()) {
            if (each.getValue().hasDroppedOut() && seats.size() > 1) {
                queue.separate(List.of(each.getKey()));
            } else {
                queue.answer(each.getKey(), request.id(), each.getValue().answer());
            }
        }
        LOG.info("dataset {}: another engine has searched for {} at once", dataset, seats.size());
    }

    /** Of the first, and of as many others as there is memory for. */
    private Map<UUID, EngineSeat> seats(DataSubjectRequest request, String dataset, List<Waiting> waiting) {
        Map<UUID, EngineSeat> seats = new LinkedHashMap<>();
        long files = 0;
        for (Waiting each : waiting) {
            boolean isOwn = each.request().equals(request.id());
            try {
                EngineSeat seat =
                        new EngineSeat(searches.plan(isOwn ? request : requests.get(each.request()), dataset));
                files += seat.queries().size();
                if (files > MOST_FILES && !isOwn) {
                    break;
                }
                seats.put(each.search(), seat);
            } catch (RuntimeException e) {
                if (isOwn) {
                    throw e;
                }
                LOG.warn(
                        "dataset {}: the search for {} is not planned together with others: {}",
                        dataset,
                        each.request(),
                        ReadableError.of(e));
            }
        }
        return seats;
    }

    /**
     * A job has failed, maybe for one of them.
     *
     * @param why without personal data
     */
    public void separate(String dataset, List<Waiting> waiting, Exception why) {
        LOG.warn(
                "dataset {}: {} searches are begun anew, not all of them together: {}",
                dataset,
                waiting.size(),
                ReadableError.of(why));
        queue.separate(waiting.stream().map(Waiting::search).toList());
    }

    /** The job has ended, well or not. */
    public void end(DataSubjectRequest request, String dataset) {
        synchronized (underWay) {
            underWay.remove(name(request, dataset));
        }
        queue.leave(request.id(), dataset);
    }

    /** @throws NotYetException if the request has to be searched for once more */
    public void requireServed(DataSubjectRequest request, String dataset) {
        if (queue.isWaiting(request.id(), dataset)) {
            throw new NotYetException("waits for another engine's search of %s, with fewer others".formatted(dataset));
        }
    }
}
