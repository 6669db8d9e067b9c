package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Engine;
import java.util.List;
import java.util.ServiceLoader;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Connects to the engine that a data map names. */
final class LakeEngines {

    private LakeEngines() {}

    /** @throws InvalidConfigurationPropertyValueException if the map names an engine that can't be had; says what to do */
    static void check(DataMap map, SparkSettings settings) {
        List<String> datasets = map.datasets().stream()
                .filter(dataset -> dataset.engine() == Engine.SPARK)
                .map(Dataset::name)
                .toList();
        if (datasets.isEmpty()) {
            return;
        }
        String asked = "The data map %s has engine: spark (%s). ".formatted(map.source(), String.join(", ", datasets));
        if (settings.server() == null || settings.lake() == null) {
            throw new InvalidConfigurationPropertyValueException(
                    settings.server() == null ? "themis.spark.server" : "themis.spark.lake",
                    null,
                    asked
                            + "Say where Spark is, such as themis.spark.server=sc://spark.example.com:15002, and what it calls the lake,"
                            + " such as themis.spark.lake=abfss://lake@account.dfs.core.windows.net/");
        }
        List<String> problems = provider(asked).problems(settings);
        if (!problems.isEmpty()) {
            throw new InvalidConfigurationPropertyValueException(
                    "themis.spark", null, asked + String.join(" ", problems));
        }
    }

    /** For a map that has been checked. */
    static LakeEngine connect(SparkSettings settings) {
        return provider("").connect(settings);
    }

    private static LakeEngine.Provider provider(String asked) {
        return ServiceLoader.load(LakeEngine.Provider.class)
                .findFirst()
                .orElseThrow(
                        () -> new InvalidConfigurationPropertyValueException(
                                "themis.data-map",
                                asked.isEmpty() ? null : "engine: spark",
                                asked
                                        + "This jar is without Spark's client. Take one that was built with  mvn -Pspark package  or write engine: themis"));
    }
}
