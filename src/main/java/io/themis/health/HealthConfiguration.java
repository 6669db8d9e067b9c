package io.themis.health;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import io.themis.enrichment.DataSources;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** One probe a store. Camel's own indicator looks after the routes. */
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

    private static final int PROBE_SECONDS = (int) Probe.PATIENCE.toSeconds();

    /** One thread a probe at most, since a probe asks one question at a time. */
    @Bean
    ExecutorService probes() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("probe-");
        threads.setDaemon(true);
        return Executors.newCachedThreadPool(threads);
    }

    @Bean
    HealthContributor requestDatabaseHealthContributor(
            @Qualifier("probes") ExecutorService probes, DataSource requestDatabase) {
        return new Probe(probes, () -> ask(requestDatabase));
    }

    @Bean
    HealthContributor dataSourcesHealthContributor(
            @Qualifier("probes") ExecutorService probes, DataSources dataSources) {
        Map<String, Probe> byName = dataSources.byName().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, source -> new Probe(probes, () -> ask(source.getValue()))));
        return CompositeHealthContributor.fromMap(byName);
    }

    @Bean
    HealthContributor storageHealthContributor(
            @Qualifier("probes") ExecutorService probes,
            @Qualifier("stagingContainer") BlobContainerClient staging,
            @Qualifier("packagesContainer") BlobContainerClient packages,
            @Qualifier("reviewContainer") BlobContainerClient review) {
        return CompositeHealthContributor.fromMap(Map.of(
                "staging", new Probe(probes, () -> ask(staging)),
                "packages", new Probe(probes, () -> ask(packages)),
                "review", new Probe(probes, () -> ask(review))));
    }

    @Bean
    HealthContributor lakeHealthContributor(
            @Qualifier("probes") ExecutorService probes, @Qualifier("lakeContainer") BlobContainerClient lake) {
        return new Probe(probes, () -> ask(lake));
    }

    @Bean
    HealthContributor brokerHealthContributor(@Qualifier("probes") ExecutorService probes, ConnectionFactory broker) {
        return new Probe(probes, () -> {
            try (Connection connection = broker.createConnection()) {
                connection.start();
            }
        });
    }

    private static void ask(DataSource database) throws SQLException {
        try (java.sql.Connection connection = database.getConnection()) {
            if (!connection.isValid(PROBE_SECONDS)) {
                throw new SQLException("the connection is not valid");
            }
        }
    }

    /** Reads the container's properties, which needs the right to read it. */
    private static void ask(BlobContainerClient container) {
        container.getPropertiesWithResponse(null, Probe.PATIENCE, Context.NONE);
    }
}
