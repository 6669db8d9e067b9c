package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.WarmJvm;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.EngineQueue.Waiting;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who shares a job of another engine, on the real database. Nobody does the steps here. */
@WarmJvm
class EngineQueueIT {

    private static final Asked ASKED = new Asked(1, Map.of("accountId", 1));

    private static RequestDatabase database;
    private static ConfigurableApplicationContext replica;

    private final JdbcClient jdbc = replica.getBean(JdbcClient.class);
    private final Requests requests = replica.getBean(Requests.class);
    private final Steps steps = replica.getBean(Steps.class);
    private final EngineQueue queue = replica.getBean(EngineQueue.class);
    private final SharedSearches shared = new SharedSearches(jdbc, new ObjectMapper(), Clock.systemUTC());
    private final String dataset = "dataset-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        database = RequestDatabase.create();
        replica = database.replica();
    }

    @AfterAll
    static void stop() {
        replica.close();
        database.close();
    }

    @Test
    void aJobIsForAllWhoWaitWhoLeadsItFirstAndThenWhoHasWaitedLongest() {
        List<Waiting> waiting = waiting(4);
        Waiting elsewhere = join("other-" + dataset);
        assertThat(lead(waiting.get(2)))
                .containsExactly(waiting.get(2), waiting.get(0), waiting.get(1), waiting.get(3))
                .doesNotContain(elsewhere);
    }

    @Test
    void thereIsOneJobOfADatasetAtATimeAndWhoComesMeanwhileSharesTheNext() {
        Waiting first = waiting(1).get(0);
        lead(first);
        List<Waiting> later = waiting(2);
        assertThatThrownBy(() -> lead(later.get(0))).isInstanceOf(NotYetException.class);
        queue.answer(first.search(), first.request(), "told");
        queue.leave(first.request(), dataset);
        assertThat(lead(later.get(0))).containsExactlyElementsOf(later);
    }

    /** Steps that are due at the same moment, on several replicas. */
    @Test
    void ofManyWhoBeginAtTheSameTimeOneLeads() throws Exception {
        List<Waiting> waiting = waiting(8);
        waiting.forEach(each -> is(each, Step.State.RUNNING));
        CyclicBarrier together = new CyclicBarrier(waiting.size());
        ExecutorService threads = Executors.newFixedThreadPool(waiting.size());
        try {
            List<Future<Integer>> jobs = new ArrayList<>();
            for (Waiting each : waiting) {
                jobs.add(threads.submit(() -> {
                    together.await();
                    try {
                        return queue.lead(each.request(), dataset).size();
                    } catch (NotYetException e) {
                        return 0;
                    }
                }));
            }
            List<Integer> sizes = new ArrayList<>();
            for (Future<Integer> job : jobs) {
                sizes.add(job.get());
            }
            assertThat(sizes).containsExactlyInAnyOrder(8, 0, 0, 0, 0, 0, 0, 0);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoHasBeenServedLeadsNoJob() {
        List<Waiting> waiting = waiting(2);
        lead(waiting.get(0));
        waiting.forEach(each -> queue.answer(each.search(), waiting.get(0).request(), "told to " + each.search()));
        queue.leave(waiting.get(0).request(), dataset);

        assertThat(lead(waiting.get(1))).isEmpty();
        assertThat(queue.isWaiting(waiting.get(1).request(), dataset)).isFalse();
        assertThat(queue.answer(waiting.get(1).search(), String.class))
                .contains("told to " + waiting.get(1).search());
    }

    @Test
    void whomAJobHasNotServedWaitsForTheNext() {
        List<Waiting> waiting = waiting(2);
        lead(waiting.get(0));
        queue.answer(waiting.get(1).search(), waiting.get(0).request(), "told");
        queue.leave(waiting.get(0).request(), dataset);
        assertThat(queue.isWaiting(waiting.get(0).request(), dataset)).isTrue();
        assertThat(lead(waiting.get(0))).containsExactly(waiting.get(0));
    }

    @Test
    void aJobThatEndedWithItsReplicaIsBegunAnewByTheNextAttempt() {
        List<Waiting> waiting = waiting(2);
        lead(waiting.get(0));
        assertThat(lead(waiting.get(0))).containsExactlyElementsOf(waiting);
    }

    @Test
    void aJobWhoseStepIsNoMoreIsAnotherStepsAndNobodyTakesItsAnswer() {
        List<Waiting> waiting = waiting(2);
        Waiting lost = waiting.get(0);
        Waiting next = waiting.get(1);
        lead(lost);
        is(lost, Step.State.PARKED);

        assertThat(lead(next)).containsExactly(next);
        queue.answer(next.search(), lost.request(), "late");
        assertThat(queue.answer(next.search(), String.class)).isEmpty();
        queue.leave(lost.request(), dataset);
        queue.answer(next.search(), next.request(), "in time");
        assertThat(queue.answer(next.search(), String.class)).contains("in time");
    }

    @Test
    void whoseStepWasGivenUpIsInNobodysJobUntilItIsTriedAgain() {
        List<Waiting> waiting = waiting(2);
        is(waiting.get(1), Step.State.PARKED);
        assertThat(lead(waiting.get(0))).containsExactly(waiting.get(0));
        is(waiting.get(1), Step.State.WAITING);
        assertThat(lead(waiting.get(0))).containsExactlyElementsOf(waiting);
    }

    @Test
    void afterAFailureHalfOfThemAreTogetherAndAfterASuccessMoreAgain() {
        List<Waiting> waiting = waiting(5);
        Waiting own = waiting.get(0);
        assertThat(fails(own)).hasSize(5);
        assertThat(fails(own)).hasSize(2);
        assertThat(lead(own)).as("whoever it fails for is alone").containsExactly(own);
        queue.leave(own.request(), dataset);

        Waiting other = waiting.get(4);
        assertThat(lead(other))
                .as("has failed with four others alone")
                .hasSize(2)
                .doesNotContain(own);
        queue.rejoin(dataset);
        queue.leave(other.request(), dataset);
        assertThat(lead(other)).hasSize(3).doesNotContain(own);
        Waiting late = waiting(1).get(0);
        queue.leave(other.request(), dataset);
        assertThat(lead(late)).as("has not failed with anybody").containsExactly(late);
    }

    private List<Waiting> fails(Waiting lead) {
        List<Waiting> together = lead(lead);
        queue.separate(together.stream().map(Waiting::search).toList());
        queue.leave(lead.request(), dataset);
        return together;
    }

    @Test
    void aRequestThatBeginsAgainWaitsForNothingAndGetsNoAnswer() {
        Waiting own = waiting(1).get(0);
        lead(own);
        requests.startOver(own.request());
        queue.answer(own.search(), own.request(), "late");
        assertThat(queue.isWaiting(own.request(), dataset)).isFalse();
        assertThat(queue.answer(own.search(), String.class)).isEmpty();
        assertThat(queue.lead(own.request(), dataset)).isEmpty();
    }

    private List<Waiting> lead(Waiting own) {
        is(own, Step.State.RUNNING);
        try {
            return queue.lead(own.request(), dataset);
        } catch (NotYetException e) {
            is(own, Step.State.WAITING);
            throw e;
        }
    }

    private List<Waiting> waiting(int count) {
        List<Waiting> waiting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waiting.add(join(dataset));
        }
        return waiting;
    }

    private Waiting join(String place) {
        DataSubjectRequest request =
                requests.accept(RequestDatabase.asking("engine-" + UUID.randomUUID() + "@example.org"));
        UUID search = shared.begin(request.id(), place, ASKED);
        queue.join(search);
        steps.start(request.id(), EngineQueue.STEP + place, Instant.now().plusSeconds(3_600));
        return new Waiting(search, request.id());
    }

    private void is(Waiting waiting, Step.State state) {
        jdbc.sql("UPDATE request_step SET state = :state WHERE request_id = :id AND name = :name")
                .param("state", state.name())
                .param("id", waiting.request())
                .param("name", EngineQueue.STEP + dataset)
                .update();
    }
}
