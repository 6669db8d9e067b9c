package io.themis.request;

import java.util.List;
import java.util.Set;

/**
 * What one dataset answered for one request. {@code searchedFiles} and {@code searchedBytes} are what was read to the
 * end, also where nothing matched; a query counts as zero files.
 *
 * @param dataset name in the data map
 * @param reasons why the answer is partial, one sentence a cause, without personal data; empty otherwise
 * @param readPartitions partitions of the files that were read to their end; none for a dataset without partitions
 */
public record DatasetFindings(
        String dataset,
        Status status,
        List<String> reasons,
        long searchedFiles,
        long searchedBytes,
        long rows,
        Set<String> readPartitions,
        List<Part> parts) {

    /** {@code complete}, {@code partial} and {@code nothing found} of the package manifest. */
    public enum Status {
        COMPLETE("complete"),
        PARTIAL("partial"),
        NOTHING_FOUND("nothing found");

        private final String label;

        Status(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }
}
