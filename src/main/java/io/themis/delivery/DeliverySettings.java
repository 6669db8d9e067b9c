package io.themis.delivery;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How long a package can be downloaded, and in what portions.
 *
 * @param linkLife at most seven days: a link signed for a managed identity can't live longer, because the user
 *     delegation key behind it does not
 * @param partSize of the files in one zip, at least 1 MB; a package that is larger becomes several zips
 */
@Validated
@ConfigurationProperties("themis.delivery")
public record DeliverySettings(
        @NotNull @DurationMin(minutes = 1) @DurationMax(days = 7)
        Duration linkLife,

        @NotNull DataSize partSize) {

    private static final DataSize SMALLEST = DataSize.ofMegabytes(1);

    public DeliverySettings {
        if (partSize != null && partSize.compareTo(SMALLEST) < 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "themis.delivery.part-size", partSize, "It must be 1MB or more.");
        }
    }
}
