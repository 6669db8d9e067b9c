package io.themis.enrichment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How fast a total grows: what was added in the last ten seconds, or since the beginning if that is later, by the time this
 * took. In less than a second there is no rate.
 */
final class RecentRate {

    private static final Duration PAST = Duration.ofSeconds(10);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Instant at, long total) {}

    RecentRate(Instant begin, long total) {
        samples.add(new Sample(begin, total));
    }

    /** To be called every second or so. */
    void add(Instant now, long total) {
        Sample oldest = samples.removeFirst();
        while (!samples.isEmpty() && !samples.peekFirst().at().isAfter(now.minus(PAST))) {
            oldest = samples.removeFirst();
        }
        samples.addFirst(oldest);
        samples.addLast(new Sample(now, total));
    }

    /** Null if nothing was added, or it is too early to say. */
    Long perSecond() {
        Duration time =
                Duration.between(samples.peekFirst().at(), samples.peekLast().at());
        long added = added();
        return added == 0 || time.compareTo(SHORTEST) < 0 ? null : Math.max(1, added * 1000 / time.toMillis());
    }

    /** Whether nothing has been added for so long that it is not under way. */
    boolean isSilent() {
        Duration time =
                Duration.between(samples.peekFirst().at(), samples.peekLast().at());
        return added() == 0 && time.compareTo(PAST) >= 0;
    }

    private long added() {
        return samples.peekLast().total() - samples.peekFirst().total();
    }
}
