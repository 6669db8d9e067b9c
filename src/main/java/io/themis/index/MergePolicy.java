package io.themis.index;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which runs to merge. Afterwards each run is more than twice as large as all smaller ones together, so that there are few,
 * and what is written is not written again before much has come.
 */
final class MergePolicy {

    private static final int MUCH_LARGER = 2;

    /** A merge of more would take minutes, and its groups could not be counted in an int. */
    private static final long LARGEST = 2L << 30;

    private MergePolicy() {}

    /**
     * A run as far as it matters here.
     *
     * @param isMostlyOld whether more than half of it is about files that are no longer so
     */
    record Candidate<T>(T run, long size, boolean isMostlyOld) {}

    /** @return the smallest first; none if there is nothing to gain */
    static <T> List<T> choose(List<Candidate<T>> runs) {
        List<Candidate<T>> bySize =
                runs.stream().sorted(Comparator.comparingLong(Candidate::size)).toList();
        int similar = 0;
        long sum = 0;
        for (int i = 0; i < bySize.size() && sum + bySize.get(i).size() <= LARGEST; i++) {
            if (i > 0 && bySize.get(i).size() <= MUCH_LARGER * sum) {
                similar = i + 1;
            }
            sum += bySize.get(i).size();
        }
        List<T> chosen = new ArrayList<>();
        sum = 0;
        for (int i = 0; i < bySize.size() && chosen.size() < Merge.MOST_RUNS; i++) {
            Candidate<T> candidate = bySize.get(i);
            if ((i < similar || candidate.isMostlyOld()) && (chosen.isEmpty() || sum + candidate.size() <= LARGEST)) {
                chosen.add(candidate.run());
                sum += candidate.size();
            }
        }
        return chosen;
    }
}
