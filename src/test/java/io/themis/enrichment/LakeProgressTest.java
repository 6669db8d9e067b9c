package io.themis.enrichment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.lake.FileRanges;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.ProgressLog;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.SearchProgress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;

/** What is noted of searches, by a clock that a test moves. */
@ExtendWith(OutputCaptureExtension.class)
class LakeProgressTest {

    private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");

    private static final DataSubjectRequest REQUEST = new DataSubjectRequest(
            UUID.randomUUID(),
            RequestType.ACCESS,
            new EmailAddress("ada@example.org"),
            Locale.ENGLISH,
            RequestStatus.GATHERING,
            BEGIN,
            BEGIN,
            "test",
            null,
            null,
            7);

    private final Log log = new Log();
    private final MovedClock clock = new MovedClock();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LakeProgress progress =
            new LakeProgress(log, meters, clock, new DataMap("emailAddress", "profile", Map.of(), List.of(), "test"));
    private final DatasetProgress posts = progress.begin(REQUEST, "posts");

    @Test
    void whatIsReadIsNotedOnceASecondAndNotEachTime() throws IOException {
        FileProgress first = posts.file(10_000);
        posts.file(5_000);
        OutputStream sink = first.counting(new ByteArrayOutputStream());

        for (int i = 0; i < 1_000; i++) {
            sink.write("four".getBytes(UTF_8));
            sink.write('5');
        }
        assertThat(log.noted).isEmpty();
        clock.tick(2);

        assertThat(log.noted)
                .containsExactly(new SearchProgress(
                        REQUEST.id(), 7, "posts", BEGIN, 2, 0, 15_000, 5_000, 2_500L, BEGIN.plusSeconds(2)));
    }

    @Test
    void whatAnotherEngineHasReadCountsUntilItIsDealtWithAndWhatIsToBeReadAgainBeginsAnew() {
        FileProgress first = posts.file(100);
        FileProgress second = posts.file(100);
        posts.readByEngine(150);
        clock.tick(1);
        first.end();
        clock.tick(1);
        posts.readByEngine(0);
        clock.tick(1);
        second.end();
        clock.tick(1);

        assertThat(log.noted).extracting(SearchProgress::bytesDone).containsExactly(150L, 200L, 100L, 200L);
        assertThat(log.noted)
                .extracting(SearchProgress::begunAt)
                .containsExactly(BEGIN, BEGIN, BEGIN.plusSeconds(2), BEGIN.plusSeconds(2));
    }

    @Test
    void whatIsWrittenReachesTheSearchAsItIs() throws IOException {
        ByteArrayOutputStream search = new ByteArrayOutputStream();
        OutputStream sink = posts.file(6).counting(search);

        sink.write("-all-".getBytes(UTF_8), 1, 3);
        sink.write('!');

        assertThat(search.toString(UTF_8)).isEqualTo("all!");
    }

    @Test
    void rangesCountWhenTheyAreThereAndAFileNeverForMoreThanItsLength() {
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        FileRanges file = posts.file(100).counting(new FileRanges() {
            @Override
            public long length() {
                return 100;
            }

            @Override
            public CompletableFuture<byte[]> read(long from, int length) {
                CompletableFuture<byte[]> read = new CompletableFuture<>();
                reads.add(read);
                return read;
            }
        });
        CompletableFuture<byte[]> asked = file.read(0, 80);
        file.read(20, 80);
        file.read(0, 100);

        assertThat(file.length()).isEqualTo(100);
        assertThat(bytesDone()).isZero();
        reads.get(0).complete(new byte[80]);
        assertThat(asked).isCompletedWithValueMatching(bytes -> bytes.length == 80);
        assertThat(bytesDone()).isEqualTo(80);
        reads.get(1).complete(new byte[80]);
        assertThat(bytesDone()).isEqualTo(100);
        reads.get(2).completeExceptionally(new IOException("gone"));
        assertThat(meters.get("themis.lake.read")
                        .tag("dataset", "posts")
                        .counter()
                        .count())
                .as("what the store has sent")
                .isEqualTo(160);
    }

    /** Its index says that the person is not in there, or the lake does not hand it out. */
    @Test
    void aFileThatIsNotReadCountsWholeAndOnce() {
        posts.file(70);
        FileProgress leftOut = posts.file(30);
        leftOut.end();
        leftOut.end();
        clock.tick(1);

        assertThat(log.last().filesDone()).isEqualTo(1);
        assertThat(log.last().bytesDone()).isEqualTo(30);
        assertThat(meters.get("themis.lake.files")
                        .tag("dataset", "posts")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("themis.lake.read").counter().count()).isZero();
    }

    @Test
    void theEndOfASearchIsNotedAtOnceAndThenNoMore() {
        posts.file(100).read(60);
        posts.file(5);
        progress.end(posts);

        assertThat(log.noted)
                .containsExactly(new SearchProgress(REQUEST.id(), 7, "posts", BEGIN, 2, 2, 105, 105, null, BEGIN));
        clock.tick(1);
        clock.tick(1);
        assertThat(log.noted).hasSize(1);
    }

    @Test
    void aDatasetWithoutFilesHasNoneToDo() {
        progress.end(posts);

        assertThat(log.last()).isEqualTo(new SearchProgress(REQUEST.id(), 7, "posts", BEGIN, 0, 0, 0, 0, null, BEGIN));
    }

    /** A step that fails does not say so. */
    @Test
    void aSearchThatFallsSilentIsNotedWithoutARateAndForgottenUntilItGoesOn() {
        FileProgress file = posts.file(1_000_000);
        file.read(500);
        for (int second = 1; second <= 60; second++) {
            clock.tick(1);
        }

        assertThat(log.last().bytesPerSecond()).isNull();
        assertThat(log.noted).hasSizeLessThan(15);

        file.read(3_000);
        clock.tick(1);
        assertThat(log.last().bytesDone()).isEqualTo(3_500);
        assertThat(log.last().bytesPerSecond()).as("of now, not of the silence").isEqualTo(3_000);
    }

    @Test
    void aLogThatIsAwayHoldsUpNoSearchAndIsToldOfOnce(CapturedOutput output) {
        log.failure = new DataAccessResourceFailureException("no place for ada@example.org");
        FileProgress file = posts.file(100);
        file.read(10);
        clock.tick(1);
        file.read(10);
        clock.tick(1);
        progress.end(posts);
        clock.tick(1);

        assertThat(output.toString().lines().filter(line -> line.contains("is not noted")))
                .hasSize(1)
                .noneMatch(line -> line.contains("ada@"));
        log.failure = null;
        clock.tick(1);
        assertThat(log.last().bytesDone()).isEqualTo(100);
        assertThat(log.noted).hasSize(1);
    }

    private long bytesDone() {
        clock.tick(1);
        return log.last().bytesDone();
    }

    private static final class Log implements ProgressLog {

        private final List<SearchProgress> noted = new ArrayList<>();
        private RuntimeException failure;

        @Override
        public void note(SearchProgress progress) {
            if (failure != null) {
                throw failure;
            }
            noted.add(progress);
        }

        @Override
        public List<SearchProgress> unfinished() {
            throw new UnsupportedOperationException();
        }

        private SearchProgress last() {
            return noted.get(noted.size() - 1);
        }
    }

    private final class MovedClock extends Clock {

        private Instant now = BEGIN;

        private void tick(long seconds) {
            now = now.plus(Duration.ofSeconds(seconds));
            progress.note();
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
