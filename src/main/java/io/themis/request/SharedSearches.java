package io.themis.request;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.DatasetFindings.Asked;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The searches of lake datasets that replicas share, or another engine does. What replicas do only spares work: a file that nobody has
 * answered for is read by whoever puts the answers together. What the engine is asked for is waited for.
 */
@Repository
public class SharedSearches {

    /** Steps that search are called {@code search-lake.<dataset>.<number>}. */
    private static final String STEP = "search-lake.";

    private final JdbcClient jdbc;
    private final JsonText json;
    private final Clock clock;

    SharedSearches(JdbcClient jdbc, ObjectMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.json = new JsonText(json);
        this.clock = clock;
    }

    /**
     * @param asked what the dataset was asked with when the search began
     * @param isOffered whether replicas have been offered files of it
     */
    public record SharedSearch(UUID id, Asked asked, boolean isOffered) {}

    /** @param length in bytes, when it was listed */
    public record File(String name, long length) {}

    /**
     * Begins one, if the dataset has none.
     *
     * @return its id
     */
    public UUID begin(UUID request, String dataset, Asked asked) {
        jdbc.sql("""
                        INSERT INTO shared_search (id, request_id, dataset, asked)
                        VALUES (:search, :request, :dataset, :asked::jsonb) ON CONFLICT (request_id, dataset) DO NOTHING""")
                .param("search", UUID.randomUUID())
                .param("request", request)
                .param("dataset", dataset)
                .param("asked", json.write(asked))
                .update();
        return of(request, dataset).orElseThrow().id();
    }

    /** Offers files to all replicas. */
    public void offer(UUID search, Collection<File> files) {
        jdbc.sql("""
                        INSERT INTO shared_search_file (search_id, file, length)
                        SELECT :search, file.name, file.length
                        FROM jsonb_to_recordset(:files::jsonb) AS file (name text, length bigint)""").param("search", search).param("files", json.write(files)).update();
    }

    /** The search of the dataset for the request, if others do it, or did. */
    public Optional<SharedSearch> of(UUID request, String dataset) {
        return jdbc.sql("""
                        SELECT id, asked, EXISTS (SELECT FROM shared_search_file WHERE search_id = id)
                        FROM shared_search WHERE request_id = :request AND dataset = :dataset""")
                .param("request", request)
                .param("dataset", dataset)
                .query((row, n) -> new SharedSearch(
                        row.getObject(1, UUID.class), json.read(row.getString(2), Asked.class), row.getBoolean(3)))
                .optional();
    }

    /** Datasets of the request that others search, or did. */
    public List<String> datasets(UUID request) {
        return jdbc.sql("SELECT dataset FROM shared_search WHERE request_id = :request ORDER BY dataset")
                .param("request", request)
                .query(String.class)
                .list();
    }

    /**
     * Whether replicas are still at it, or will be. A step that was given up leaves its files to whoever puts the answers together.
     */
    public boolean isUnderWay(UUID request, String dataset) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM shared_search s JOIN shared_search_file f ON f.search_id = s.id
                            WHERE s.request_id = :request AND s.dataset = :dataset AND f.answer IS NULL)
                        AND EXISTS (SELECT FROM request_step
                            WHERE request_id = :request AND starts_with(name, :steps) AND state IN (:waiting, :running))""")
                .param("request", request)
                .param("dataset", dataset)
                .param("steps", STEP + dataset + ".")
                .param("waiting", Step.State.WAITING.name())
                .param("running", Step.State.RUNNING.name())
                .query(Boolean.class)
                .single();
    }

    /** Gives back what an attempt of the step before this one has taken and not read. */
    public void release(UUID search, String step) {
        jdbc.sql("""
                        UPDATE shared_search_file SET step = NULL
                        WHERE search_id = :search AND step = :step AND answer IS NULL""").param("search", search).param("step", step).update();
    }

    /**
     * Takes files that nobody is at, the largest first.
     *
     * @return their names; none if there are no more
     */
    public List<String> take(UUID search, String step, int most) {
        return jdbc.sql("""
                        UPDATE shared_search_file SET step = :step
                        WHERE search_id = :search AND file IN (
                            SELECT file FROM shared_search_file
                            WHERE search_id = :search AND answer IS NULL AND step IS NULL
                            ORDER BY length DESC LIMIT :most FOR UPDATE SKIP LOCKED)
                        RETURNING file""")
                .param("search", search)
                .param("step", step)
                .param("most", most)
                .query(String.class)
                .list();
    }

    /** Keeps what a file brought, and counts it. Nothing happens if the search has ended, or somebody else has answered. */
    public void answer(UUID search, String file, Object answer) {
        jdbc.sql("""
                        WITH answered AS (
                            UPDATE shared_search_file SET answer = :answer::jsonb
                            WHERE search_id = :search AND file = :file AND answer IS NULL
                            RETURNING length)
                        UPDATE lake_progress p
                        SET files_done = files_done + 1, bytes_done = bytes_done + answered.length, noted_at = :now
                        FROM answered, shared_search s
                        WHERE s.id = :search AND p.request_id = s.request_id AND p.dataset = s.dataset""")
                .param("answer", json.write(answer))
                .param("search", search)
                .param("file", file)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** What files have brought, by name. */
    public <T> Map<String, T> answers(UUID search, Class<T> type) {
        Map<String, T> answers = new HashMap<>();
        jdbc.sql("SELECT file, answer FROM shared_search_file WHERE search_id = :search AND answer IS NOT NULL")
                .param("search", search)
                .query(row -> {
                    answers.put(row.getString(1), json.read(row.getString(2), type));
                });
        return answers;
    }

    /** All of it is in the dataset's answer. A step that was given up would wait for an operator for nothing. */
    static void forget(JdbcClient jdbc, UUID request, String dataset) {
        int shared = jdbc.sql("DELETE FROM shared_search WHERE request_id = :request AND dataset = :dataset")
                .param("request", request)
                .param("dataset", dataset)
                .update();
        if (shared == 1) {
            jdbc.sql("""
                            DELETE FROM request_step
                            WHERE request_id = :request AND (name = :engine OR starts_with(name, :steps))""")
                    .param("request", request)
                    .param("engine", EngineQueue.STEP + dataset)
                    .param("steps", STEP + dataset + ".")
                    .update();
        }
    }

    /** The same of all datasets, whose answers nobody needs any longer. */
    static void forget(JdbcClient jdbc, UUID request) {
        jdbc.sql("DELETE FROM shared_search WHERE request_id = :request")
                .param("request", request)
                .update();
    }
}
