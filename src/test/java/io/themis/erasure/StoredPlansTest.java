package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.enrichment.CompanyDatabases;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.Erasures;
import io.themis.request.Proposal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StoredPlansTest {

    private static final DataSubjectRequest REQUEST = CompanyDatabases.requestOf("ada@example.org");
    private static final ErasureFile.Name FILE = new ErasureFile.Name("posts", "1");

    private final Erasures erasures = mock(Erasures.class);
    private final StoredPlans plans = new StoredPlans(erasures, new ObjectMapper());

    @Test
    void aPlanIsReadOnceHoweverManyFilesItHas() {
        ErasurePlan plan = plan(1, 3);
        asked("a", "a", plan);

        assertThat(IntStream.range(0, 3).mapToObj(i -> plans.of(REQUEST, name(Integer.toString(i)))))
                .extracting(Optional::orElseThrow)
                .isEqualTo(plan.datasets().get(0).files());
        assertThat(plans.of(REQUEST, name("3"))).isEmpty();
        assertThat(plans.of(REQUEST, new ErasureFile.Name("votes", "1"))).isEmpty();
        assertThat(plans.of(REQUEST)).contains(plan);

        verify(erasures, times(1)).proposal(REQUEST.id());
    }

    @Test
    void aPlanIsFollowedAsSoonAsItHasTakenThePlaceOfAnother() {
        asked("a", "a", plan(1, 3));
        assertThat(plans.of(REQUEST, FILE)).isPresent();

        asked("b", "b", plan(1, 1));
        assertThat(plans.of(REQUEST, FILE)).isEmpty();

        asked("c", "c", plan(2, 3));
        assertThat(plans.of(REQUEST, FILE)).as("of another run").isEmpty();

        when(erasures.planDigest(REQUEST.id())).thenReturn(Optional.empty());
        when(erasures.proposal(REQUEST.id())).thenReturn(Optional.empty());
        assertThat(plans.of(REQUEST, FILE)).as("none any more").isEmpty();
    }

    @Test
    void aPlanThatTookThePlaceOfTheOneThatWasAskedForIsNotTakenForIt() {
        asked("a", "b", plan(1, 1));
        assertThat(plans.of(REQUEST, FILE)).isEmpty();

        asked("a", "a", plan(1, 3));
        assertThat(plans.of(REQUEST, FILE)).isPresent();
    }

    /** @param next digest of the plan by the time at which it is read */
    private void asked(String digest, String next, ErasurePlan plan) {
        when(erasures.planDigest(REQUEST.id())).thenReturn(Optional.of(digest));
        when(erasures.proposal(REQUEST.id()))
                .thenReturn(Optional.of(new Proposal(plan.run(), plans.write(plan), next, Instant.EPOCH, null)));
    }

    private static ErasurePlan plan(int run, int files) {
        List<FilePlan> planned = IntStream.range(0, files)
                .mapToObj(i -> new FilePlan(Integer.toString(i), 100 + i, 1, 0, 0))
                .toList();
        return new ErasurePlan(
                REQUEST.id(), run, List.of(new DatasetPlan("posts", files, 0, List.of(), planned, List.of())), 0, 0);
    }

    private static ErasureFile.Name name(String file) {
        return new ErasureFile.Name("posts", file);
    }
}
