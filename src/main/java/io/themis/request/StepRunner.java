package io.themis.request;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Does the steps that are due. A step is leased by one replica at a time (the lease is db-scheduler's), tried again with
 * back-off, and parked with its error after the last attempt.
 */
@Service
public class StepRunner {

    /** While nobody handles a step here, such as when an operator has stopped its route. */
    private static final Duration NOT_NOW = Duration.ofSeconds(5);

    private static final Duration ONE_OF_THEM_RUNS = Duration.ofSeconds(2);

    private static final Duration DATABASE_AWAY = Duration.ofMillis(500);

    private static final String CRASHED = "the application ended in the middle of the last attempt";

    private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

    private final Map<String, StepHandler> handlers = new ConcurrentHashMap<>();
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final StepSettings settings;
    private final List<StepObserver> observers;
    private final RequestTraces traces;
    private final Clock clock;

    public StepRunner(
            JdbcClient jdbc,
            TransactionTemplate transaction,
            StepSettings settings,
            List<StepObserver> observers,
            RequestTraces traces,
            Clock clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.settings = settings;
        this.observers = observers;
        this.traces = traces;
        this.clock = clock;
    }

    /**
     * From now on this replica does the steps of this name, and those that have it before their first dot, as
     * {@code search-lake.posts.3}: of these, those that are alike but for their number are done one at a time here.
     */
    public void handle(String name, StepHandler handler) {
        if (handlers.putIfAbsent(name, handler) != null) {
            throw new IllegalStateException("step " + name + " has a handler already");
        }
        observers.forEach(observer -> observer.handles(name));
    }

    /** This replica no longer begins steps of this name; they wait. */
    public void release(String name) {
        handlers.remove(name);
    }

    /** Called by the scheduler when a step is due. */
    CompletionHandler<Void> run(TaskInstance<Void> task, ExecutionContext context) {
        UUID requestId = UUID.fromString(task.getId().substring(0, task.getId().indexOf('/')));
        String name = task.getId().substring(task.getId().indexOf('/') + 1);
        StepHandler handler = handlers.get(family(name));
        String alike = requestId + "/" + name.replaceFirst("\\.\\d+$", "");
        if (handler == null) {
            return waitUntil(clock.instant().plus(NOT_NOW));
        }
        // While the database was away, the lease may have run out under a step that is still being done here.
        if (!running.add(alike)) {
            return waitUntil(clock.instant().plus(ONE_OF_THEM_RUNS));
        }
        try {
            CompletionHandler<Void> outcome = attempt(requestId, name, handler, context);
            return (complete, operations) -> {
                try {
                    outcome.complete(complete, operations);
                } finally {
                    running.remove(alike);
                }
            };
        } catch (RuntimeException | Error e) {
            running.remove(alike);
            throw e;
        }
    }

    private CompletionHandler<Void> attempt(
            UUID requestId, String name, StepHandler handler, ExecutionContext context) {
        Optional<Begun> begun = persist(context, () -> begin(requestId, name));
        if (begun.isEmpty()) {
            LOG.info("request {} step {}: was done already", requestId, name);
            return (complete, operations) -> operations.remove();
        }
        return traces.ofStep(
                requestId,
                name,
                begun.get().attempt(),
                begun.get().traceParent(),
                () -> attempt(requestId, name, begun.get(), handler, context));
    }

    private CompletionHandler<Void> attempt(
            UUID requestId, String name, Begun begun, StepHandler handler, ExecutionContext context) {
        if (begun.attempt() > settings.maxAttempts()) {
            // A crash counts as an attempt, because the step may be what brings the application down.
            return failed(requestId, name, settings.maxAttempts(), CRASHED, context);
        }
        try {
            handler.run(requestId, part(name));
        } catch (NotYetException e) {
            traces.notYet();
            // Every few seconds, maybe for days: what is still so is not told again.
            if (!e.getMessage().equals(begun.lastError())) {
                LOG.info("request {} step {}: {}", requestId, name, e.getMessage());
            }
            return again(requestId, name, clock.instant().plus(e.waitFor()), e.getMessage(), context);
        } catch (HopelessException e) {
            return failed(requestId, name, settings.maxAttempts(), e.getMessage(), context);
        } catch (Throwable e) {
            // Errors too: there may be more memory later, and what never has enough must park.
            LOG.debug("request {} step {}", requestId, name, ReadableError.trace(e));
            if (handlers.get(family(name)) == handler
                    && !context.getSchedulerState().isShuttingDown()) {
                return failed(requestId, name, begun.attempt(), ReadableError.of(e), context);
            }
            traces.interrupted();
            LOG.info("request {} step {}: interrupted, runs again", requestId, name);
            return again(requestId, name, clock.instant(), "interrupted", context);
        } finally {
            // A scheduler that shuts down interrupts its threads, and the database would not take what this one writes.
            Thread.interrupted();
        }
        LOG.info("request {} step {}: done", requestId, name);
        finished(name, Step.State.DONE);
        return done(requestId, name, context);
    }

    private void finished(String name, Step.State state) {
        observers.forEach(observer -> observer.finished(family(name), state));
    }

    private static String family(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static String part(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? null : name.substring(dot + 1);
    }

    /**
     * An attempt that has been noted.
     *
     * @param lastError why the one before did not do it; null if there was none
     */
    private record Begun(int attempt, String lastError, String traceParent) {}

    /** Empty if the step has been done. */
    private Optional<Begun> begin(UUID requestId, String name) {
        return jdbc.sql("""
                        UPDATE request_step SET state = :running, attempts = attempts + 1, started_at = :now
                        WHERE request_id = :id AND name = :name AND state <> :done
                        RETURNING attempts, last_error, (SELECT trace_parent FROM data_subject_request WHERE id = request_id)""")
                .param("running", Step.State.RUNNING.name())
                .param("done", Step.State.DONE.name())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("id", requestId)
                .param("name", name)
                .query((row, n) -> new Begun(row.getInt(1), row.getString(2), row.getString(3)))
                .optional();
    }

    private CompletionHandler<Void> done(UUID requestId, String name, ExecutionContext context) {
        return (complete, operations) -> persist(context, () -> {
            jdbc.sql("""
                            UPDATE request_step SET state = :done, finished_at = :now, last_error = NULL
                            WHERE request_id = :id AND name = :name""")
                    .param("done", Step.State.DONE.name())
                    .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                    .param("id", requestId)
                    .param("name", name)
                    .update();
            // Done is done, whoever holds the lease by now; that one finds the step done.
            if (holdsLease(complete)) {
                operations.remove();
            }
            return null;
        });
    }

    /** No fault of the step, such as when its route or the application is stopped: the attempt does not count. */
    private CompletionHandler<Void> again(
            UUID requestId, String name, Instant when, String reason, ExecutionContext context) {
        return (complete, operations) -> persist(context, () -> {
            if (!holdsLease(complete)) {
                return null;
            }
            jdbc.sql("""
                            UPDATE request_step
                            SET state = :waiting, attempts = attempts - 1, due_at = :when, last_error = :reason
                            WHERE request_id = :id AND name = :name AND state <> :done""")
                    .param("done", Step.State.DONE.name())
                    .param("waiting", Step.State.WAITING.name())
                    .param("id", requestId)
                    .param("name", name)
                    .param("when", when.atOffset(ZoneOffset.UTC))
                    .param("reason", reason)
                    .update();
            operations.reschedule(complete, when);
            return null;
        });
    }

    private CompletionHandler<Void> failed(
            UUID requestId, String name, int attempt, String error, ExecutionContext context) {
        Optional<Instant> next = attempt >= settings.maxAttempts()
                ? Optional.empty()
                : Optional.of(clock.instant()
                        .plus(settings.delayAfter(
                                attempt, ThreadLocalRandom.current().nextDouble())));
        if (next.isPresent()) {
            LOG.warn(
                    "request {} step {}: attempt {} failed, next at {}: {}",
                    requestId,
                    name,
                    attempt,
                    next.get(),
                    error);
        } else {
            LOG.error("request {} step {}: parked after attempt {}: {}", requestId, name, attempt, error);
        }
        finished(name, next.isPresent() ? Step.State.WAITING : Step.State.PARKED);
        return (complete, operations) -> persist(context, () -> {
            if (!holdsLease(complete)) {
                return null;
            }
            jdbc.sql("""
                            UPDATE request_step
                            SET state = :state, attempts = :attempt, due_at = coalesce(:next, due_at), last_error = :error
                            WHERE request_id = :id AND name = :name AND state <> :done""")
                    .param("done", Step.State.DONE.name())
                    .param("state", (next.isPresent() ? Step.State.WAITING : Step.State.PARKED).name())
                    .param("attempt", attempt)
                    .param(
                            "next",
                            next.map(time -> time.atOffset(ZoneOffset.UTC)).orElse(null))
                    .param("error", error)
                    .param("id", requestId)
                    .param("name", name)
                    .update();
            if (next.isPresent()) {
                operations.reschedule(complete, next.get());
            } else {
                operations.remove();
            }
            return null;
        });
    }

    /** Where the lease has run out, the step is somebody else's. */
    private boolean holdsLease(ExecutionComplete complete) {
        Execution execution = complete.getExecution();
        boolean held = jdbc.sql("""
                        SELECT version FROM scheduled_tasks WHERE task_name = :task AND task_instance = :instance
                        FOR UPDATE""")
                .param("task", execution.taskInstance.getTaskName())
                .param("instance", execution.taskInstance.getId())
                .query(Long.class)
                .optional()
                .filter(version -> version == execution.version)
                .isPresent();
        if (!held) {
            LOG.warn("step {}: its lease ran out before it ended", execution.taskInstance.getId());
        }
        return held;
    }

    /**
     * Writes in one transaction, and waits for a database that is away: a mail that has been sent must not be sent
     * again because nobody could note it. The lease is kept meanwhile.
     *
     * @param statements may end with one of the scheduler's operations and nothing behind it: those commit by themselves
     */
    private <T> T persist(ExecutionContext context, Supplier<T> statements) {
        boolean told = false;
        while (true) {
            try {
                return transaction.execute(status -> statements.get());
            } catch (DataAccessResourceFailureException
                    | TransientDataAccessException
                    | RecoverableDataAccessException
                    | TransactionException
                    | SQLRuntimeException e) {
                if (context.getSchedulerState().isShuttingDown()) {
                    throw e;
                }
                if (!told) {
                    LOG.warn("the request database does not answer: {}", ReadableError.of(e));
                    told = true;
                }
            }
            try {
                Thread.sleep(DATABASE_AWAY.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped while the request database was away", e);
            }
        }
    }

    private static CompletionHandler<Void> waitUntil(Instant next) {
        return (complete, operations) -> operations.reschedule(complete, next);
    }
}
