package io.themis.request;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
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

    private static final int MOST_TOGETHER = 1_000;

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

    /** @param search has no place yet */
    public void join(UUID search) {
        jdbc.sql("INSERT INTO engine_search (search_id, asked_at, most_together) VALUES (:search, :now, :most)")
                .param("search", search)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("most", MOST_TOGETHER)
                .update();
    }

    /**
     * Takes all that may be searched for together with the request's, for the job that its step is about to lead. It must {@link #leave},
     * however that goes.
     *
     * @return the request's search first, and then those that have waited longest; none if it does not wait any more
     * @throws NotYetException if another step leads a job of the dataset
     */
    @Transactional
    public List<Waiting> lead(UUID request, String dataset) {
        jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(:lock, 0))")
                .param("lock", STEP + dataset)
                .query(Integer.class)
                .single();
        dropLost(request, dataset);
        Optional<Integer> most = jdbc.sql("""
                        SELECT most_together FROM engine_search e JOIN shared_search s ON s.id = e.search_id
                        WHERE s.request_id = :request AND s.dataset = :dataset AND e.answer IS NULL""")
                .param("request", request)
                .param("dataset", dataset)
                .query(Integer.class)
                .optional();
        if (most.isEmpty()) {
            return List.of();
        }
        if (isLed(dataset)) {
            throw new NotYetException("waits until another engine has searched %s for others".formatted(dataset));
        }
        return jdbc.sql("""
                        WITH together AS (
                            SELECT e.search_id, s.request_id, s.request_id <> :request AS is_other, e.asked_at
                            FROM engine_search e
                            JOIN shared_search s ON s.id = e.search_id
                            JOIN request_step t ON t.request_id = s.request_id AND t.name = :step
                            WHERE s.dataset = :dataset AND e.answer IS NULL AND e.most_together >= :most
                              AND t.state IN (:waiting, :running)
                            ORDER BY is_other, e.asked_at LIMIT :most),
                        led AS (
                            UPDATE engine_search e SET led_by = :request FROM together t WHERE e.search_id = t.search_id)
                        SELECT search_id, request_id FROM together ORDER BY is_other, asked_at""")
                .param("request", request)
                .param("dataset", dataset)
                .param("step", STEP + dataset)
                .param("most", most.get())
                .param("waiting", Step.State.WAITING.name())
                .param("running", Step.State.RUNNING.name())
                .query((row, n) -> new Waiting(row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
                .list();
    }

    /** Jobs that ended with the replica that did them: an attempt of the step before this one, or of one that is no more. */
    private void dropLost(UUID request, String dataset) {
        jdbc.sql("""
                        UPDATE engine_search e SET led_by = NULL FROM shared_search s
                        WHERE s.id = e.search_id AND s.dataset = :dataset AND e.led_by IS NOT NULL
                          AND (e.led_by = :request OR NOT EXISTS (SELECT FROM request_step t
                              WHERE t.request_id = e.led_by AND t.name = :step AND t.state = :running))""")
                .param("dataset", dataset)
                .param("request", request)
                .param("step", STEP + dataset)
                .param("running", Step.State.RUNNING.name())
                .update();
    }

    private boolean isLed(String dataset) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM engine_search e JOIN shared_search s ON s.id = e.search_id
                            WHERE s.dataset = :dataset AND e.led_by IS NOT NULL)""").param("dataset", dataset).query(Boolean.class).single();
    }

    /**
     * Keeps what the engine has told of a search. Nothing happens if the search has ended, or another step leads a job with it by now.
     *
     * @param lead the request whose step has led the job
     */
    public void answer(UUID search, UUID lead, Object answer) {
        jdbc.sql("""
                        UPDATE engine_search SET answer = :answer::jsonb
                        WHERE search_id = :search AND led_by = :lead AND answer IS NULL""")
                .param("answer", json.write(answer))
                .param("search", search)
                .param("lead", lead)
                .update();
    }

    /** What the engine has told of a search; nothing if it was not asked. */
    public <T> Optional<T> answer(UUID search, Class<T> type) {
        return jdbc.sql("SELECT answer FROM engine_search WHERE search_id = :search AND answer IS NOT NULL")
                .param("search", search)
                .query((row, n) -> json.read(row.getString(1), type))
                .optional();
    }

    /** Whether the engine is to search for the request, and has not. */
    public boolean isWaiting(UUID request, String dataset) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM engine_search e JOIN shared_search s ON s.id = e.search_id
                            WHERE s.request_id = :request AND s.dataset = :dataset AND e.answer IS NULL)""")
                .param("request", request)
                .param("dataset", dataset)
                .query(Boolean.class)
                .single();
    }

    /** A job for these has failed, or could not serve them. */
    public void separate(Collection<UUID> searches) {
        jdbc.sql("UPDATE engine_search SET most_together = :most WHERE search_id IN (:searches)")
                .param("most", Math.max(1, searches.size() / 2))
                .param("searches", searches)
                .update();
    }

    /** A job has gone well. */
    public void rejoin(String dataset) {
        jdbc.sql("""
                        UPDATE engine_search e SET most_together = least(2 * e.most_together, :most) FROM shared_search s
                        WHERE s.id = e.search_id AND s.dataset = :dataset AND e.answer IS NULL AND e.most_together < :most""").param("most", MOST_TOGETHER).param("dataset", dataset).update();
    }

    /** The request's step no longer leads a job of the dataset. */
    public void leave(UUID request, String dataset) {
        jdbc.sql("""
                        UPDATE engine_search e SET led_by = NULL FROM shared_search s
                        WHERE s.id = e.search_id AND s.dataset = :dataset AND e.led_by = :request""").param("dataset", dataset).param("request", request).update();
    }
}
