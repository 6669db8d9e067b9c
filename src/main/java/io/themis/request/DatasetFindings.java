package io.themis.request;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one dataset answered for one request. {@code searchedFiles} and {@code searchedBytes} are what was read to the
 * end, also where nothing matched; a query counts as zero files.
 *
 * @param dataset name in the data map
 * @param reasons why the answer is partial; empty otherwise
 * @param readPartitions partitions of the files that were read to their end; none for a dataset without partitions
 * @param asked what this is the answer to
 * @param review what a person has to look at; never a part of the package
 */
public record DatasetFindings(
        String dataset,
        Status status,
        List<Shortfall> reasons,
        long searchedFiles,
        long searchedBytes,
        long rows,
        Set<String> readPartitions,
        List<Part> parts,
        Asked asked,
        Review review) {

    /**
     * Possible homonyms: rows that show a name of the person and nobody's key.
     *
     * @param rows how many
     * @param parts where they are kept, without personal data
     * @param problems files that were searched for the name alone and could not be read
     */
    public record Review(long rows, List<String> parts, List<Shortfall> problems) {

        public static final Review NOTHING = new Review(0, List.of(), List.of());

        public static Review sum(Collection<Review> reviews) {
            return new Review(
                    reviews.stream().mapToLong(Review::rows).sum(),
                    reviews.stream().flatMap(review -> review.parts().stream()).toList(),
                    reviews.stream()
                            .flatMap(review -> review.problems().stream())
                            .distinct()
                            .toList());
        }
    }

    /**
     * What a dataset is asked with. A dataset that is asked again is asked with all keys, and its answer replaces the one
     * before.
     *
     * @param round how many times it has been asked, with this time
     * @param keys how many values of each of its keys, and of those of its masks, were known; more may have come to light while it answered
     */
    public record Asked(int round, Map<String, Integer> keys) {}

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
