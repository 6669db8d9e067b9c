package io.themis.erasure;

import io.themis.erasure.ErasurePlan.Kept;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What an erasure did, and how that was verified. Names no person.
 *
 * @param isDone whether everything that had to go was looked for again and not found; otherwise the problems say what and where
 */
public record ErasureReport(
        UUID requestId, boolean isDone, Instant beganAt, Instant endedAt, List<DatasetReport> datasets) {

    /**
     * @param deleted rows
     * @param masked rows
     * @param verification how it was looked for again, a sentence
     * @param problems what could not be erased or verified, and why
     */
    public record DatasetReport(
            String dataset,
            long deleted,
            long masked,
            List<Kept> kept,
            List<FileReport> files,
            String verification,
            List<String> problems) {}

    /**
     * One lake file that was rewritten.
     *
     * @param keptRows rows that are in the file now
     * @param keptSha256 of the content with these rows, the same as of the content before without what went
     * @param oldCopies versions, snapshots and soft-deleted copies that the store still has of the file as it was
     */
    public record FileReport(
            String file,
            long bytesBefore,
            long bytesAfter,
            long deleted,
            long masked,
            long keptRows,
            String keptSha256,
            Instant rewrittenAt,
            Instant verifiedAt,
            List<OldCopy> oldCopies) {}

    /**
     * @param kind such as {@code version} or {@code soft-deleted snapshot}
     * @param from when it was written or taken; null if it is only feared to be there
     * @param goesAt when the store drops it by its own rule; null if nobody has told it to
     * @param whyKept a phrase; null if the store drops it by its own rule
     */
    public record OldCopy(String kind, Instant from, Instant goesAt, String whyKept) {}
}
