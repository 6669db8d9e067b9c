package io.themis.datamap;

import java.util.List;

/**
 * A data map that can't work. The message lists everything that is wrong with it, one problem a line as
 * {@code datamap.yaml:12: dataset "posts": …}, so that one look at the file mends it.
 */
public class DataMapException extends RuntimeException {

    private final List<String> problems;

    DataMapException(String source, List<String> problems) {
        super("The data map %s has %s:%n%s"
                .formatted(
                        source,
                        problems.size() == 1 ? "a problem" : problems.size() + " problems",
                        String.join(System.lineSeparator(), problems)));
        this.problems = List.copyOf(problems);
    }

    /** Each with the file and the line it is on, in the order of the lines. */
    public List<String> problems() {
        return problems;
    }
}
