package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestProgressTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @Test
    void aRequestThatSearchedNothingHasNone() {
        assertThat(RequestProgress.sum(List.of(), NOW)).isEmpty();
    }

    @Test
    void itIsTheSumOfItsSearchesAndTheTimeLeftIsThatOfTheWhole() {
        RequestProgress sum = sum(
                search("accounts", 2, 2, 100, 100, null, 0),
                search("comments", 4, 1, 1_000, 400, 30L, 0),
                search("posts", 3, 0, 5_000, 600, 20L, 1));

        assertThat(sum)
                .isEqualTo(new RequestProgress(
                        9,
                        3,
                        6_100,
                        1_100,
                        List.of("comments", "posts"),
                        50L,
                        // 5000 bytes
                        100L));
    }

    @Test
    void secondsLeftAreRoundedUpSoThatTheyAreNotZeroBeforeTheEnd() {
        assertThat(sum(search("posts", 1, 0, 1_001, 1_000, 1_000L, 0)).secondsLeft())
                .isEqualTo(1);
        assertThat(sum(search("posts", 1, 0, 2_001, 0, 1_000L, 0)).secondsLeft())
                .isEqualTo(3);
    }

    @Test
    void whereHowFastIsNotKnownNoTimeIsLeft() {
        RequestProgress sum = sum(search("posts", 3, 1, 5_000, 600, null, 0));

        assertThat(sum.bytesPerSecond()).isNull();
        assertThat(sum.secondsLeft()).isNull();
        assertThat(sum.reading()).containsExactly("posts");
    }

    @Test
    void whatIsDoneIsNotBeingRead() {
        RequestProgress sum = sum(search("posts", 3, 3, 5_000, 5_000, 100L, 0));

        assertThat(sum.bytesPerSecond()).isNull();
        assertThat(sum.secondsLeft()).isNull();
        assertThat(sum.reading()).isEmpty();
    }

    /** A replica that is gone notes nothing any more. */
    @Test
    void aRateThatIsOldIsNone() {
        assertThat(sum(search("posts", 3, 1, 5_000, 600, 100L, 10)).bytesPerSecond())
                .isEqualTo(100);
        assertThat(sum(search("posts", 3, 1, 5_000, 600, 100L, 11)))
                .isEqualTo(new RequestProgress(3, 1, 5_000, 600, List.of("posts"), null, null));
    }

    private static RequestProgress sum(SearchProgress... searches) {
        return RequestProgress.sum(List.of(searches), NOW).orElseThrow();
    }

    private static SearchProgress search(
            String dataset, long files, long filesDone, long bytes, long bytesDone, Long rate, long secondsAgo) {
        return new SearchProgress(
                new UUID(0, 1),
                1,
                dataset,
                NOW.minusSeconds(3_600),
                files,
                filesDone,
                bytes,
                bytesDone,
                rate,
                NOW.minusSeconds(secondsAgo));
    }
}
