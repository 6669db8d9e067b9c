package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.WarmJvm;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Progress on the real database, noted by one replica and asked of another. */
@WarmJvm
class SearchProgressesIT {

    private static final Instant TEN = Instant.parse("2026-03-01T10:00:00Z");

    private static RequestDatabase database;
    private static ConfigurableApplicationContext one;
    private static ConfigurableApplicationContext another;

    private final SearchProgresses noting = searches(one);
    private final SearchProgresses asked = searches(another);
    private final Requests requests = one.getBean(Requests.class);
    private final DataSubjectRequest request =
            requests.accept(RequestDatabase.asking("person-" + UUID.randomUUID() + "@example.org"));

    @BeforeAll
    static void start() {
        database = RequestDatabase.create();
        one = database.replica();
        another = database.replica();
    }

    @AfterAll
    static void stop() {
        one.close();
        another.close();
        database.close();
    }

    /** Ten o'clock there. */
    private static SearchProgresses searches(ConfigurableApplicationContext replica) {
        return new SearchProgresses(replica.getBean(JdbcClient.class), Clock.fixed(TEN, ZoneOffset.UTC));
    }

    @Test
    void whatOneReplicaNotesEveryOtherCanTell() {
        assertThat(asked.of(request)).isEmpty();

        noting.note(search(request, "posts", TEN, 3, 1, 5_000, 600, 110L));
        noting.note(search(request, "votes", TEN, 2, 2, 70, 70, null));

        assertThat(asked.of(request)).contains(new RequestProgress(5, 3, 5_070, 670, List.of("posts"), 110L, 40L));
    }

    @Test
    void aDatasetThatIsSearchedAgainCountsOnce() {
        noting.note(search(request, "posts", TEN.minusSeconds(9), 3, 3, 5_000, 5_000, null));
        noting.note(search(request, "posts", TEN, 3, 0, 5_000, 0, null));

        assertThat(asked.of(request)).contains(new RequestProgress(3, 0, 5_000, 0, List.of("posts"), null, null));
    }

    /** Two threads, or a replica that lost its lease and does not know yet. */
    @Test
    void whatIsNotedTooLateChangesNothing() {
        RequestProgress done = new RequestProgress(3, 3, 5_000, 5_000, List.of(), null, null);
        noting.note(search(request, "posts", TEN, 3, 3, 5_000, 5_000, null));

        asked.note(search(request, "posts", TEN, 3, 2, 5_000, 5_000, 100L));
        assertThat(asked.of(request)).contains(done);
        asked.note(search(request, "posts", TEN, 3, 2, 5_000, 4_999, 100L));
        assertThat(asked.of(request)).contains(done);
        asked.note(search(request, "posts", TEN.minusSeconds(1), 4, 4, 9_000, 9_000, null));
        assertThat(asked.of(request)).contains(done);
    }

    @Test
    void aRequestThatBeginsAgainHasSearchedNothingWhateverOldSearchesSay() {
        noting.note(search(request, "posts", TEN, 3, 1, 5_000, 600, null));
        DataSubjectRequest again = requests.startOver(request.id());
        assertThat(asked.of(again)).isEmpty();

        noting.note(search(request, "posts", TEN, 3, 2, 5_000, 4_000, null));
        assertThat(asked.of(again)).isEmpty();

        noting.note(search(again, "posts", TEN.plusSeconds(1), 3, 0, 5_000, 0, null));
        noting.note(search(request, "posts", TEN, 3, 3, 5_000, 5_000, null));
        assertThat(asked.of(again)).contains(new RequestProgress(3, 0, 5_000, 0, List.of("posts"), null, null));
    }

    @Test
    void unfinishedAreTheSearchesOfOpenRequestsThatAreNotDone() {
        SearchProgress posts = search(request, "posts", TEN, 3, 1, 5_000, 600, 110L);
        SearchProgress empty = search(request, "votes", TEN, 1, 0, 0, 0, null);
        noting.note(posts);
        noting.note(empty);
        noting.note(search(request, "badges", TEN, 2, 2, 70, 70, null));
        DataSubjectRequest closed =
                requests.accept(RequestDatabase.asking("closed-" + UUID.randomUUID() + "@example.org"));
        noting.note(search(closed, "posts", TEN, 3, 1, 5_000, 600, null));
        requests.close(closed.id(), RequestStatus.DELIVERED);

        assertThat(ofThis(asked.unfinished(), request, closed)).containsExactly(posts, empty);

        requests.startOver(request.id());
        assertThat(ofThis(asked.unfinished(), request, closed)).isEmpty();
    }

    private static List<SearchProgress> ofThis(List<SearchProgress> all, DataSubjectRequest... requests) {
        List<UUID> ids = List.of(requests).stream().map(DataSubjectRequest::id).toList();
        return all.stream().filter(search -> ids.contains(search.requestId())).toList();
    }

    private static SearchProgress search(
            DataSubjectRequest request,
            String dataset,
            Instant begunAt,
            long files,
            long filesDone,
            long bytes,
            long bytesDone,
            Long rate) {
        return new SearchProgress(
                request.id(), request.run(), dataset, begunAt, files, filesDone, bytes, bytesDone, rate, TEN);
    }
}
