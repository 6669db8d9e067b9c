package io.themis.request;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The searches of lake datasets that wait for another engine. There is one job of a dataset at a time. A step of one request leads it,
 * for all requests that wait then, whichever replicas they are on.
 *
 * <p>A job may fail for what one of them looks for. So it is begun anew for half of them at most, until whoever it fails for is alone; one
 * that goes well lets twice as many be together again.
 */
@Repository
public class EngineQueue {

    /** The step that leads a job is called {@code search-by-engine.<dataset>}. */
    static final String STEP = "search-by-engine.";

    /** Each may have rows in one file, and those of a file are in memory together, some of them. */
    private static final int MOST_TOGETHER = 250;

    /** For the end of a job of hours. Who is served by it is woken, and so is who leads the next. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** A step that is done, or is no more, can't have the search done any more. */
    private static final String WAITS = """
            s.engine_asked_at IS NOT NULL AND s.engine_answer IS NULL AND EXISTS (SELECT FROM request_step t
                WHERE t.request_id = s.request_id AND t.name = '%s' || s.dataset AND t.state <> '%s')
            """.formatted(STEP, Step.State.DONE);

    private final JdbcClient jdbc;
    private final JsonText json;
    private final Clock clock;

    EngineQueue(JdbcClient jdbc, ObjectMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.json = new JsonText(json);
        this.clock = clock;
    }

    /** One that waits. */
    public record Waiting(UUID search, UUID request) {}

    /**
     * A job that is under way.
     *
     * @param waiting the leading request's search first, and then those that have waited longest; none if it does not wait any more
     */
    public record Job(UUID id, List<Waiting> waiting) {}

    /** A search that others are to do waits for the engine from now on. */
    public void join(UUID search) {
        jdbc.sql("UPDATE shared_search SET engine_asked_at = :now, most_together = :most WHERE id = :search")
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("most", MOST_TOGETHER)
                .param("search", search)
                .update();
    }

    /** Whether the engine is to search for the request, and has not told. */
    public boolean isWaiting(UUID request, String dataset) {
        return mostTogether(request, dataset).isPresent();
    }

    /** @throws NotYetException if it is */
    public void requireAnswered(UUID request, String dataset) {
        if (isWaiting(request, dataset)) {
            throw new NotYetException("waits until another engine has searched %s".formatted(dataset), LONGEST_WAIT);
        }
    }

    private Optional<Integer> mostTogether(UUID request, String dataset) {
        return jdbc.sql("""
                        SELECT s.most_together FROM shared_search s
                        WHERE s.request_id = :request AND s.dataset = :dataset AND
                        """ + WAITS)
                .param("request", request)
                .param("dataset", dataset)
                .query(Integer.class)
                .optional();
    }

    /**
     * Begins a job for the request and all who may share it. It must be {@link #end}ed, however it goes.
     *
     * @throws NotYetException if another step leads a job of the dataset
     */
    @Transactional
    public Job lead(UUID request, String dataset) {
        dropLost(request, dataset);
        UUID id = UUID.randomUUID();
        boolean leads = jdbc.sql("""
                        INSERT INTO engine_job (dataset, id, led_by) VALUES (:dataset, :id, :request)
                        ON CONFLICT (dataset) DO NOTHING""")
                        .param("dataset", dataset)
                        .param("id", id)
                        .param("request", request)
                        .update()
                == 1;
        if (!leads) {
            throw new NotYetException(
                    "waits until another engine has searched %s for others".formatted(dataset), LONGEST_WAIT);
        }
        List<Waiting> together = mostTogether(request, dataset)
                .map(most -> together(request, dataset, most))
                .orElse(List.of());
        if (!together.isEmpty()) {
            jdbc.sql("UPDATE shared_search SET engine_job = :job WHERE id IN (:searches)")
                    .param("job", id)
                    .param("searches", together.stream().map(Waiting::search).toList())
                    .update();
        }
        return new Job(id, together);
    }

    /** The job is for fewer than it was begun for. */
    public void keepOnly(UUID job, Collection<UUID> searches) {
        jdbc.sql("UPDATE shared_search SET engine_job = NULL WHERE engine_job = :job AND NOT id = ANY (:searches)")
                .param("job", job)
                .param("searches", searches.toArray(UUID[]::new))
                .update();
    }

