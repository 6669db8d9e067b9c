package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.WarmJvm;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.SharedSearches.File;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Shared searches on the real database. Nobody does their steps here. */
@WarmJvm
class SharedSearchesIT {

    private static final Asked ASKED = new Asked(1, Map.of("accountId", 1));

    private static RequestDatabase database;
    private static ConfigurableApplicationContext replica;

    private final JdbcClient jdbc = replica.getBean(JdbcClient.class);
    private final Requests requests = replica.getBean(Requests.class);
    private final Steps steps = replica.getBean(Steps.class);
    private final SharedSearches shared = new SharedSearches(jdbc, new ObjectMapper(), Clock.systemUTC());
    private final DataSubjectRequest request =
            requests.accept(RequestDatabase.asking("shared-" + UUID.randomUUID() + "@example.org"));
    private UUID search;

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

    @BeforeEach
    void begin() {
        search = shared.begin(request.id(), "posts", ASKED);
        shared.offer(search, List.of(new File("a", 10), new File("b", 40), new File("c", 20), new File("d", 30)));
        steps.start(request.id(), "search-lake.posts.1", Instant.now());
        steps.start(request.id(), "search-lake.posts.2", Instant.now());
    }

    @Test
    void aSearchThatHasBegunIsNotBegunAnew() {
        assertThat(shared.begin(request.id(), "posts", new Asked(2, Map.of()))).isEqualTo(search);
        assertThat(shared.of(request.id(), "posts").orElseThrow().asked()).isEqualTo(ASKED);
    }

    @Test
    void everyFileIsTakenOnceTheLargestFirst() {
        assertThat(shared.take(search, "posts.1", 2)).containsExactlyInAnyOrder("b", "d");
        assertThat(shared.take(search, "posts.2", 1)).containsExactly("c");
        assertThat(shared.take(search, "posts.1", 2)).containsExactly("a");
        assertThat(shared.take(search, "posts.2", 2)).isEmpty();
    }

    @Test
    void whatAnAttemptTookAndDidNotReadIsTakenAgainAndNothingElse() {
        shared.take(search, "posts.1", 2);
        shared.take(search, "posts.2", 1);
        shared.answer(search, "b", "found");

        shared.release(search, "posts.1");

        assertThat(shared.take(search, "posts.1", 9)).containsExactlyInAnyOrder("a", "d");
        assertThat(shared.answers(search, String.class)).containsExactly(Map.entry("b", "found"));
    }

    @Test
    void theFirstAnswerStays() {
        shared.answer(search, "b", "first");
        shared.answer(search, "b", "second");
        assertThat(shared.answers(search, String.class)).containsExactly(Map.entry("b", "first"));
    }

    @Test
    void itIsUnderWayUntilAllFilesAreAnsweredForOrNoStepIsLeft() {
        assertThat(shared.isUnderWay(request.id(), "posts")).isTrue();
        end("search-lake.posts.1", Step.State.DONE);
        assertThat(shared.isUnderWay(request.id(), "posts")).isTrue();
        end("search-lake.posts.2", Step.State.PARKED);
        assertThat(shared.isUnderWay(request.id(), "posts")).isFalse();

        end("search-lake.posts.2", Step.State.RUNNING);
        List.of("a", "b", "c", "d").forEach(file -> shared.answer(search, file, "found"));
        assertThat(shared.isUnderWay(request.id(), "posts")).isFalse();
        assertThat(shared.isUnderWay(request.id(), "votes"))
                .as("nobody shares it")
                .isFalse();
    }

    @Test
    void whatAnotherEngineHasLeftMayBeSharedInTheSameSearch() {
        UUID votes = shared.begin(request.id(), "votes", ASKED);
        assertThat(shared.of(request.id(), "votes").orElseThrow().isOffered()).isFalse();
        shared.offer(votes, List.of(new File("a", 1)));
        assertThat(shared.of(request.id(), "votes").orElseThrow().isOffered()).isTrue();
    }

    @Test
    void whatIsSharedOfOneDatasetIsNotOfAnotherWhoseNameBeginsAlike() {
        shared.offer(shared.begin(request.id(), "posts-old", ASKED), List.of(new File("a", 1)));
        assertThat(shared.isUnderWay(request.id(), "posts-old")).isFalse();
        assertThat(shared.datasets(request.id())).containsExactly("posts", "posts-old");
    }

    @Test
    void onceTheAnswerIsKeptNothingIsLeftOfTheSearchNotEvenAStepThatWasGivenUp() {
        end("search-lake.posts.2", Step.State.PARKED);
        steps.start(request.id(), EngineQueue.STEP + "posts", Instant.now());
        steps.start(request.id(), "gather-data", Instant.now());

        requests.record(request, findings(), Set.of());

        assertThat(shared.of(request.id(), "posts")).isEmpty();
        assertThat(steps.of(request.id())).extracting(Step::name).containsExactly("gather-data");
    }

    /** Its replica was taken for dead, and was not. What it looked for may be less than is looked for by now. */
    @Test
    void aStepThatIsLateForItsSearchChangesNothingOfTheNextOne() {
        shared.take(search, "posts.1", 2);
        requests.record(request, findings(), Set.of());
        UUID next = shared.begin(request.id(), "posts", new Asked(2, Map.of("accountId", 2)));
        shared.offer(next, List.of(new File("b", 40)));

        shared.answer(search, "b", "found");

        assertThat(shared.answers(next, String.class)).isEmpty();
        assertThat(shared.take(search, "posts.1", 2)).isEmpty();
    }

    @Test
    void aRequestThatBeginsAgainKeepsNothingOfIt() {
        requests.startOver(request.id());
        assertThat(shared.datasets(request.id())).isEmpty();
    }

    private static DatasetFindings findings() {
        return new DatasetFindings(
                "posts", Status.NOTHING_FOUND, List.of(), 4, 100, 0, Set.of(), List.of(), ASKED, Review.NOTHING);
    }

    private void end(String step, Step.State state) {
        RequestDatabase.set(jdbc, request.id(), step, state);
    }
}
