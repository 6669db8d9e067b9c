package io.themis.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.index.MergePolicy.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergePolicyTest {

    @Test
    void runsOfSimilarSizeAreMergedAndAMuchLargerOneIsNot() {
        assertThat(choose(10, 15, 100)).containsExactly(10L, 15L);
        assertThat(choose(10, 21)).isEmpty();
        assertThat(choose(5)).isEmpty();
        assertThat(choose()).isEmpty();
    }

    @Test
    void aRunThatIsMostlyOldIsWrittenAnew() {
        assertThat(MergePolicy.choose(List.of(
                        new Candidate<>("small", 1, false),
                        new Candidate<>("old", 1_000, true),
                        new Candidate<>("large", 100_000, false))))
                .containsExactly("old");
    }

    @Test
    void hugeRunsAreLeftAlone() {
        assertThat(choose(1L << 30, (1L << 30) + 1)).isEmpty();
    }

    /** Files come one by one, as day by day: there are few runs at any time, and what is written is written few times. */
    @Test
    void runsStayFewAndAreSeldomWrittenAgain() {
        Random random = new Random(1);
        List<Long> runs = new ArrayList<>();
        long in = 0;
        long written = 0;
        for (int day = 0; day < 3_000; day++) {
            long size = 1_000 + random.nextInt(1_000_000);
            in += size;
            runs.add(size);
            List<Long> chosen = choose(runs.stream().mapToLong(run -> run).toArray());
            while (!chosen.isEmpty()) {
                chosen.forEach(runs::remove);
                long merged = chosen.stream().mapToLong(run -> run).sum();
                written += merged;
                runs.add(merged);
                chosen = choose(runs.stream().mapToLong(run -> run).toArray());
            }
            assertThat(runs).hasSizeLessThan(15);
        }
        assertThat(written / (double) in).isLessThan(12);
    }

    private static List<Long> choose(long... sizes) {
        return MergePolicy.choose(Arrays.stream(sizes)
                .mapToObj(size -> new Candidate<>(size, size, false))
                .toList());
    }
}