    private List<Waiting> together(UUID request, String dataset, int most) {
        return jdbc.sql("""
                        SELECT s.id, s.request_id FROM shared_search s
                        JOIN request_step t ON t.request_id = s.request_id AND t.name = :step
                        WHERE s.dataset = :dataset AND s.most_together >= :most AND t.state IN (:waiting, :running) AND
                        """ + WAITS + "ORDER BY s.request_id <> :request, s.engine_asked_at LIMIT :most")
                .param("request", request)
                .param("dataset", dataset)
                .param("step", STEP + dataset)
                .param("most", most)
                .param("waiting", Step.State.WAITING.name())
                .param("running", Step.State.RUNNING.name())
                .query((row, n) -> new Waiting(row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
                .list();
    }

    /**
     * A job that ended with its replica: an attempt of the step before this one, or of one that is no more. Maybe the replica ended for what
     * the job looked for.
     */
    private void dropLost(UUID request, String dataset) {
        jdbc.sql("""
                        WITH lost AS (
                            DELETE FROM engine_job WHERE dataset = :dataset
                              AND (led_by = :request OR NOT EXISTS (SELECT FROM request_step
                                  WHERE request_id = led_by AND name = :step AND state = :running))
                            RETURNING id)
                        UPDATE shared_search s
                        SET most_together = greatest(1, (SELECT count(*) / 2 FROM shared_search WHERE engine_job = lost.id))
                        FROM lost WHERE s.engine_job = lost.id""")
                .param("dataset", dataset)
                .param("request", request)
                .param("step", STEP + dataset)
                .param("running", Step.State.RUNNING.name())
                .update();
    }

    /**
     * Keeps what a job has told of a search.
     *
     * @return false if the search has ended, or another job is under way by now
     */
    public boolean answer(UUID job, UUID search, Object answer) {
        return jdbc.sql("""
                        UPDATE shared_search SET engine_answer = :answer::jsonb
                        WHERE id = :search AND engine_answer IS NULL AND EXISTS (SELECT FROM engine_job WHERE id = :job)""")
                        .param("answer", json.write(answer))
                        .param("search", search)
                        .param("job", job)
                        .update()
                == 1;
    }

    /** What the engine has told of a search; nothing if it was not asked. */
    public <T> Optional<T> answer(UUID search, Class<T> type) {
        return jdbc.sql("SELECT engine_answer FROM shared_search WHERE id = :search AND engine_answer IS NOT NULL")
                .param("search", search)
                .query((row, n) -> json.read(row.getString(1), type))
                .optional();
    }

    /** Nobody needs these any more. */
    public void forget(Collection<UUID> searches) {
        jdbc.sql("DELETE FROM shared_search WHERE id IN (:searches)")
                .param("searches", searches)
                .update();
    }

    /** A job for these has failed, or could not serve them. */
    public void separate(Collection<UUID> searches) {
        jdbc.sql("UPDATE shared_search SET most_together = :most WHERE id IN (:searches)")
                .param("most", Math.max(1, searches.size() / 2))
                .param("searches", searches)
                .update();
    }

    /** A job has gone well, so others may be together again. Whose step has failed, alone, stays alone, and so does whom the job could not serve. */
    public void rejoin(UUID job, String dataset) {
        jdbc.sql("""
                        UPDATE shared_search s SET most_together = least(2 * s.most_together, :most) FROM request_step t
                        WHERE t.request_id = s.request_id AND t.name = :step AND t.state = :waiting AND t.attempts = 0
                          AND s.dataset = :dataset AND s.engine_job IS DISTINCT FROM :job AND
                        """ + WAITS)
                .param("job", job)
                .param("most", MOST_TOGETHER)
                .param("step", STEP + dataset)
                .param("waiting", Step.State.WAITING.name())
                .param("dataset", dataset)
                .update();
    }

    public void end(UUID job) {
        jdbc.sql("DELETE FROM engine_job WHERE id = :job").param("job", job).update();
    }

    /** The request that has waited longest, and whose step has not failed; nothing if nobody waits. */
    public Optional<UUID> next(String dataset) {
        return jdbc.sql("""
                        SELECT s.request_id FROM shared_search s
                        JOIN request_step t ON t.request_id = s.request_id AND t.name = :step
                        WHERE s.dataset = :dataset AND t.state = :waiting AND t.attempts = 0 AND
                        """ + WAITS + "ORDER BY s.engine_asked_at LIMIT 1")
                .param("dataset", dataset)
                .param("step", STEP + dataset)
                .param("waiting", Step.State.WAITING.name())
                .query(UUID.class)
                .optional();
    }
}
