package io.themis.bench;

import io.themis.lake.CsvLayout;
import io.themis.lake.ExactMatch;
import io.themis.lake.RowFormat;
import io.themis.lake.RowMatch;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whose rows are in which files.
 *
 * @param people as the page says it
 */
record Question(SampleFiles data, String format, String people, Collection<Long> ids) {

    Table table() {
        return data.table();
    }

    List<Path> files() {
        return data.of(format);
    }

    RowMatch match() {
        return ExactMatch.of(
                Map.of(table().key(), ids.stream().map(String::valueOf).collect(Collectors.toSet())));
    }

    /** Not of Parquet. */
    RowFormat rowFormat() {
        return switch (format) {
            case "xml" -> RowFormat.xmlRows();
            case "csv" -> RowFormat.csv(CsvLayout.PLAIN, Set.of());
            default -> RowFormat.jsonl(Set.of());
        };
    }

    Answer truth() {
        return data.truth(ids);
    }
}
