package io.themis.datamap;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with a data map, so that one run tells everything. */
final class Problems {

    private record Problem(int line, String text) {}

    private final String source;
    private final List<Problem> problems = new ArrayList<>();

    /** @param source name of the file, as the messages show it */
    Problems(String source) {
        this.source = source;
    }

    void add(int line, String text) {
        problems.add(new Problem(line, text));
    }

    void add(Dataset dataset, String text) {
        add(dataset.line(), dataset, text);
    }

    void add(int line, Dataset dataset, String text) {
        String name = dataset.name() == null ? "?" : '"' + dataset.name() + '"';
        add(line, "dataset %s: %s".formatted(name, text));
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new DataMapException(
                    source,
                    problems.stream()
                            .sorted(Comparator.comparingInt(Problem::line))
                            .map(problem -> "%s:%d: %s".formatted(source, problem.line(), problem.text()))
                            .toList());
        }
    }
}
