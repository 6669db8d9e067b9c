package io.themis.devservices;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When Event Grid tries a delivery again: after 10 s, 30 s, 1, 5, 10, 30 min, 1, 3, 6 h, then every 12 h while the
 * event is younger than 24 h.
 *
 * @param second how long a second of that schedule lasts here
 */
record RetrySchedule(Duration second) {

    /** What fits into 24 hours. */
    private static final List<Integer> SECONDS = List.of(10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200);

    /**
     * @param failures how often it has failed, at least once
     * @return how long to wait, or nothing if the event has expired
     */
    Optional<Duration> after(int failures) {
        return failures > SECONDS.size()
                ? Optional.empty()
                : Optional.of(second.multipliedBy(SECONDS.get(failures - 1)));
    }
}
