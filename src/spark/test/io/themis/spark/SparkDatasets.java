package io.themis.spark;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Engine;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Words;
import io.themis.lake.CsvLayout;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Datasets of a lake for Spark to look into, whose files may have any name. */
public final class SparkDatasets {

    private SparkDatasets() {}

    /** @param column that a person is known by */
    public static Dataset of(Format format, String column) {
        return of(format, column, Map.of(), List.of());
    }

    public static Dataset of(Format format, String column, Map<String, String> provides, List<String> review) {
        return new Dataset(
                "rows",
                Kind.LAKE,
                Words.of(Locale.ENGLISH, "Rows"),
                null,
                null,
                "{file}",
                format,
                format == Format.CSV ? CsvLayout.PLAIN : null,
                Engine.SPARK,
                Map.of(column, "key"),
                null,
                Set.of("key"),
                provides,
                review,
                Map.of(),
                null,
                null,
                1);
    }
}
