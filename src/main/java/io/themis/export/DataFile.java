package io.themis.export;

import io.themis.request.Part;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The rows of one partition of a dataset, or of a very large one a piece of them: one JSON Lines file, one CSV file, and
 * pages that show them.
 *
 * @param partition null for a dataset without partitions
 * @param piece from 1
 * @param pieces of the partition
 * @param stem path in the package without its ending
 * @param parts where the rows are staged, in the order in which they are joined
 */
record DataFile(String partition, int piece, int pieces, String stem, List<Part> parts) {

    String jsonl() {
        return stem + ".jsonl";
    }

    String csv() {
        return stem + ".csv";
    }

    /** @param number counted from 1 */
    String page(int number) {
        return DataFileNames.pages(stem) + "/" + number + ".html";
    }

    long rows() {
        return parts.stream().mapToLong(Part::rows).sum();
    }

    long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /** Bytes that the CSV file can't exceed; it may be longer than the other one. */
    long csvAtMost() {
        return CsvRows.atMost(columns(), rows(), bytes());
    }

    /** Whether something of others' is hidden in the column. */
    boolean isHidden(String column) {
        return parts.stream().anyMatch(part -> part.hidden().getOrDefault(column, 0L) > 0);
    }

    /** Every column of the parts, in order of first appearance. */
    Set<String> columns() {
        Set<String> columns = new LinkedHashSet<>();
        parts.forEach(part -> columns.addAll(part.columns()));
        return columns;
    }
}
