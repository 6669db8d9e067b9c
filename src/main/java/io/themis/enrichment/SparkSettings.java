package io.themis.enrichment;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The company's Spark, for datasets with {@code engine: spark}.
 *
 * @param server of Spark Connect, such as {@code sc://spark.example.com:15002}; null without Spark
 * @param token null if the server asks for none
 * @param lake the lake's container as Spark names it, such as {@code abfss://lake@account.dfs.core.windows.net/}; null without Spark
 * @param queryTimeout a query that takes longer is stopped; a job has one for 10,000 files
 */
@Validated
@ConfigurationProperties("themis.spark")
public record SparkSettings(
        String server, String token, String lake, @NotNull Duration queryTimeout) {}
