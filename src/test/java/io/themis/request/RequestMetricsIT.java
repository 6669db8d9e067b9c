package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.WarmJvm;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The figures that alerts are made of, counted in the real database. */
@WarmJvm
class RequestMetricsIT {

    private static final Instant NOW = Instant.parse("2030-06-15T03:00:00Z");

    private static RequestDatabase database;
    private static ConfigurableApplicationContext replica;
    private static JdbcClient jdbc;
    private static Requests requests;
    private static Erasures erasures;

    private final Clock clock = mock(Clock.class);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private RequestMetrics metrics;

    @BeforeAll
    static void start() {
        database = RequestDatabase.create();
        replica = database.replica();
        jdbc = replica.getBean(JdbcClient.class);
        requests = replica.getBean(Requests.class);
        erasures = replica.getBean(Erasures.class);
    }

    @AfterAll
    static void stop() {
        replica.close();
        database.close();
    }

    @BeforeEach
    void nothingIsThere() {
        jdbc.sql("TRUNCATE data_subject_request CASCADE").update();
        when(clock.instant()).thenReturn(NOW);
        metrics = new RequestMetrics(jdbc, meters, clock);
    }

    @Test
    void whereNothingIsEverythingIsZeroAndThereToBeWatched() {
        metrics.handles("gather-data");
        metrics.count();
        for (String name : List.of(
                "figures.age",
                "requests.oldest.open.age",
                "requests.due.soon",
                "requests.overdue",
                "approvals.oldest.age",
                "steps.due",
                "steps.oldest.due.age",
                "lake.left")) {
            assertThat(value(name)).as(name).isZero();
        }
        assertThat(value("requests.next.deadline")).isNaN();
        assertThat(value("requests", "type", "erasure", "status", "incomplete")).isZero();
        assertThat(value("requests", "type", "access", "status", "undelivered")).isZero();
        assertThat(value("steps.parked", "step", "gather-data")).isZero();
        assertThat(value("steps.failed.attempts", "step", "gather-data")).isZero();
        assertThat(value("steps.oldest.running.age", "step", "gather-data")).isZero();
        for (String outcome : List.of("done", "failed", "parked")) {
            assertThat(meters.get("themis.step.attempts")
                            .tags("step", "gather-data", "outcome", outcome)
                            .counter()
                            .count())
                    .as(outcome)
                    .isZero();
        }
    }

    @Test
    void deadlinesAreThoseOfOpenRequests() {
        due(Duration.ofDays(-1).plusHours(1));
        due(Duration.ofMinutes(-1));
        due(Duration.ofDays(5).minusSeconds(1));
        due(Duration.ofDays(5).plusSeconds(1));
        UUID closed = due(Duration.ofDays(-9));
        requests.close(closed, RequestStatus.DELIVERED);
        set("UPDATE data_subject_request SET closed_at = :time WHERE id = :id", closed, Duration.ofDays(-8));
        metrics.count();
        assertThat(value("requests.overdue")).isEqualTo(2);
        assertThat(value("requests.due.soon")).isEqualTo(1);
        assertThat(value("requests.next.deadline")).isEqualTo(-23 * 3600);
        assertThat(value("requests", "type", "access", "status", "delivered")).isEqualTo(1);
        assertThat(value("requests", "type", "access", "status", "received")).isEqualTo(4);

        when(clock.instant()).thenReturn(NOW.plusSeconds(60));
        assertThat(value("requests.next.deadline"))
                .as("by the clock, not by the last count")
                .isEqualTo(-23 * 3600 - 60);
    }

    /** A restored backup is cleaned for nobody who has asked: the law gives no deadline for it. */
    @Test
    void aReplayHasNoDeadline() {
        replay(Duration.ofDays(-1));
        replay(Duration.ofDays(1));
        metrics.count();
        assertThat(value("requests.overdue")).isZero();
        assertThat(value("requests.due.soon")).isZero();
        assertThat(value("requests.next.deadline")).isNaN();
        assertThat(value("requests.oldest.open.age")).isZero();
        assertThat(value("requests", "type", "erasure", "status", "received"))
                .as("and is a request all the same")
                .isEqualTo(2);
    }

    private static void replay(Duration dueIn) {
        UUID id = accept(RequestType.ERASURE);
        set("UPDATE data_subject_request SET due_at = :time, replay_of = gen_random_uuid() WHERE id = :id", id, dueIn);
    }

    /** Every replica counts every half a minute, and requests stay for years. */
    @Test
    void requestsThatEndedLongAgoAreNeitherCountedNorRead() {
        jdbc.sql("""
                        INSERT INTO data_subject_request
                          (id, type, email_address, language, status, received_at, due_at, caller, closed_at)
                        SELECT gen_random_uuid(), 'access', n || '@example.org', 'en', 'delivered', :then, :then, 'tester', :then
                        FROM generate_series(1, 20000) n""")
                .param("then", NOW.minus(Duration.ofDays(31)).atOffset(ZoneOffset.UTC))
                .update();
        UUID lately = accept(RequestType.ACCESS);
        requests.close(lately, RequestStatus.DELIVERED);
        set("UPDATE data_subject_request SET closed_at = :time WHERE id = :id", lately, Duration.ofDays(-29));
        jdbc.sql("ANALYZE data_subject_request").update();
        assertThat(jdbc.sql("EXPLAIN " + RequestMetrics.BY_STATUS)
                        .param("since", NOW.minus(Duration.ofDays(30)).atOffset(ZoneOffset.UTC))
                        .query(String.class)
                        .list())
                .noneMatch(line -> line.contains("Seq Scan"));
        metrics.count();
        assertThat(value("requests", "type", "access", "status", "delivered")).isEqualTo(1);
    }

