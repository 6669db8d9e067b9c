package io.themis.request;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts requests and steps for operators. What is in the database, every replica counts alike; attempts are each replica's
 * own. A figure that nothing speaks for is 0 and not missing, so that an alert has something to watch. Ages and
 * deadlines leave out replays, as nobody has asked for them.
 */
@Component
public class RequestMetrics implements StepObserver {

    /** By two indexes; requests of years ago are not read. */
    static final String BY_STATUS = """
            SELECT type, status, count(*) FROM (
              SELECT type, status FROM data_subject_request WHERE closed_at IS NULL
              UNION ALL
              SELECT type, status FROM data_subject_request WHERE closed_at > :since) AS r
            GROUP BY type, status""";

    private static final Duration ENDED_LATELY = Duration.ofDays(30);

    private static final Duration SOON = Duration.ofDays(5);

    private final JdbcClient jdbc;
    private final MeterRegistry registry;
    private final Clock clock;
    private final MultiGauge requests;
    private final MultiGauge parked;
    private final MultiGauge failed;
    private final MultiGauge running;
    private final Set<String> steps = ConcurrentHashMap.newKeySet();
    private volatile Figures figures;

    /**
     * What was counted. A time is null if there is nothing that it could be of.
     *
     * @param dueSoon open requests in the days before their deadline
     * @param overdue open requests past it
     * @param oldestPlan the plan that has waited longest for an approval
     * @param stepsDue steps that are due, and that nobody has begun
     */
    private record Figures(
            Instant countedAt,
            Instant oldestOpen,
            Instant nextDeadline,
            long dueSoon,
            long overdue,
            Instant oldestPlan,
            long stepsDue,
            Instant oldestDue,
            long bytesLeft) {}

    RequestMetrics(JdbcClient jdbc, MeterRegistry registry, Clock clock) {
        this.jdbc = jdbc;
        this.registry = registry;
        this.clock = clock;
        this.figures = new Figures(clock.instant(), null, null, 0, 0, null, 0, null, 0);
        this.requests = MultiGauge.builder("themis.requests")
                .description("Data subject requests that are open, or ended in the last 30 days, by type and status")
                .baseUnit("requests")
                .register(registry);
        this.parked = MultiGauge.builder("themis.steps.parked")
                .description("Steps given up after their last attempt, which wait for an operator")
                .register(registry);
        this.failed = MultiGauge.builder("themis.steps.failed.attempts")
                .description("Attempts that have failed at the step that has the most of them and is tried again")
                .register(registry);
        this.running = MultiGauge.builder("themis.steps.oldest.running.age")
                .description("Time since the oldest attempt at a step began that still goes on; 0 if none does")
                .baseUnit("seconds")
                .register(registry);
        age("themis.figures.age", Figures::countedAt, "Time since requests and steps were counted in the database");
        age(
                "themis.requests.oldest.open.age",
                Figures::oldestOpen,
                "Age of the oldest open request; 0 if none is open");
        gauge(
                "themis.requests.next.deadline",
                "seconds",
                this::untilNextDeadline,
                "Time to the first deadline of an open request, below 0 past it; NaN if none is open");
        gauge(
                "themis.requests.due.soon",
                null,
                Figures::dueSoon,
                "Open requests within five days of their deadline, and not past it");
        gauge("themis.requests.overdue", null, Figures::overdue, "Open requests past their deadline");
        age(
                "themis.approvals.oldest.age",
                Figures::oldestPlan,
                "Age of the oldest erasure plan that waits for approvals; 0 if none does");
        gauge("themis.steps.due", null, Figures::stepsDue, "Steps that are due, and that no replica has begun");
        age(
                "themis.steps.oldest.due.age",
                Figures::oldestDue,
                "Time that a due step has waited for a replica, of the one that has waited longest; 0 if none waits");
        gauge(
                "themis.lake.left",
                "bytes",
                Figures::bytesLeft,
                "Bytes of lake files that open requests have still to read, as far as they are known");
    }

