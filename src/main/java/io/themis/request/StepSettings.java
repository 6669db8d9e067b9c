package io.themis.request;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * How a failing step is tried again: after {@code firstDelay}, then after twice as long each time up to
 * {@code maxDelay}, each give or take a fifth; parked after {@code maxAttempts}.
 */
@Validated
@ConfigurationProperties("themis.steps")
public record StepSettings(
        @Min(1) int maxAttempts,
        @NotNull Duration firstDelay,
        @NotNull Duration maxDelay) {

    Duration delayAfter(int attempts, double random) {
        double doubled = firstDelay.toMillis() * Math.pow(2, attempts - 1);
        double delay = Math.min(doubled, maxDelay.toMillis());
        return Duration.ofMillis((long) (delay * (0.8 + 0.4 * random)));
    }
}
