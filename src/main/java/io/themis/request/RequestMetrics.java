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
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts requests and steps for operators. */
@Component
public class RequestMetrics implements StepObserver {

    private final JdbcClient jdbc;
    private final MeterRegistry registry;
    private final Clock clock;
    private final MultiGauge requests;
    private final MultiGauge parked;
    private volatile Instant oldestOpen;
    private volatile long bytesLeft;

    RequestMetrics(JdbcClient jdbc, MeterRegistry registry, Clock clock) {
        this.jdbc = jdbc;
        this.registry = registry;
        this.clock = clock;
        this.requests = MultiGauge.builder("themis.requests")
                .description("Data subject requests in the database by type and status")
                .baseUnit("requests")
                .register(registry);
        this.parked = MultiGauge.builder("themis.steps.parked")
                .description("Steps given up after their last attempt, which wait for an operator")
                .register(registry);
        Gauge.builder("themis.requests.oldest.open.age", this, RequestMetrics::oldestOpenAge)
                .description("Age of the oldest open request; 0 if none is open")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("themis.lake.left", this, metrics -> metrics.bytesLeft)
                .description("Bytes of lake files that open requests have still to read, as far as they are known")
                .baseUnit("bytes")
                .register(registry);
    }

    @Override
    public void finished(String step, Step.State state) {
        String outcome = switch (state) {
            case DONE -> "done";
            case PARKED -> "parked";
            default -> "failed";
        };
        Counter.builder("themis.step.attempts")
                .description("Attempts of this replica at steps by outcome: done, failed (it is tried again) or parked")
                .baseUnit("attempts")
                .tags("step", step, "outcome", outcome)
                .register(registry)
                .increment();
    }

    /** Counts again; called every so often, so that a scrape of the metrics costs no query. */
    public void count() {
        List<MultiGauge.Row<?>> byStatus = jdbc.sql(
                        "SELECT type, status, count(*) FROM data_subject_request GROUP BY type, status")
                .<MultiGauge.Row<?>>query((row, n) -> MultiGauge.Row.of(
                        Tags.of("type", row.getString(1), "status", row.getString(2)), row.getLong(3)))
                .list();
        requests.register(byStatus, true);
        List<MultiGauge.Row<?>> byStep = jdbc.sql(
                        "SELECT name, count(*) FROM request_step WHERE state = :parked GROUP BY name")
                .param("parked", Step.State.PARKED.name())
                .<MultiGauge.Row<?>>query(
                        (row, n) -> MultiGauge.Row.of(Tags.of("step", row.getString(1)), row.getLong(2)))
                .list();
        parked.register(byStep, true);
        oldestOpen = jdbc.sql("SELECT min(received_at) FROM data_subject_request WHERE closed_at IS NULL")
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant)
                .orElse(null);
        bytesLeft = jdbc.sql("""
                        SELECT coalesce(sum(p.bytes - p.bytes_done), 0) FROM lake_progress p
                        JOIN data_subject_request r ON r.id = p.request_id AND r.run = p.run
                        WHERE r.closed_at IS NULL""").query(Long.class).single();
    }

    private double oldestOpenAge() {
        Instant oldest = oldestOpen;
        return oldest == null ? 0 : Duration.between(oldest, clock.instant()).toSeconds();
    }
}
