package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset.Engine;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EngineQueue;
import io.themis.request.EngineQueue.Waiting;
import io.themis.request.NotYetException;
import io.themis.request.ReadableError;
import io.themis.request.Requests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
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
    private final DataMap map;
    private final Requests requests;
    private final Semaphore room;

    EngineJobs(
            EngineQueue queue,
            EngineSearches engine,
            LakeSearches searches,
            DataMap map,
            Requests requests,
            @Value("${db-scheduler.threads}") int stepsAtTheSameTime) {
        this.queue = queue;
        this.engine = engine;
        this.searches = searches;
        this.map = map;
        this.requests = requests;
        room = new Semaphore(Math.max(1, stepsAtTheSameTime - STEPS_FOR_OTHERS));
    }

    /**
     * Somebody whom a job is for.
     *
     * @param search the id of theirs
     */
    public record Member(UUID search, DataSubjectRequest request, EngineSeat seat) {}

    /**
     * A job that is under way.
     *
     * @param members whom it is for, who leads it first; none if there is nothing to be asked any more
     */
    public record Job(UUID id, String dataset, List<Member> members) {

        /** How many people it is for. */
        public int size() {
            return members.size();
        }

        private List<UUID> searches() {
            return members.stream().map(Member::search).toList();
        }
    }

    /** Whether there is something to ask the engine for the request. */
    public boolean isWaiting(DataSubjectRequest request, String dataset) {
        return queue.isWaiting(request.id(), dataset);
    }

    /**
     * Begins a job for the request and all who may share it. It must be {@link #end}ed.
     *
     * @throws NotYetException if another job of the dataset is under way, or too many of others are on this replica
     */
    public Job begin(DataSubjectRequest request, String dataset) {
        if (!room.tryAcquire()) {
            throw new NotYetException("waits until another engine has searched other datasets");
        }
        try {
            return begin(request, dataset, queue.lead(request.id(), dataset));
        } catch (RuntimeException | Error e) {
            room.release();
            throw e;
        }
    }

    private Job begin(DataSubjectRequest request, String dataset, EngineQueue.Job led) {
        try {
            if (isForEngine(dataset)) {
                Job job = new Job(led.id(), dataset, members(request, dataset, led.waiting()));
                queue.keepOnly(job.id(), job.searches());
                return job;
            }
            endWithout(led, dataset);
            return new Job(led.id(), dataset, List.of());
        } catch (RuntimeException | Error e) {
            queue.end(led.id());
            throw e;
        }
    }

    private boolean isForEngine(String name) {
        return map.datasets().stream()
                .anyMatch(dataset -> dataset.name().equals(name) && dataset.engine() != Engine.THEMIS);
    }

    /** The data map is another one by now: the dataset is Themis' own, or is not at all. */
    private void endWithout(EngineQueue.Job led, String name) {
        if (map.datasets().stream().anyMatch(dataset -> dataset.name().equals(name))) {
            led.waiting().forEach(each -> queue.answer(led.id(), each.search(), EngineAnswer.NOTHING));
        } else if (!led.waiting().isEmpty()) {
            queue.forget(led.waiting().stream().map(Waiting::search).toList());
        }
    }

    /** The first, and as many others as there is memory for. */
    private List<Member> members(DataSubjectRequest request, String dataset, List<Waiting> waiting) {
        List<Member> members = new ArrayList<>();
        long files = 0;
        for (Waiting each : waiting) {
            boolean isOwn = each.request().equals(request.id());
            try {
                DataSubjectRequest asks = isOwn ? request : requests.get(each.request());
                EngineSeat seat = new EngineSeat(searches.plan(asks, dataset));
                files += seat.queries().size();
                if (files > MOST_FILES && !isOwn) {
                    break;
                }
                members.add(new Member(each.search(), asks, seat));
            } catch (RuntimeException e) {
                if (isOwn) {
                    throw e;
                }
                LOG.warn(
                        "dataset {}: request {} is not searched for together with others: {}",
                        dataset,
                        each.request(),
                        ReadableError.of(e));
            }
        }
        return members;
    }

    /**
     * Has the engine search, and keeps what it tells.
     *
     * @return requests of others whose gathering may go on
     * @throws EngineFailedException if it would fail for anybody, or the request database is away
     * @throws IOException if it fails, or what it found for the only member can't be kept
     */
    public List<DataSubjectRequest> search(Job job) throws IOException {
        engine.search(
                map.dataset(job.dataset()),
                job.members().stream().map(Member::seat).toList());
        LOG.info("dataset {}: another engine has searched for {} at once", job.dataset(), job.size());
        try {
            List<DataSubjectRequest> served = serve(job);
            queue.rejoin(job.id(), job.dataset());
            return served;
        } catch (DataAccessException e) {
            throw new EngineFailedException(
                    "what another engine has told can't be kept, as the request database does not answer: "
                            + ReadableError.of(e));
        }
    }

    private List<DataSubjectRequest> serve(Job job) throws IOException {
        List<DataSubjectRequest> served = new ArrayList<>();
        for (Member member : job.members().subList(1, job.size())) {
            if (serve(job, member)) {
                served.add(member.request());
            }
        }
        // Last, as its step may be taken for done from then on
        serve(job, job.members().get(0));
        return served;
    }

    private boolean serve(Job job, Member member) throws IOException {
        try {
            return queue.answer(job.id(), member.search(), member.seat().answer());
        } catch (IOException | DataIntegrityViolationException e) {
            if (job.size() == 1) {
                throw e;
            }
            LOG.warn(
                    "dataset {}: request {} is searched for alone: {}",
                    job.dataset(),
                    member.request().id(),
                    ReadableError.of(e));
            queue.separate(List.of(member.search()));
            return false;
        }
    }

    /**
     * A job has failed, maybe for one of its members.
     *
     * @param why without personal data
     * @throws NotYetException always: it is begun anew
     */
    public void separate(Job job, Exception why) {
        queue.separate(job.searches());
        throw new NotYetException("another engine is to search %s once more, for %d it failed: %s"
                .formatted(job.dataset(), job.size(), ReadableError.of(why)));
    }

    /** The job has ended, well or not. */
    public void end(Job job) {
        room.release();
        queue.end(job.id());
    }

    /** @throws NotYetException if the request has to be searched for once more */
    public void requireServed(DataSubjectRequest request, String dataset) {
        if (queue.isWaiting(request.id(), dataset)) {
            throw new NotYetException("waits for another engine's search of %s, with fewer others".formatted(dataset));
        }
    }

    /** The request whose step may lead the next job; none if nobody waits. */
    public List<UUID> next(String dataset) {
        return queue.next(dataset).stream().toList();
    }
}
