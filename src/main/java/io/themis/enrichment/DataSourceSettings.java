package io.themis.enrichment;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** The company's databases, by the names that the data map uses. */
@Validated
@ConfigurationProperties("themis")
record DataSourceSettings(@Valid @DefaultValue Map<String, Connection> dataSources) {

    /** @param queryTimeout when a query that still runs is cancelled, and its step tried again later */
    record Connection(
            @NotBlank String url,
            String username,
            String password,

            @DurationMin(seconds = 1) @DurationMax(days = 1) @DefaultValue("5m")
            Duration queryTimeout) {}
}
