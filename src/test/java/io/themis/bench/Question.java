package io.themis.bench;

import io.themis.lake.ExactMatch;
import io.themis.lake.RowMatch;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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

    Answer truth() {
        return data.truth(ids);
    }
}
