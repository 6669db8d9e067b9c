package io.themis.request;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far the lake has been searched for one request, in the datasets that have been begun. One that waits for keys from
 * others is not in the totals yet.
 *
 * @param reading names of the datasets with something left to read
 * @param bytesPerSecond null if nothing is being read, or how fast is not known yet
 * @param secondsLeft at this rate; null if there is none
 */
public record RequestProgress(
        long files,
        long filesDone,
        long bytes,
        long bytesDone,
        List<String> reading,
        Long bytesPerSecond,
        Long secondsLeft) {

    /** Searches under way are noted every second. What is older was left behind by a replica that is gone. */
    private static final Duration CURRENT = Duration.ofSeconds(10);

    /** Nothing if there are no searches. */
    static Optional<RequestProgress> sum(List<SearchProgress> searches, Instant now) {
        if (searches.isEmpty()) {
            return Optional.empty();
        }
        long bytes = searches.stream().mapToLong(SearchProgress::bytes).sum();
        long bytesDone = searches.stream().mapToLong(SearchProgress::bytesDone).sum();
        long rate = searches.stream()
                .filter(search -> !search.isDone() && search.bytesPerSecond() != null)
                .filter(search -> !search.notedAt().isBefore(now.minus(CURRENT)))
                .mapToLong(SearchProgress::bytesPerSecond)
                .sum();
        return Optional.of(new RequestProgress(
                searches.stream().mapToLong(SearchProgress::files).sum(),
                searches.stream().mapToLong(SearchProgress::filesDone).sum(),
                bytes,
                bytesDone,
                searches.stream()
                        .filter(search -> !search.isDone())
                        .map(SearchProgress::dataset)
                        .toList(),
                rate == 0 ? null : rate,
                rate == 0 ? null : (bytes - bytesDone + rate - 1) / rate));
    }
}
