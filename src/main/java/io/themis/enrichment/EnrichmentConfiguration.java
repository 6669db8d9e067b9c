package io.themis.enrichment;

import io.opentelemetry.context.Context;
import io.themis.azure.LakeSettings;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.SqlColumns;
import io.themis.request.ProgressLog;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;

@Configuration(proxyBeanMethods = false)
class EnrichmentConfiguration {

    @Bean
    DataMap dataMap(@Value("${themis.data-map}") String location, DataSources dataSources, SparkSettings spark)
            throws IOException {
        Resource file =
                ApplicationResourceLoader.get(new DefaultResourceLoader(), true).getResource(location);
        try (InputStream yaml = file.getInputStream()) {
            DataMap map = DataMapLoader.load(file.getFilename(), yaml);
            SqlColumns.check(map, dataSources.byName());
            LakeEngines.check(map, spark);
            return map;
        } catch (FileNotFoundException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "themis.data-map",
                    file.getDescription(),
                    "There is no such file that can be read. Write its path, such as"
                            + " themis.data-map=/etc/themis/datamap.yaml");
        }
    }

    @Bean
    EngineSearches engineSearches(LakeListing listing, LakeProgress progress, SparkSettings spark) {
        return new EngineSearches(listing, progress, () -> LakeEngines.connect(spark));
    }

    /** Adds up to a list of {@link SearchResult}, one for each file or query. */
    @Bean
    AggregationStrategy searchResults() {
        return new GroupedBodyAggregationStrategy();
    }

    /** Threads that wait for datasets, in the trace of who waits for them. Unbounded, because they wait for the readers; the data map bounds them. */
    @Bean
    ExecutorService datasetPool() {
        return Context.taskWrapping(Executors.newCachedThreadPool());
    }

    /** One pool for all requests, so that many requests do not read more files at once than one. */
    @Bean
    ExecutorService lakeReaders(LakeSettings settings) {
        return Context.taskWrapping(Executors.newFixedThreadPool(settings.readers()));
    }

    @Bean
    SearchesUnderWay searchesUnderWay(ProgressLog log) {
        return new SearchesUnderWay(log);
    }
}
