package io.themis.delivery;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * How long a package can be downloaded.
 *
 * @param linkLife at most seven days: a link signed for a managed identity can't live longer, because the user
 *     delegation key behind it does not
 */
@Validated
@ConfigurationProperties("themis.delivery")
public record DeliverySettings(
        @NotNull @DurationMin(minutes = 1) @DurationMax(days = 7)
        Duration linkLife) {}
