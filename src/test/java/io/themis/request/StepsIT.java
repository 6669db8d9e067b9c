package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.themis.WarmJvm;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@WarmJvm
class StepsIT {

    private static RequestDatabase database;
    private static ConfigurableApplicationContext replica;

    private final AtomicInteger runs = new AtomicInteger();
    private Requests requests;
    private Steps steps;
    private StepRunner runner;
    private UUID id;
    private String name;

    @BeforeAll
    static void start() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
        database = RequestDatabase.create();
        replica = database.replica();
    }

    @AfterAll
    static void stop() {
        replica.close();
        database.close();
    }

    @BeforeEach
    void aRequest() {
        requests = replica.getBean(Requests.class);
        steps = replica.getBean(Steps.class);
        runner = replica.getBean(StepRunner.class);
        id = RequestDatabase.accept(requests, 1).get(0);
        name = "step-" + UUID.randomUUID();
    }

    @Test
    void aStepThatIsStartedTwiceIsDoneOnce() {
        CountDownLatch go = new CountDownLatch(1);
        runner.handle(name, (request, part) -> {
            runs.incrementAndGet();
            go.await();
        });

        steps.start(id, name, Instant.now());
        awaitState(Step.State.RUNNING);
        steps.start(id, name, Instant.now());
        go.countDown();
        awaitState(Step.State.DONE);
        steps.start(id, name, Instant.now());

        assertThat(scheduled(replica, id, name)).isFalse();
        assertThat(runs).hasValue(1);
        assertThat(step().attempts()).isEqualTo(1);
    }

    @Test
    void aStepStartedInATransactionThatIsRolledBackWasNeverStarted() {
        runner.handle(name, (request, part) -> runs.incrementAndGet());

        assertThatThrownBy(() -> replica.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                    steps.start(id, name, Instant.now());
                    assertThat(scheduled(replica, id, name)).isTrue();
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");

        assertThat(steps.of(id)).isEmpty();
        assertThat(scheduled(replica, id, name)).isFalse();
    }

    @Test
    void aStepThatWaitsForItsFirstAttemptComesForwardToTheEarlierTime() {
        runner.handle(name, (request, part) -> runs.incrementAndGet());
        steps.start(id, name, Instant.now().plus(Duration.ofDays(1)));

        steps.start(id, name, Instant.now());
        awaitState(Step.State.DONE);
        steps.start(id, name, Instant.now().minusSeconds(60));

        assertThat(runs).hasValue(1);
        assertThat(scheduled(replica, id, name)).isFalse();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aStepThatHasToWaitForSomethingElseLosesNoAttempt(CapturedOutput log) {
        AtomicBoolean ready = new AtomicBoolean();
        runner.handle(name, (request, part) -> {
            runs.incrementAndGet();
            if (!ready.get()) {
                throw new NotYetException("waits for the tide");
            }
        });
        steps.start(id, name, Instant.now());
        await().untilAsserted(() -> {
            assertThat(step().lastError()).isEqualTo("waits for the tide");
            assertThat(step().state()).isEqualTo(Step.State.WAITING);
            assertThat(step().attempts()).isZero();
        });

        await().atMost(Duration.ofSeconds(20)).until(() -> runs.get() > 1);
        ready.set(true);
        awaitState(Step.State.DONE);

        assertThat(step().attempts()).isEqualTo(1);
        assertThat(step().lastError()).isNull();
        assertThat(log.getAll().split("waits for the tide", -1)).as("told once").hasSize(2);
    }

    @Test
    void aStepThatWaitsForSomethingElseIsHastenedAndNoOther() {
        AtomicBoolean ready = new AtomicBoolean();
        runner.handle(name, (request, part) -> {
            if (!ready.get()) {
                throw new NotYetException("waits for the tide", Duration.ofHours(1));
            }
        });
        steps.hasten(id, name);
        assertThat(steps.of(id)).as("nothing was to be done").isEmpty();

        steps.start(id, name, Instant.now());
        await().untilAsserted(() -> assertThat(step().lastError()).isEqualTo("waits for the tide"));
        assertThat(step().dueAt()).isAfter(Instant.now().plus(Duration.ofMinutes(50)));
        ready.set(true);
        steps.hasten(id, name);
        awaitState(Step.State.DONE);
        steps.hasten(id, name);
        assertThat(step().state()).isEqualTo(Step.State.DONE);
    }

    @Test
    void aHopelessStepParksAtOnce() {
        runner.handle(name, (request, part) -> {
            runs.incrementAndGet();
            throw new HopelessException("the bridge is gone");
        });

        steps.start(id, name, Instant.now());
        awaitState(Step.State.PARKED);

        assertThat(runs).hasValue(1);
        assertThat(step().lastError()).isEqualTo("the bridge is gone");
    }

    @Test
    void aStepIsNotDoneBeforeItsTime() {
        runner.handle(name, (request, part) -> runs.incrementAndGet());
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));

        steps.start(id, name, tomorrow);
        runner.handle(name + "-now", (request, part) -> {});
        steps.start(id, name + "-now", Instant.now());

        await().until(() -> steps.hasEnded(id, name + "-now"));
        assertThat(step().state()).isEqualTo(Step.State.WAITING);
        assertThat(step().dueAt()).isBetween(tomorrow.minusMillis(1), tomorrow.plusMillis(1));
        assertThat(runs).hasValue(0);
    }

    @Test
    void aStepThatFailsIsTriedAgainAndItsErrorForgottenWhenItIsDone() {
        CountDownLatch mended = new CountDownLatch(1);
        runner.handle(name, (request, part) -> {
            if (runs.incrementAndGet() == 1) {
                throw new IOException("the store is away");
            }
            mended.await();
        });

        steps.start(id, name, Instant.now());

        await().until(() -> runs.get() == 2);
        assertThat(step().lastError()).isEqualTo("IOException: the store is away");
        mended.countDown();
        awaitState(Step.State.DONE);
        assertThat(step().lastError()).isNull();
        assertThat(step().attempts()).isEqualTo(2);
    }

    @Test
    void aStepThatCannotSucceedParksWithItsErrorAndARetryGivesItAllAttemptsAgain() {
        AtomicBoolean mended = new AtomicBoolean();
        runner.handle(name, (request, part) -> {
            if (runs.incrementAndGet() < 6 || !mended.get()) {
                // PostgreSQL takes no text with a zero character
                throw new IOException("no\u0000 way " + runs.get());
            }
        });
        assertThat(steps.retry(id, name)).as("nothing to retry yet").isFalse();

        steps.start(id, name, Instant.now());
        awaitState(Step.State.PARKED);

        assertThat(runs).hasValue(3);
        assertThat(step().attempts()).isEqualTo(3);
        assertThat(step().lastError()).isEqualTo("IOException: no way 3");
        assertThat(scheduled(replica, id, name)).isFalse();

        mended.set(true);
        assertThat(steps.retry(id, name)).isTrue();
        assertThat(steps.retry(id, name)).as("only one of two operators").isFalse();
        awaitState(Step.State.DONE);

        assertThat(runs).as("three attempts, and all three again").hasValue(6);
        assertThat(steps.retry(id, name)).as("nothing to retry any more").isFalse();
    }

    @Test
    void aStepThatIsDoneIsDoneOnceMoreWithAllItsAttempts() {
        AtomicBoolean failing = new AtomicBoolean();
        runner.handle(name, (request, part) -> {
            runs.incrementAndGet();
            if (failing.get()) {
                throw new IOException("no way");
            }
        });
        steps.startAgain(id, name);
        awaitState(Step.State.DONE);
        assertThat(runs).as("the first time").hasValue(1);

        failing.set(true);
        steps.startAgain(id, name);
        awaitState(Step.State.PARKED);

        assertThat(runs).as("all three attempts").hasValue(4);
        assertThat(step().attempts()).isEqualTo(3);
        assertThat(scheduled(replica, id, name)).isFalse();
    }

    @Test
    void aStepThatWaitsOrIsBeingDoneOrIsParkedIsNotStartedAgain() {
        CountDownLatch end = new CountDownLatch(1);
        steps.start(id, name, Instant.now().plus(Duration.ofDays(1)));
        assertThatThrownBy(() -> steps.startAgain(id, name)).isInstanceOf(WrongStateException.class);
        assertThat(step().state()).isEqualTo(Step.State.WAITING);

        runner.handle(name, (request, part) -> {
            runs.incrementAndGet();
            end.await();
            throw new HopelessException("no bridge");
        });
        steps.start(id, name, Instant.now());
        awaitState(Step.State.RUNNING);
        assertThatThrownBy(() -> steps.startAgain(id, name)).isInstanceOf(WrongStateException.class);
        end.countDown();
        awaitState(Step.State.PARKED);
        assertThatThrownBy(() -> steps.startAgain(id, name))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining(name);

        assertThat(runs).hasValue(1);
        assertThat(step().state()).isEqualTo(Step.State.PARKED);
    }

    @Test
    void ofTwoWhoStartAStepAgainAtTheSameMomentOneDoes() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        runner.handle(name, (request, part) -> {
            if (runs.incrementAndGet() == 2) {
                go.await();
            }
        });
        steps.start(id, name, Instant.now());
        awaitState(Step.State.DONE);

        CyclicBarrier together = new CyclicBarrier(2);
        AtomicInteger refused = new AtomicInteger();
        Thread[] officers = new Thread[2];
        for (int i = 0; i < 2; i++) {
            officers[i] = new Thread(() -> {
                try {
                    together.await();
                    steps.startAgain(id, name);
                } catch (WrongStateException e) {
                    refused.incrementAndGet();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            officers[i].start();
        }
        for (Thread officer : officers) {
            officer.join();
        }
        go.countDown();
        awaitState(Step.State.DONE);

        assertThat(refused).hasValue(1);
        assertThat(runs).hasValue(2);
    }

    @Test
    void aRequestIsStuckWhereAStepIsParkedAndNoneIsBeingDone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        runner.handle(name, (request, part) -> {
            throw new HopelessException("no bridge");
        });
        runner.handle(name + "-long", (request, part) -> {
            begun.countDown();
            end.await();
        });
        assertThat(steps.isStuck(id)).isFalse();

        steps.start(id, name + "-long", Instant.now());
        begun.await();
        assertThat(steps.isStuck(id)).isFalse();
        steps.start(id, name, Instant.now());
        awaitState(Step.State.PARKED);
        assertThat(steps.isStuck(id)).as("one is still being done").isFalse();

        end.countDown();
        await().until(() -> steps.hasEnded(id, name + "-long"));
        assertThat(steps.isStuck(id)).isTrue();
    }

    @Test
    void aStepThatWaitedWhenItsRequestStartedOverIsNotDone() {
        runner.handle(name, (request, part) -> runs.incrementAndGet());
        steps.start(id, name, Instant.now().plus(Duration.ofDays(1)));

        replica.getBean(Requests.class).startOver(id);
        jdbc(replica)
                .sql("UPDATE scheduled_tasks SET execution_time = now() WHERE task_instance = :instance")
                .param("instance", id + "/" + name)
                .update();

        await().until(() -> !scheduled(replica, id, name));
        assertThat(runs).hasValue(0);
        assertThat(steps.of(id)).isEmpty();
        steps.start(id, name, Instant.now());
        awaitState(Step.State.DONE);
    }

    @Test
    void anErrorParksAStepLikeAnyOtherFailure() {
        runner.handle(name, (request, part) -> {
            throw new OutOfMemoryError("Java heap space");
        });

        steps.start(id, name, Instant.now());

        awaitState(Step.State.PARKED);
        assertThat(step().lastError()).isEqualTo("OutOfMemoryError: Java heap space");
    }

    @Test
    void aStepWhoseAttemptsAllEndedInACrashParks() {
        steps.start(id, name, Instant.now().plus(Duration.ofDays(1)));
        // What three replicas leave behind that were killed in the middle of it.
        jdbc(replica)
                .sql("UPDATE request_step SET state = 'RUNNING', attempts = 3 WHERE name = :name")
                .param("name", name)
                .update();
        jdbc(replica)
                .sql("UPDATE scheduled_tasks SET execution_time = now() WHERE task_instance = :instance")
                .param("instance", id + "/" + name)
                .update();
        runner.handle(name, (request, part) -> runs.incrementAndGet());

        awaitState(Step.State.PARKED);
        assertThat(step().lastError()).contains("the application ended");
        assertThat(step().attempts()).isEqualTo(3);
        assertThat(runs).hasValue(0);
    }

    @Test
    void aStepThatNobodyHandlesWaitsAndIsDoneOnceItIsHandledAgain() {
        runner.handle(name, (request, part) -> runs.incrementAndGet());
        runner.release(name);

        Instant started = Instant.now();
        steps.start(id, name, started);
        await("put off")
                .until(() -> jdbc(replica)
                        .sql(
                                "SELECT NOT picked AND execution_time > :started FROM scheduled_tasks WHERE task_instance = :task")
                        .param("started", java.sql.Timestamp.from(started.plusSeconds(1)))
                        .param("task", id + "/" + name)
                        .query(Boolean.class)
                        .single());
        assertThat(step().attempts()).isZero();
        assertThat(step().state()).isEqualTo(Step.State.WAITING);

        runner.handle(name, (request, part) -> runs.incrementAndGet());
        awaitState(Step.State.DONE);
        assertThat(runs).hasValue(1);
    }

    @Test
    void aStepHasOneHandler() {
        runner.handle(name, (request, part) -> {});

        assertThatThrownBy(() -> runner.handle(name, (request, part) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(name);
    }

    @Test
    void anAttemptThatFailsBecauseItsRouteWasStoppedDoesNotCount() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        runner.handle(name, (request, part) -> {
            begun.countDown();
            stopped.await();
            throw new IllegalStateException("the route is gone");
        });
        steps.start(id, name, Instant.now());
        await().until(() -> begun.getCount() == 0);

        runner.release(name);
        stopped.countDown();

        await().until(() -> step().state() == Step.State.WAITING);
        assertThat(step().attempts()).isZero();
        assertThat(step().lastError()).isEqualTo("interrupted");
        runner.handle(name, (request, part) -> runs.incrementAndGet());
        awaitState(Step.State.DONE);
        assertThat(step().attempts()).isEqualTo(1);
    }

    @Test
    void anAttemptThatAShutdownCutShortDoesNotCountAndIsMadeAgainAfterTheNextStart() {
        try (RequestDatabase own = RequestDatabase.create()) {
            CountDownLatch begun = new CountDownLatch(1);
            UUID request;
            try (var first = own.replica("db-scheduler.shutdown-max-wait=100ms")) {
                request =
                        RequestDatabase.accept(first.getBean(Requests.class), 1).get(0);
                first.getBean(StepRunner.class).handle(name, (ignored, part) -> {
                    begun.countDown();
                    new CountDownLatch(1).await();
                });
                first.getBean(Steps.class).start(request, name, Instant.now());
                await().until(() -> begun.getCount() == 0);
            }
            try (var second = own.replica()) {
                Steps later = second.getBean(Steps.class);
                assertThat(later.of(request))
                        .singleElement()
                        .satisfies(step -> assertThat(step.attempts()).isZero())
                        .satisfies(step -> assertThat(step.state()).isEqualTo(Step.State.WAITING));
                second.getBean(StepRunner.class).handle(name, (ignored, part) -> runs.incrementAndGet());
                await().until(() -> later.hasEnded(request, name));
                assertThat(later.of(request).get(0).attempts()).isEqualTo(1);
            }
        }
    }

    @Test
    void aStepThatEndsDuringAShutdownIsDone() {
        try (RequestDatabase own = RequestDatabase.create()) {
            CountDownLatch begun = new CountDownLatch(1);
            UUID request;
            try (var first = own.replica("db-scheduler.shutdown-max-wait=100ms")) {
                request =
                        RequestDatabase.accept(first.getBean(Requests.class), 1).get(0);
                first.getBean(StepRunner.class).handle(name, (ignored, part) -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                first.getBean(Steps.class).start(request, name, Instant.now());
                await().until(() -> begun.getCount() == 0);
            }
            try (var second = own.replica()) {
                assertThat(second.getBean(Steps.class).hasEnded(request, name)).isTrue();
                assertThat(scheduled(second, request, name)).isFalse();
            }
        }
    }

    @Test
    void theOutcomeOfAStepWaitsForADatabaseThatIsAway() {
        try (RequestDatabase own = RequestDatabase.create();
                var other = own.replica(
                        "db-scheduler.heartbeat-interval=100ms", "db-scheduler.missed-heartbeats-limit=4")) {
            Steps there = other.getBean(Steps.class);
            UUID request =
                    RequestDatabase.accept(other.getBean(Requests.class), 1).get(0);
            other.getBean(StepRunner.class).handle(name, (ignored, part) -> {
                runs.incrementAndGet();
                own.goAway();
            });

            there.start(request, name, Instant.now());

            await().until(() -> runs.get() == 1);
            // Longer than the lease lasts without a heartbeat.
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            own.comeBack();
            await().ignoreExceptions().until(() -> there.hasEnded(request, name));
            await().ignoreExceptions().until(() -> !scheduled(other, request, name));
            assertThat(runs).as("such as a mail that was sent").hasValue(1);
        }
    }

    @Test
    void aStepThatIsDoneIsNotDoneAgainByWhoeverTookItsLease() {
        runner.handle(name, (request, part) -> {
            runs.incrementAndGet();
            takeLease();
        });

        steps.start(id, name, Instant.now());

        await().until(() -> !scheduled(replica, id, name));
        assertThat(step().state()).isEqualTo(Step.State.DONE);
        assertThat(runs).hasValue(1);
    }

    @Test
    void aFailureOfAStepThatHasLostItsLeaseIsNotWhatCounts() {
        runner.handle(name, (request, part) -> {
            if (runs.incrementAndGet() == 1) {
                takeLease();
                throw new IOException("too late");
            }
            assertThat(step().lastError()).isNull();
        });

        steps.start(id, name, Instant.now());

        awaitState(Step.State.DONE);
        assertThat(runs).hasValue(2);
    }

    @Test
    void replicasShareTheStepsAndDoEachOnce() throws Exception {
        try (RequestDatabase own = RequestDatabase.create();
                var one = own.replica("db-scheduler.threads=2");
                var two = own.replica("db-scheduler.threads=2")) {
            Map<UUID, Integer> done = new ConcurrentHashMap<>();
            CyclicBarrier bothAreAtIt = new CyclicBarrier(2);
            for (var each : List.of(one, two)) {
                AtomicBoolean first = new AtomicBoolean(true);
                each.getBean(StepRunner.class).handle(name, (request, part) -> {
                    if (first.getAndSet(false)) {
                        bothAreAtIt.await(30, TimeUnit.SECONDS);
                    }
                    done.merge(request, 1, Integer::sum);
                });
            }

            List<UUID> ids = RequestDatabase.accept(one.getBean(Requests.class), 20);
            ids.forEach(request -> one.getBean(Steps.class).start(request, name, Instant.now()));

            await().until(() ->
                    ids.stream().allMatch(request -> two.getBean(Steps.class).hasEnded(request, name)));
            assertThat(bothAreAtIt.isBroken()).isFalse();
            assertThat(done)
                    .hasSize(20)
                    .allSatisfy((request, times) -> assertThat(times).isEqualTo(1));
        }
    }

    /** However many steps there are of a kind for a request, a replica is at one of them, so that the others can have some. */
    @Test
    void stepsThatDifferInTheirNumberAreDoneOneAtATimeByAReplicaAndSharedByAll() throws Exception {
        try (RequestDatabase own = RequestDatabase.create();
                var one = own.replica("db-scheduler.threads=4");
                var two = own.replica("db-scheduler.threads=4")) {
            Set<String> parts = ConcurrentHashMap.newKeySet();
            CyclicBarrier bothAreAtIt = new CyclicBarrier(2);
            AtomicBoolean twoAtOnce = new AtomicBoolean();
            for (var each : List.of(one, two)) {
                AtomicBoolean isBusy = new AtomicBoolean();
                AtomicBoolean first = new AtomicBoolean(true);
                each.getBean(StepRunner.class).handle(name, (request, part) -> {
                    if (isBusy.getAndSet(true)) {
                        twoAtOnce.set(true);
                    }
                    if (first.getAndSet(false)) {
                        bothAreAtIt.await(30, TimeUnit.SECONDS);
                    }
                    parts.add(part);
                    isBusy.set(false);
                });
            }
            UUID request =
                    RequestDatabase.accept(one.getBean(Requests.class), 1).get(0);

            List<String> names = List.of("posts.1", "posts.2", "posts.3", "posts.4");
            names.forEach(part -> one.getBean(Steps.class).start(request, name + "." + part, Instant.now()));

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> one.getBean(Steps.class).haveAllEnded(request));
            assertThat(parts).containsExactlyInAnyOrderElementsOf(names);
            assertThat(bothAreAtIt.isBroken()).isFalse();
            assertThat(twoAtOnce).isFalse();
        }
    }

    /** What another replica does with a step whose replica it takes for dead. */
    private void takeLease() {
        jdbc(replica)
                .sql("UPDATE scheduled_tasks SET picked = false, version = version + 1 WHERE task_instance = :instance")
                .param("instance", id + "/" + name)
                .update();
    }

    private Step step() {
        return steps.of(id).stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void awaitState(Step.State state) {
        await(state.name()).until(() -> step().state() == state);
    }

    private static boolean scheduled(ConfigurableApplicationContext where, UUID request, String step) {
        return jdbc(where)
                .sql("SELECT EXISTS (SELECT 1 FROM scheduled_tasks WHERE task_instance = :instance)")
                .param("instance", request + "/" + step)
                .query(Boolean.class)
                .single();
    }

    private static JdbcClient jdbc(ConfigurableApplicationContext where) {
        return where.getBean(JdbcClient.class);
    }
}
