package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.request.DatasetFindings.Review;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LakePlanTest {

    private static SearchResult ofFile(long bytes) {
        return new SearchResult(Set.of(), 1, bytes, List.of(), Set.of(), List.of(), Review.NOTHING);
    }

    /** What a search has taught of a file may be known before the search is answered. */
    @Test
    void aFileThatIsKnownAndAnsweredForCountsOnce() {
        LakePlan plan = new LakePlan(List.of(), Map.of("a", ofFile(1), "b", ofFile(2)), List.of(), List.of(), null)
                .answered(Map.of("b", ofFile(3), "gone", ofFile(4)));

        assertThat(plan.known()).isEqualTo(Map.of("a", ofFile(1), "b", ofFile(3), "gone", ofFile(4)));
    }
}