    /** What waits for another try, or for its day, waits for nobody. */
    @Test
    void aStepWaitsForAReplicaFromTheTimeAtWhichItIsDue() {
        step("send-ready-mail", "WAITING", 0, Duration.ofMinutes(-10));
        step("send-ready-mail", "WAITING", 3, Duration.ofMinutes(-2));
        step("gather-data", "WAITING", 12, Duration.ofMinutes(50));
        step("expire-package", "WAITING", 0, Duration.ofDays(7));
        step("build-package", "PARKED", 20, Duration.ofDays(-2));
        step("identify-person", "DONE", 1, Duration.ofDays(-3));
        step("publish-event", "RUNNING", 1, Duration.ofDays(-1));
        metrics.count();
        assertThat(value("steps.due")).isEqualTo(2);
        assertThat(value("steps.oldest.due.age")).isEqualTo(600);
        assertThat(value("steps.parked", "step", "build-package")).isEqualTo(1);
    }

    @Test
    void theStepThatHasFailedMostOftenIsShownAsLongAsItIsTriedAgain() {
        step("send-ready-mail", "WAITING", 4, Duration.ofMinutes(5));
        step("send-ready-mail", "WAITING", 11, Duration.ofMinutes(50));
        step("gather-data", "PARKED", 20, Duration.ofDays(-1));
        step("build-package", "DONE", 7, Duration.ofDays(-1));
        step("publish-event", "RUNNING", 1, Duration.ofDays(-1));
        step("notify-recipients", "RUNNING", 13, Duration.ofDays(-1));
        List.of("gather-data", "build-package", "publish-event").forEach(metrics::handles);
        metrics.count();
        assertThat(value("steps.failed.attempts", "step", "send-ready-mail")).isEqualTo(11);
        assertThat(value("steps.failed.attempts", "step", "notify-recipients"))
                .as("whose thirteenth attempt is going on")
                .isEqualTo(12);
        for (String step : List.of("gather-data", "build-package", "publish-event")) {
            assertThat(value("steps.failed.attempts", "step", step)).as(step).isZero();
        }
    }

    @Test
    void anAttemptThatGoesOnIsAsOldAsItsBeginning() {
        begun(step("gather-data", "RUNNING", 1, Duration.ofDays(-1)), Duration.ofMinutes(-90));
        begun(step("gather-data", "RUNNING", 2, Duration.ofDays(-1)), Duration.ofMinutes(-5));
        begun(step("plan-erasure", "WAITING", 2, Duration.ofMinutes(5)), Duration.ofHours(-9));
        begun(step("erase-data", "DONE", 1, Duration.ofDays(-1)), Duration.ofHours(-9));
        List.of("plan-erasure", "erase-data").forEach(metrics::handles);
        metrics.count();
        assertThat(value("steps.oldest.running.age", "step", "gather-data")).isEqualTo(5400);
        for (String step : List.of("plan-erasure", "erase-data")) {
            assertThat(value("steps.oldest.running.age", "step", step)).as(step).isZero();
        }
    }

    @Test
    void onlyPlansThatSomebodyHasToApproveAreWaitedFor() {
        planned(RequestStatus.AWAITING_APPROVAL, Duration.ofDays(-2));
        UUID approved = planned(RequestStatus.AWAITING_APPROVAL, Duration.ofDays(-4));
        erasures.approve(approved, "d", "odo", 1);
        planned(RequestStatus.ERASING, Duration.ofDays(-6));
        UUID refused = planned(RequestStatus.AWAITING_APPROVAL, Duration.ofDays(-8));
        requests.close(refused, RequestStatus.REFUSED);
        metrics.count();
        assertThat(value("approvals.oldest.age")).isEqualTo(2 * 86_400);
    }

    /** While the database is away, the figures of before stay; this tells that they are old. */
    @Test
    void figuresGrowOldUntilTheyAreCountedAgain() {
        metrics.count();
        when(clock.instant()).thenReturn(NOW.plusSeconds(400));
        assertThat(value("figures.age")).isEqualTo(400);
        metrics.count();
        assertThat(value("figures.age")).isZero();
    }

    private double value(String name, String... tags) {
        return meters.get("themis." + name).tags(tags).gauge().value();
    }

    private static UUID accept(RequestType type) {
        return requests.accept(new NewRequest(
                        type,
                        new EmailAddress("person-" + UUID.randomUUID() + "@example.org"),
                        Locale.ENGLISH,
                        "tester",
                        null))
                .id();
    }

    private static UUID due(Duration in) {
        UUID id = accept(RequestType.ACCESS);
        set("UPDATE data_subject_request SET due_at = :time WHERE id = :id", id, in);
        return id;
    }

    private static UUID step(String name, String state, int attempts, Duration dueIn) {
        UUID id = accept(RequestType.ACCESS);
        jdbc.sql("""
                        INSERT INTO request_step (request_id, name, state, attempts, due_at)
                        VALUES (:id, :name, :state, :attempts, :due)""")
                .param("id", id)
                .param("name", name)
                .param("state", state)
                .param("attempts", attempts)
                .param("due", NOW.plus(dueIn).atOffset(ZoneOffset.UTC))
                .update();
        return id;
    }

    private static void begun(UUID id, Duration ago) {
        set("UPDATE request_step SET started_at = :time WHERE request_id = :id", id, ago);
    }

    private static UUID planned(RequestStatus status, Duration ago) {
        UUID id = accept(RequestType.ERASURE);
        erasures.propose(requests.get(id), "{}", "d");
        requests.advance(id, status);
        set("UPDATE erasure SET planned_at = :time WHERE request_id = :id", id, ago);
        return id;
    }

    private static void set(String update, UUID id, Duration fromNow) {
        jdbc.sql(update)
                .param("time", NOW.plus(fromNow).atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
    }
}
