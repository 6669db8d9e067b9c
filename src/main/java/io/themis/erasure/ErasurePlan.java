package io.themis.erasure;

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
     * @param kept rows that stay, by ground; a dataset that is kept as a whole has one
     * @param files of a lake dataset, those with rows of the person
     * @param problems why rows may be there that the plan does not have
     */
    public record DatasetPlan(
            String dataset, long delete, long mask, List<Kept> kept, List<FilePlan> files, List<String> problems) {

        /** Whether there is something to erase. */
        boolean changesAnything() {
            return delete + mask > 0;
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
