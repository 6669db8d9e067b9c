package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.WarmJvm;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.devservices.EmbeddedPostgresDatabase;
import io.themis.devservices.Port;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

@WarmJvm
class StreamedQueryIT {

    /** As below. */
    @Test
    void whoeverCountsRowsHasThemInPortionsToo() throws Exception {
        String query = "SELECT n, 1 / (n - 5000) FROM generate_series(1, CAST(:#last AS int)) n";
        Dataset numbers = DataMapLoader.load("map.yaml", new ByteArrayInputStream("""
                subject: {key: last}
                datasets:
                  - {name: numbers, title: t, kind: sql, dataSource: numbers, query: "%s",
                     article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o},
                     erasure: {action: keep, article: 17(3)(b), ground: g, until: u}}
                """.formatted(query)
                        .getBytes(StandardCharsets.UTF_8)))
                .dataset("numbers");
        try (EmbeddedPostgresDatabase database = EmbeddedPostgresDatabase.start(Port.free());
                CompanyDatabases databases = new CompanyDatabases(
                        "numbers", database.url(), database.username(), database.password(), Duration.ofMinutes(1));
                CompanyTransaction transaction = databases.sources().forReading("numbers")) {
            AtomicInteger rows = new AtomicInteger();

            assertThatThrownBy(() ->
                            transaction.forEachRow(numbers, Map.of("last", "10000"), row -> rows.incrementAndGet()))
                    .hasStackTraceContaining("division by zero");
            assertThat(rows).hasValueBetween(1, 4999);
        }
    }

    /** The database fails at row 5,000. A driver that wants all rows before it gives the first would give none. */
    @Test
    void rowsComeInPortionsAsTheyAreFound() throws Exception {
        try (EmbeddedPostgresDatabase database = EmbeddedPostgresDatabase.start(Port.free());
                DefaultCamelContext camel = new DefaultCamelContext()) {
            DataSources sources = new DataSources(new DataSourceSettings(Map.of(
                    "numbers",
                    new DataSourceSettings.Connection(
                            database.url(), database.username(), database.password(), Duration.ofMinutes(1)))));
            sources.beforeApplicationStart(camel);
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:numbers")
                            .to(
                                    "sql:SELECT n, 1 / (n - 5000) FROM generate_series(1, :#last) n"
                                            + "?dataSource=#numbers&prepareStatementStrategy=#numbers-query&outputType=StreamList")
                            .process(exchange -> {
                                Iterator<?> rows = exchange.getMessage().getBody(Iterator.class);
                                assertThat(((Map<?, ?>) rows.next()).get("n")).isEqualTo(1);
                                assertThatThrownBy(() -> rows.forEachRemaining(row -> {}))
                                        .hasStackTraceContaining("division by zero");
                            });
                }
            });
            camel.start();

            assertThat(camel.createProducerTemplate()
                            .send(
                                    "direct:numbers",
                                    exchange -> exchange.getMessage().setBody(Map.of("last", 10_000)))
                            .getException())
                    .isNull();
            sources.close();
        }
    }
}