    private void gauge(String name, String unit, ToDoubleFunction<Figures> value, String description) {
        Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.figures))
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }

    /** By the clock and not by the last count, so that it grows while nothing can be counted. */
    private void age(String name, Function<Figures, Instant> since, String description) {
        gauge(
                name,
                "seconds",
                counted -> since.apply(counted) == null ? 0 : secondsSince(since.apply(counted)),
                description);
    }

    private double untilNextDeadline(Figures counted) {
        return counted.nextDeadline() == null ? Double.NaN : -secondsSince(counted.nextDeadline());
    }

    private double secondsSince(Instant time) {
        return Duration.between(time, clock.instant()).toMillis() / 1000.0;
    }

    @Override
    public void handles(String step) {
        steps.add(step);
        for (Step.State state : List.of(Step.State.DONE, Step.State.WAITING, Step.State.PARKED)) {
            attempts(step, state);
        }
    }

    @Override
    public void finished(String step, Step.State state) {
        attempts(step, state).increment();
    }

    private Counter attempts(String step, Step.State state) {
        String outcome = switch (state) {
            case DONE -> "done";
            case PARKED -> "parked";
            default -> "failed";
        };
        return Counter.builder("themis.step.attempts")
                .description("Attempts of this replica at steps by outcome: done, failed (it is tried again) or parked")
                .baseUnit("attempts")
                .tags("step", step, "outcome", outcome)
                .register(registry);
    }

    /** Counts again; called every so often, so that a scrape of the metrics costs no query. */
    public void count() {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        countRequests(now);
        count(
                parked,
                "SELECT split_part(name, '.', 1), count(*) FROM request_step WHERE state = 'PARKED' GROUP BY 1",
                now);
        count(failed, """
                SELECT split_part(name, '.', 1), max(CASE state WHEN 'RUNNING' THEN attempts - 1 ELSE attempts END) FROM request_step
                WHERE state IN ('WAITING', 'RUNNING') GROUP BY 1""", now);
        count(running, """
                SELECT split_part(name, '.', 1), extract(epoch FROM :now - min(started_at)) FROM request_step
                WHERE state = 'RUNNING' GROUP BY 1""", now);
        figures = jdbc.sql("""
                        SELECT
                          (SELECT min(received_at) FROM data_subject_request
                             WHERE closed_at IS NULL AND replay_of IS NULL) AS oldest_open,
                          (SELECT min(due_at) FROM data_subject_request
                             WHERE closed_at IS NULL AND replay_of IS NULL) AS next_deadline,
                          (SELECT count(*) FROM data_subject_request WHERE closed_at IS NULL AND replay_of IS NULL
                             AND due_at > :now AND due_at <= :soon) AS due_soon,
                          (SELECT count(*) FROM data_subject_request
                             WHERE closed_at IS NULL AND replay_of IS NULL AND due_at <= :now) AS overdue,
                          (SELECT min(e.planned_at) FROM erasure e JOIN data_subject_request r ON r.id = e.request_id
                             WHERE r.status = 'awaiting-approval' AND e.approved_at IS NULL) AS oldest_plan,
                          (SELECT count(*) FROM request_step WHERE state = 'WAITING' AND due_at <= :now) AS steps_due,
                          (SELECT min(due_at) FROM request_step WHERE state = 'WAITING' AND due_at <= :now
                             -- One of these is enough for a replica, and others wait for nothing
                             AND name NOT LIKE 'search-lake.%') AS oldest_due,
                          (SELECT coalesce(sum(p.bytes - p.bytes_done), 0) FROM lake_progress p
                             JOIN data_subject_request r ON r.id = p.request_id AND r.run = p.run
                             WHERE r.closed_at IS NULL) AS bytes_left""")
                .param("now", now)
                .param("soon", now.plus(SOON))
                .query((row, n) -> new Figures(
                        now.toInstant(),
                        Requests.instant(row, "oldest_open"),
                        Requests.instant(row, "next_deadline"),
                        row.getLong("due_soon"),
                        row.getLong("overdue"),
                        Requests.instant(row, "oldest_plan"),
                        row.getLong("steps_due"),
                        Requests.instant(row, "oldest_due"),
                        row.getLong("bytes_left")))
                .single();
    }

    private void countRequests(OffsetDateTime now) {
        Map<Tags, Double> counts = new HashMap<>();
        for (RequestType type : RequestType.values()) {
            for (RequestStatus status : RequestStatus.values()) {
                counts.put(Tags.of("type", type.label(), "status", status.label()), 0.0);
            }
        }
        jdbc.sql(BY_STATUS).param("since", now.minus(ENDED_LATELY)).query(row -> {
            counts.put(Tags.of("type", row.getString(1), "status", row.getString(2)), row.getDouble(3));
        });
        show(requests, counts);
    }

    /** @param query gives names of steps and a number of each; all others have 0 */
    private void count(MultiGauge gauge, String query, OffsetDateTime now) {
        Map<Tags, Double> counts = new HashMap<>();
        steps.forEach(step -> counts.put(Tags.of("step", step), 0.0));
        jdbc.sql(query).param("now", now).query(row -> {
            counts.put(Tags.of("step", row.getString(1)), row.getDouble(2));
        });
        show(gauge, counts);
    }

    private static void show(MultiGauge gauge, Map<Tags, Double> counts) {
        gauge.register(
                counts.entrySet().stream()
                        .<MultiGauge.Row<?>>map(entry -> MultiGauge.Row.of(entry.getKey(), entry.getValue()))
                        .toList(),
                true);
    }
}
