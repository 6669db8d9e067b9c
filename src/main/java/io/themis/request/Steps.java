package io.themis.request;

import static org.springframework.transaction.support.TransactionSynchronizationManager.isSynchronizationActive;
import static org.springframework.transaction.support.TransactionSynchronizationManager.registerSynchronization;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.exceptions.DbSchedulerException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * The durable steps of requests: what is to be done, what has been done, and how it went. {@link StepRunner} does them.
 */
@Service
public class Steps {

    static final String TASK = "request-step";

    private final JdbcClient jdbc;
    private final Scheduler scheduler;
    private final Clock clock;

    public Steps(JdbcClient jdbc, Scheduler scheduler, Clock clock) {
        this.jdbc = jdbc;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /**
     * Starts a step in the transaction of the caller. A step that was started before, whatever became of it, is left
     * alone, except that one which still waits for its first attempt runs at the earlier of the two times.
     *
     * @param when not before
     */
    @Transactional
    public void start(UUID requestId, String name, Instant when) {
        jdbc.sql("""
                        INSERT INTO request_step (request_id, name, state, due_at) VALUES (:id, :name, :state, :when)
                        ON CONFLICT (request_id, name) DO UPDATE SET due_at = excluded.due_at
                        WHERE request_step.state = :state AND request_step.attempts = 0
                          AND excluded.due_at < request_step.due_at
                        RETURNING request_id""")
                .param("id", requestId)
                .param("name", name)
                .param("state", Step.State.WAITING.name())
                .param("when", when.atOffset(ZoneOffset.UTC))
                .query(UUID.class)
                .optional()
                .ifPresent(startedOrMoved -> schedule(requestId, name, when));
    }

    /**
     * The same for a step that has been done before and is to be done once more.
     *
     * @throws WrongStateException if it is under way, or parked
     */
    @Transactional
    public void startAgain(UUID requestId, String name) {
        Instant now = clock.instant();
        boolean isNew = jdbc.sql("""
                                INSERT INTO request_step AS known (request_id, name, state, due_at)
                                VALUES (:id, :name, :waiting, :now)
                                ON CONFLICT (request_id, name) DO UPDATE
                                SET state = excluded.state, attempts = 0, due_at = excluded.due_at, finished_at = NULL
                                WHERE known.state = :done""")
                        .param("id", requestId)
                        .param("name", name)
                        .param("waiting", Step.State.WAITING.name())
                        .param("done", Step.State.DONE.name())
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
        if (!isNew) {
            throw new WrongStateException(
                    "the step %s is under way or parked; GET the request to see which".formatted(name));
        }
        schedule(requestId, name, now);
    }

    /**
     * Gives a parked step all its attempts again.
     *
     * @return false if the request has no such parked step
     */
    @Transactional
    public boolean retry(UUID requestId, String name) {
        Instant now = clock.instant();
        int revived = jdbc.sql("""
                        UPDATE request_step SET state = :waiting, attempts = 0, due_at = :now
                        WHERE request_id = :id AND name = :name AND state = :parked""")
                .param("waiting", Step.State.WAITING.name())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("id", requestId)
                .param("name", name)
                .param("parked", Step.State.PARKED.name())
                .update();
        if (revived == 1) {
            schedule(requestId, name, now);
        }
        return revived == 1;
    }

    /** A step that waits for something else need not wait any longer. One that does not, or waits after a failure, is left alone. */
    @Transactional
    public void hasten(UUID requestId, String name) {
        Instant now = clock.instant();
        boolean waits = jdbc.sql("""
                        UPDATE request_step SET due_at = :now
                        WHERE request_id = :id AND name = :name AND state = :waiting AND attempts = 0 AND due_at > :now""")
                        .param("id", requestId)
                        .param("name", name)
                        .param("waiting", Step.State.WAITING.name())
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
        if (waits) {
            try {
                schedule(requestId, name, now);
            } catch (DataAccessResourceFailureException e) {
                if (!(e.getCause() instanceof TaskInstanceCurrentlyExecutingException)) {
                    throw e;
                }
                // It has just begun
            }
        }
    }

    private void schedule(UUID requestId, String name, Instant when) {
        try {
            TaskInstance<Void> task = new TaskInstance<>(TASK, instance(requestId, name));
            if (!scheduler.scheduleIfNotExists(task, when)) {
                scheduler.reschedule(task, when);
            }
        } catch (SQLRuntimeException | DbSchedulerException e) {
            throw new DataAccessResourceFailureException("the step " + name + " can't be scheduled", e);
        }
        if (isSynchronizationActive()) {
            registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    scheduler.triggerCheckForDueExecutions();
                }
            });
        } else {
            scheduler.triggerCheckForDueExecutions();
        }
    }

    /** The steps of a request, in the order in which they were due. */
    public List<Step> of(UUID requestId) {
        return jdbc.sql("SELECT * FROM request_step WHERE request_id = :id ORDER BY due_at, name")
                .param("id", requestId)
                .query(this::step)
                .list();
    }

    /** Whether a step of the request has ended, well or not. */
    public boolean hasEnded(UUID requestId, String name) {
        return of(requestId).stream()
                .anyMatch(step -> step.name().equals(name)
                        && (step.state() == Step.State.DONE || step.state() == Step.State.PARKED));
    }

    /** Whether a step of the request is parked and none is being done. It stays so in the transaction of the caller. */
    @Transactional
    public boolean isStuck(UUID requestId) {
        List<Step.State> states = jdbc.sql("SELECT state FROM request_step WHERE request_id = :id FOR UPDATE")
                .param("id", requestId)
                .query((row, n) -> Step.State.valueOf(row.getString(1)))
                .list();
        return states.contains(Step.State.PARKED) && !states.contains(Step.State.RUNNING);
    }

    /** Whether no step of the request is being done or will be. It stays so in the transaction of the caller. */
    @Transactional
    public boolean haveAllEnded(UUID requestId) {
        return jdbc
                .sql("SELECT state FROM request_step WHERE request_id = :id FOR UPDATE")
                .param("id", requestId)
                .query((row, n) -> Step.State.valueOf(row.getString(1)))
                .list()
                .stream()
                .allMatch(state -> state == Step.State.DONE || state == Step.State.PARKED);
    }

    private static String instance(UUID requestId, String name) {
        return requestId + "/" + name;
    }

    private Step step(ResultSet row, int n) throws SQLException {
        return new Step(
                row.getString("name"),
                Step.State.valueOf(row.getString("state")),
                row.getInt("attempts"),
                Requests.instant(row, "due_at"),
                Requests.instant(row, "started_at"),
                Requests.instant(row, "finished_at"),
                row.getString("last_error"));
    }
}
