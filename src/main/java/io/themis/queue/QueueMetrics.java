package io.themis.queue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** Counts for operators what the queue brings. */
@Component
public class QueueMetrics {

    private final Timer wait;
    private final Counter deadLetters;
    private final Clock clock;

    QueueMetrics(MeterRegistry registry, Clock clock) {
        this.clock = clock;
        wait = Timer.builder("themis.queue.wait")
                .description(
                        "Time from a message's being sent, by its sender's clock, to each time that this replica took it")
                .register(registry);
        deadLetters = Counter.builder("themis.queue.dead.letters")
                .description("Messages that were no request, and that this replica has put aside")
                .register(registry);
    }

    /**
     * A message was taken from the broker; one that comes again counts again, with all that it has waited.
     *
     * @param sentAt milliseconds since 1970, or nothing of use: a sender may leave it out, or write what it likes
     */
    public void taken(@Header("JMSTimestamp") Object sentAt) {
        if (sentAt instanceof Long millis && millis > 0) {
            Duration waited = Duration.between(Instant.ofEpochMilli(millis), clock.instant());
            // Of a clock that is ahead
            wait.record(waited.isNegative() ? Duration.ZERO : waited);
        }
    }

    /** A message was put into the dead letters. */
    public void putAside() {
        deadLetters.increment();
    }
}
