package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.themis.enrichment.LakePasses.Seat;
import io.themis.request.DatasetFindings.Review;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who reads a file that several need at the same time. */
class LakePassesTest {

    private static final SearchResult RESULT =
            new SearchResult(Set.of(), 1, 10, List.of(), Set.of(), List.of(), Review.NOTHING);

    private final LakePasses passes = new LakePasses();
    private final List<Thread> threads = new ArrayList<>();
    private List<Seat> pass;
    private Waiting second;
    private Waiting third;

    @AfterEach
    void endThreads() {
        threads.forEach(Thread::interrupt);
    }

    @Test
    void theFirstLeadsAtOnceAndThoseWhoComeMeanwhileShareTheNextPass() throws Exception {
        twoWaitWhileOneReads();
        passes.end("file", pass);

        assertThat(second.hasWaited()).isTrue();
        List<Seat> next = passes.begin("file");
        assertThat(next).containsExactly(second.seat, third.seat);
        third.seat.serve(RESULT);
        passes.end("file", next);
        assertThat(third.hasWaited()).isTrue();
        assertThat(third.seat.result()).isSameAs(RESULT);
        assertThatNobodyIsLeft("file");
    }

    @Test
    void anotherFileIsReadAtTheSameTime() throws Exception {
        passes.take("file", seat());
        passes.begin("file");

        assertThat(passes.take("other", seat())).isFalse();
    }

    @Test
    void aPassThatFailsIsLedByTheNextWithAllWhoWait() throws Exception {
        List<Seat> failing = theSecondReads();
        Waiting fourth = waiting("file");

        passes.end("file", failing);

        assertThat(third.hasWaited()).isTrue();
        assertThat(third.seat.result()).isNull();
        assertThat(passes.begin("file")).containsExactly(third.seat, fourth.seat);
    }

    @Test
    void oneWhoNoLongerNeedsTheFileLetsTheNextLead() throws Exception {
        twoWaitWhileOneReads();
        passes.end("file", pass);
        second.hasWaited();

        passes.leave("file", second.seat);

        assertThat(third.hasWaited()).isTrue();
        assertThat(passes.begin("file")).containsExactly(third.seat);
    }

    @Test
    void oneInterruptedInTheLineIsInItNoLonger() throws Exception {
        twoWaitWhileOneReads();

        second.interrupt();
        passes.end("file", pass);

        assertThat(third.hasWaited()).isTrue();
        assertThat(passes.begin("file")).containsExactly(third.seat);
    }

    @Test
    void oneInterruptedDuringAPassThatFailsDoesNotHoldUpThoseBehind() throws Exception {
        List<Seat> failing = theSecondReads();
        Waiting fourth = waiting("file");

        third.interrupt();
        passes.end("file", failing);

        assertThat(fourth.hasWaited()).isTrue();
        assertThat(passes.begin("file")).containsExactly(fourth.seat);
    }

    @Test
    void oneWhoIsToReadAloneWaitsNoLongerAndIsInNoLine() throws Exception {
        List<Seat> failing = theSecondReads();

        third.seat.readAlone();
        passes.end("file", failing);

        assertThat(third.hasWaited()).isTrue();
        assertThat(third.seat.isAlone()).isTrue();
        assertThatNobodyIsLeft("file");
    }

    @Test
    void oneWhoLeavesAfterTheLastPassHasEndedIsNoMistake() throws Exception {
        Seat first = seat();
        passes.take("file", first);
        passes.end("file", passes.begin("file"));

        passes.leave("file", first);

        assertThatNobodyIsLeft("file");
    }

    private void twoWaitWhileOneReads() throws InterruptedIOException {
        Seat first = seat();
        assertThat(passes.take("file", first)).isFalse();
        pass = passes.begin("file");
        assertThat(pass).containsExactly(first);
        second = waiting("file");
        third = waiting("file");
    }

    /** With the third one. */
    private List<Seat> theSecondReads() throws Exception {
        twoWaitWhileOneReads();
        passes.end("file", pass);
        second.hasWaited();
        return passes.begin("file");
    }

    /** Who comes now leads, alone. */
    private void assertThatNobodyIsLeft(String file) throws InterruptedIOException {
        Seat next = seat();
        assertThat(passes.take(file, next)).isFalse();
        assertThat(passes.begin(file)).containsExactly(next);
    }

    private static Seat seat() {
        return new Seat(null, () -> {
            throw new AssertionError("nothing is read here");
        });
    }

    /** Somebody on a thread of their own, who waits now. */
    private Waiting waiting(String file) {
        Seat seat = seat();
        FutureTask<Boolean> taking = new FutureTask<>(() -> passes.take(file, seat));
        Thread thread = new Thread(taking, "waiting for " + file);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        await().atMost(10, TimeUnit.SECONDS).until(() -> thread.getState() == Thread.State.WAITING);
        return new Waiting(seat, taking, thread);
    }

    private record Waiting(Seat seat, FutureTask<Boolean> taking, Thread thread) {

        boolean hasWaited() throws Exception {
            return taking.get(10, TimeUnit.SECONDS);
        }

        void interrupt() {
            thread.interrupt();
            assertThatThrownBy(() -> taking.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedIOException.class);
        }
    }
}
