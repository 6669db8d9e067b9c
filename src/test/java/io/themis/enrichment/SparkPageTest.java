package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.request.DatasetFindings.Status;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/spark.md}, where somebody reads how to have another engine look for rows. */
class SparkPageTest {

    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(  - name: visits\n.*?)```", Pattern.DOTALL);

    private static final String BEFORE = """
            subject: {key: emailAddress}
            datasets:
              - name: customer
                title: t
                kind: route
                uri: direct:customer
                provides: {customerId: id}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                erasure: {action: keep, article: 17(3)(b), ground: g, until: u}
            """;

    @TempDir
    Path lake;

    /** DuckDB stands for whatever speaks JDBC. */
    @Test
    void itsExampleAsksAnEngineOverJdbc() throws Exception {
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            for (int year : List.of(2025, 2026)) {
                statement.execute(
                        "COPY (SELECT i AS number, CAST(i %% 3 AS VARCHAR) AS customer, %d AS year FROM range(6) t(i)) TO '%s' (FORMAT parquet)"
                                .formatted(year, lake.resolve(year + ".parquet")));
            }
        }
        Path database = lake.resolve("warehouse.db");
        DriverManager.getConnection("jdbc:duckdb:" + database).close();
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("docs/spark.md")));
        assertThat(example.find()).isTrue();
        String yaml = BEFORE + example.group(1).replace("/lake/visits", lake.toString());
        DataMap map = DataMapLoader.load("map", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
        DataSources sources = new DataSources(new DataSourceSettings(Map.of(
                "warehouse",
                new DataSourceSettings.Connection(
                        "jdbc:duckdb:" + database + ";duckdb.read_only=true", null, null, Duration.ofMinutes(1)))));

        try (OneDataset visits = new OneDataset(map, "visits", sources, List.of(), Map.of())) {
            OneDataset.Outcome outcome = visits.ask("ada@example.org", Map.of("customerId", "1"), Map.of());

            assertThat(outcome.failure()).isNull();
            assertThat(outcome.findings().status()).isEqualTo(Status.COMPLETE);
            assertThat(outcome.rows().lines())
                    .containsExactlyInAnyOrder(
                            "{\"number\":1,\"customer\":\"1\",\"year\":2025}",
                            "{\"number\":4,\"customer\":\"1\",\"year\":2025}",
                            "{\"number\":1,\"customer\":\"1\",\"year\":2026}",
                            "{\"number\":4,\"customer\":\"1\",\"year\":2026}");
        } finally {
            sources.close();
        }
    }
}
