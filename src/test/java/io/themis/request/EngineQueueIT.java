package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.WarmJvm;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.EngineQueue.Job;
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
        assertThat(lead(waiting.get(2)).waiting())
                .containsExactly(waiting.get(2), waiting.get(0), waiting.get(1), waiting.get(3))
                .doesNotContain(elsewhere);
    }

    @Test
    void thereIsOneJobOfADatasetAtATimeAndWhoComesMeanwhileSharesTheNext() {
        Waiting first = waiting(1).get(0);
        Job job = lead(first);
        List<Waiting> later = waiting(2);
        assertThatThrownBy(() -> lead(later.get(0))).isInstanceOf(NotYetException.class);
        assertThat(queue.answer(job.id(), first.search(), "told")).isTrue();
        queue.end(job.id());
        assertThat(lead(later.get(0)).waiting()).containsExactlyElementsOf(later);
    }

    @Test
    void jobsOfTwoDatasetsOfOneRequestAreNoMatterOfEachOther() {
        Waiting posts = waiting(1).get(0);
        String votes = "other-" + dataset;
        queue.join(shared.begin(posts.request(), votes, ASKED));
        steps.start(posts.request(), EngineQueue.STEP + votes, Instant.now().plusSeconds(3_600));
        Job job = lead(posts);
        Job other = queue.lead(posts.request(), votes);
        assertThat(other.waiting()).hasSize(1);
        queue.end(other.id());
        assertThatThrownBy(() -> lead(waiting(1).get(0))).isInstanceOf(NotYetException.class);
        assertThat(queue.answer(job.id(), posts.search(), "told")).isTrue();
        assertThat(queue.isWaiting(posts.request(), votes)).isTrue();
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
                        return queue.lead(each.request(), dataset).waiting().size();
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
    void whoHasBeenServedLeadsForNobody() {
        List<Waiting> waiting = waiting(2);
        Job job = lead(waiting.get(0));
        waiting.forEach(each -> queue.answer(job.id(), each.search(), "told to " + each.search()));
        queue.end(job.id());

        assertThat(lead(waiting.get(1)).waiting()).isEmpty();
        assertThat(queue.isWaiting(waiting.get(1).request(), dataset)).isFalse();
        queue.requireAnswered(waiting.get(1).request(), dataset);
        assertThat(queue.answer(waiting.get(1).search(), String.class))
                .contains("told to " + waiting.get(1).search());
    }

    @Test
    void whomAJobHasNotServedWaitsForTheNext() {
        List<Waiting> waiting = waiting(2);
        Job job = lead(waiting.get(0));
        queue.answer(job.id(), waiting.get(1).search(), "told");
        queue.end(job.id());
        assertThatThrownBy(() -> queue.requireAnswered(waiting.get(0).request(), dataset))
                .isInstanceOf(NotYetException.class);
        assertThat(lead(waiting.get(0)).waiting()).containsExactly(waiting.get(0));
    }

    @Test
    void theFirstAnswerStays() {
        Waiting own = waiting(1).get(0);
        Job job = lead(own);
        assertThat(queue.answer(job.id(), own.search(), "first")).isTrue();
        assertThat(queue.answer(job.id(), own.search(), "second")).isFalse();
        assertThat(queue.answer(own.search(), String.class)).contains("first");
    }

    @Test
    void whoeverHasWaitedLongestMayLeadTheNextJobIfThereIsAnybody() {
        List<Waiting> waiting = waiting(3);
        is(waiting.get(0), Step.State.PARKED);
        assertThat(queue.next(dataset)).contains(waiting.get(1).request());
        assertThat(queue.next("other-" + dataset)).isEmpty();
    }

    /** What was looked for may be what the replica has ended with. And it may not have ended, but is late. */
    @Test
    void aJobThatEndedWithItsReplicaIsBegunAnewForHalfOfThemAndItsAnswersCountForNothing() {
        List<Waiting> waiting = waiting(5);
        Job lost = lead(waiting.get(0));
        queue.keepOnly(
                lost.id(), waiting.subList(0, 4).stream().map(Waiting::search).toList());
        Waiting late = waiting(1).get(0);
        Job next = lead(waiting.get(0));
        assertThat(next.waiting()).as("of four").containsExactly(waiting.get(0), waiting.get(1));

        assertThat(queue.answer(lost.id(), waiting.get(0).search(), "late")).isFalse();
        queue.end(lost.id());
        assertThat(queue.answer(next.id(), waiting.get(0).search(), "in time")).isTrue();
        assertThat(queue.answer(waiting.get(0).search(), String.class)).contains("in time");
        queue.end(next.id());
        assertThat(lead(late).waiting()).as("were not in the job that was lost").containsExactly(late, waiting.get(4));
    }

    @Test
    void aJobWhoseStepIsNoMoreIsAnotherSteps() {
        List<Waiting> waiting = waiting(2);
        lead(waiting.get(0));
        is(waiting.get(0), Step.State.PARKED);
        assertThat(lead(waiting.get(1)).waiting()).containsExactly(waiting.get(1));
    }

    @Test
    void whoseStepWasGivenUpIsInNobodysJobUntilItIsTriedAgain() {
        List<Waiting> waiting = waiting(2);
        is(waiting.get(1), Step.State.PARKED);
        Job without = lead(waiting.get(0));
        assertThat(without.waiting()).containsExactly(waiting.get(0));
        assertThat(queue.isWaiting(waiting.get(1).request(), dataset))
                .as("a replica might read for days what it was not meant to")
                .isTrue();
        queue.end(without.id());
        is(waiting.get(1), Step.State.WAITING);
        assertThat(lead(waiting.get(0)).waiting()).containsExactlyElementsOf(waiting);
    }

    /** It can't come true any more, so Themis reads the files. */
    @Test
    void whoseStepIsDoneDoesNotWait() {
        Waiting own = waiting(1).get(0);
        is(own, Step.State.DONE);
        assertThat(queue.isWaiting(own.request(), dataset)).isFalse();
        assertThat(queue.next(dataset)).isEmpty();
    }

    @Test
    void afterAFailureHalfOfThemAreTogetherAndAfterASuccessMoreAgain() {
        List<Waiting> waiting = waiting(5);
        Waiting own = waiting.get(0);
        assertThat(fails(own)).hasSize(5);
        assertThat(fails(own)).hasSize(2);
        Job alone = lead(own);
        assertThat(alone.waiting()).as("whoever it fails for is alone").containsExactly(own);
        queue.end(alone.id());
        failed(own);

        Job two = lead(waiting.get(4));
        assertThat(two.waiting())
                .as("of those who have failed with four others alone")
                .containsExactly(waiting.get(4), waiting.get(2));
        queue.rejoin(two.id(), dataset);
        queue.end(two.id());
        assertThat(leads(waiting.get(1))).as("was alone before").containsExactly(waiting.get(1), waiting.get(2));
        assertThat(leads(waiting.get(3)))
                .as("may be one of four by now, and nobody else")
                .containsExactly(waiting.get(3));
        assertThat(leads(waiting.get(4))).as("was not served").containsExactly(waiting.get(4), waiting.get(1));
        assertThat(leads(own)).as("has failed alone").containsExactly(own);
        Waiting late = waiting(1).get(0);
        assertThat(leads(late)).as("has not failed with anybody").containsExactly(late);
    }

    /** Whom a job of this one would be for. */
    private List<Waiting> leads(Waiting waiting) {
        Job job = lead(waiting);
        queue.end(job.id());
        is(waiting, Step.State.WAITING);
        return job.waiting();
    }

    private List<Waiting> fails(Waiting lead) {
        Job job = lead(lead);
        queue.separate(job.waiting().stream().map(Waiting::search).toList());
        queue.end(job.id());
        return job.waiting();
    }

    /** The step, as no job is with others any more. */
    private void failed(Waiting waiting) {
        is(waiting, Step.State.WAITING);
        jdbc.sql("UPDATE request_step SET attempts = 1 WHERE request_id = :id AND name = :name")
                .param("id", waiting.request())
                .param("name", EngineQueue.STEP + dataset)
                .update();
    }

    @Test
    void aRequestThatBeginsAgainWaitsForNothingAndGetsNoAnswer() {
        Waiting own = waiting(1).get(0);
        Job job = lead(own);
        requests.startOver(own.request());
        assertThat(queue.answer(job.id(), own.search(), "late")).isFalse();
        assertThat(queue.isWaiting(own.request(), dataset)).isFalse();
        assertThat(queue.answer(own.search(), String.class)).isEmpty();
        assertThat(queue.lead(own.request(), dataset).waiting()).isEmpty();
    }

    @Test
    void whatNobodyNeedsIsForgotten() {
        Waiting own = waiting(1).get(0);
        queue.forget(List.of(own.search()));
        assertThat(shared.datasets(own.request())).isEmpty();
    }

    private Job lead(Waiting own) {
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
        RequestDatabase.set(jdbc, waiting.request(), EngineQueue.STEP + dataset, state);
    }
}
