package io.themis.dryrun;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.themis.azure.LakeSettings;
import io.themis.enrichment.BlobIndexStore;
import io.themis.enrichment.Datasets;
import io.themis.enrichment.EngineJobs;
import io.themis.enrichment.EngineSearches;
import io.themis.enrichment.HomonymSink;
import io.themis.enrichment.Homonyms;
import io.themis.enrichment.LakeShares;
import io.themis.enrichment.PartSink;
import io.themis.enrichment.Staging;
import io.themis.index.IndexStore;
import io.themis.request.ProgressLog;
import io.themis.request.SearchProgress;
import io.themis.trace.TracedRoute;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;

/**
 * The enrichment without the rest of the application: what it finds is remembered, and its rows are counted and thrown
 * away. No {@code @Configuration}, which the application would take for its own.
 */
@ComponentScan(
        basePackageClasses = {Datasets.class, LakeSettings.class},
        excludeFilters =
                @ComponentScan.Filter(
                        type = FilterType.ASSIGNABLE_TYPE,
                        classes = {
                            Staging.class,
                            Homonyms.class,
                            BlobIndexStore.class,
                            LakeShares.class,
                            EngineJobs.class
                        }))
@ConfigurationPropertiesScan(basePackageClasses = {Datasets.class, LakeSettings.class})
@ImportAutoConfiguration({ConfigurationPropertiesAutoConfiguration.class, PropertyPlaceholderAutoConfiguration.class})
class InMemory {

    /** By the name that the routes call the request tables. */
    @Bean
    RememberedDiscoveries requests() {
        return new RememberedDiscoveries();
    }

    @Bean
    PartSink nowhere() {
        return name -> OutputStream.nullOutputStream();
    }

    @Bean
    HomonymSink noList() {
        return name -> OutputStream.nullOutputStream();
    }

    /** A dry run changes nothing, so what it scans is not remembered. */
    @Bean
    IndexStore noIndex() {
        return new IndexStore() {
            @Override
            public void put(String name, Content content) {
                // See above.
            }

            @Override
            public CompletableFuture<byte[]> read(String name, long from, int length) {
                return CompletableFuture.failedFuture(new NoSuchFileException(name));
            }

            @Override
            public List<Stored> list(String prefix) {
                return List.of();
            }

            @Override
            public void delete(String name) {
                // There is nothing.
            }
        };
    }

    @Bean
    ProgressLog unwatched() {
        return new ProgressLog() {
            @Override
            public void note(SearchProgress progress) {
                // Who runs the command waits for it.
            }

            @Override
            public List<SearchProgress> unfinished() {
                return List.of();
            }
        };
    }

    @Bean
    NothingShared lakeShares(Datasets datasets, EngineSearches engine) {
        return new NothingShared(datasets, engine);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    TracedRoute tracedRoute() {
        return new TracedRoute(Tracer.NOOP, Propagator.NOOP);
    }

    @Bean
    SimpleMeterRegistry meters() {
        return new SimpleMeterRegistry();
    }
}
