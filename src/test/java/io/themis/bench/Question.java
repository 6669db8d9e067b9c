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
import java.util.stream.Stream;

/**
 * Whose rows are in which files.
 *
 * @param people as the page says it
 */
record Question(SampleFiles data, String format, String people, Collection<Long> ids) {

    private static final int MOST_PEOPLE = 10_000;
    private static final int HERE = 100;

    /** For one person. */
    static Question ofOne(SampleFiles data, String format) {
        return new Question(data, format, "1", List.of(data.typicalPerson()));
    }

    /** One person, a hundred, and ten thousand of whom a hundred have rows here, as most requests are of people elsewhere. */
    static List<Question> ofMoreAndMore(SampleFiles data, String format) {
        List<Long> here = data.people(HERE);
        List<Long> most = Stream.concat(here.stream(), data.strangers(MOST_PEOPLE - HERE).stream())
                .toList();
        return List.of(
                ofOne(data, format),
                new Question(data, format, "100", here),
                new Question(data, format, "10,000, of them 100 here", most));
    }

    Table table() {
        return data.table();
    }

    List<Path> files() {
        return data.of(format);
    }

    /** Of these files together. */
    long bytes() {
        return files().stream().mapToLong(file -> file.toFile().length()).sum();
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
