package io.themis.erasure;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.themis.datamap.Dataset;
import io.themis.datamap.Erasure;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * What an erasure will do, counted before anything is touched. Names no person. Two plans of a run that do the same are equal.
 *
 * @param run of the request that it was made for
 * @param bytesToRewrite of lake files with rows that go or change
 * @param estimatedSeconds how long that will take
 */
public record ErasurePlan(
        UUID requestId, int run, List<DatasetPlan> datasets, long bytesToRewrite, long estimatedSeconds) {

    /**
     * @param delete rows that go
     * @param mask rows in which values are replaced
     * @param masks how they are, as the data map says it; empty for a dataset in which none are
     * @param kept rows that stay, by ground; a dataset that is kept as a whole has one
     * @param files of a lake dataset, those with rows of the person
     * @param problems why rows may be there that the plan does not have
     */
    public record DatasetPlan(
            String dataset,
            long delete,
            long mask,
            List<Mask> masks,
            List<Kept> kept,
            List<FilePlan> files,
            List<String> problems) {

        /** In which nothing is replaced, or it is yet to be said how. */
        public DatasetPlan(
                String dataset, long delete, long mask, List<Kept> kept, List<FilePlan> files, List<String> problems) {
            this(dataset, delete, mask, List.of(), kept, files, problems);
        }

        DatasetPlan with(List<Mask> rules) {
            return new DatasetPlan(dataset, delete, mask, rules, kept, files, problems);
        }

        /** Whether there is something to erase. */
        boolean changesAnything() {
            return delete + mask > 0;
        }
    }

    /**
     * What comes in the place of values in rows that are masked. A keyed hash is named, and its key never.
     *
     * @param column as the data map names it; null where that has statements or a route
     * @param by {@code null}, {@code constant}, {@code keyed-hash}, {@code year}, {@code month}, {@code day}, {@code last-part},
     *     {@code statement}, or {@code route}
     * @param text the constant, or the statement; null for the others
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Mask(String column, String by, String text) {

        /** All that the map says of the dataset, in its order. */
        static List<Mask> of(Dataset dataset) {
            Erasure erasure = dataset.erasure();
            if (erasure.action() != Erasure.Action.MASK) {
                return List.of();
            }
            return switch (dataset.kind()) {
                case SQL ->
                    erasure.statements().stream()
                            .map(statement -> new Mask(null, "statement", statement))
                            .toList();
                case ROUTE -> List.of(new Mask(null, "route", null));
                case LAKE ->
                    erasure.columns().entrySet().stream()
                            .map(column -> of(column.getKey(), column.getValue()))
                            .toList();
            };
        }

        private static Mask of(String column, Erasure.Replacement replacement) {
            String by = replacement.strategy().name().toLowerCase(Locale.ROOT).replace('_', '-');
            return new Mask(column, by, replacement.text());
        }
    }

    /**
     * Rows that stay.
     *
     * @param ground of Art. 17(3), in the words of the data map
     * @param until when they go, in the words of the data map
     */
    public record Kept(long rows, String ground, String until) {

        /** What the map says of rows that stay. */
        public static Kept of(long rows, Erasure.Exemption why) {
            return new Kept(
                    rows,
                    "Art. %s: %s".formatted(why.article(), why.ground().in(Locale.ENGLISH)),
                    why.until().in(Locale.ENGLISH));
        }
    }

    /**
     * One file of a lake; for a dataset whose files are records themselves, all of them, under the path of the data map.
     *
     * @param bytes length of the file
     * @param keep rows of the person that stay; rows of others are not counted
     */
    public record FilePlan(String file, long bytes, long delete, long mask, long keep) {}
}
