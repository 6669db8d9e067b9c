package io.themis.enrichment;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/** The company's databases, by the names that the data map uses. */
@Validated
@ConfigurationProperties("themis")
record DataSourceSettings(@Valid Map<String, Connection> dataSources) {

    record Connection(@NotBlank String url, String username, String password) {}
}
