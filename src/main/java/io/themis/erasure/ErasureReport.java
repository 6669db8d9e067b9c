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
     * One lake file that was rewritten; the certificate has it as it is.
     *
     * @param rows that the file had when it was rewritten, whoever's they are
     * @param sha256 of the content with these rows: that of before without what went
     * @param oldCopies versions, snapshots and soft-deleted copies that the store still has of the file as it was
     * @param remark what else has to be said, in English; null if nothing
     */
    public record FileReport(
            String file,
            long bytesBefore,
            long bytesAfter,
            long deleted,
            long masked,
            long rows,
            String sha256,
            Instant rewrittenAt,
            Instant verifiedAt,
            List<OldCopy> oldCopies,
            String remark) {

        static FileReport of(String file, FileNote note) {
            return new FileReport(
                    file,
                    note.bytesBefore(),
                    note.bytesAfter(),
                    note.deletedBefore() + note.deleted(),
                    note.maskedBefore() + note.masked(),
                    note.rows(),
                    note.sha256(),
                    note.rewrittenAt(),
                    note.verifiedAt(),
                    note.oldCopies(),
                    note.remark());
        }
    }

    /**
     * @param kind such as {@code version} or {@code soft-deleted snapshot}
     * @param from when it was written or taken; null if it is only feared to be there
     * @param goesAt when the store drops it by its own rule; null if nobody has told it to
     * @param whyKept an English phrase; null if the store drops it by its own rule
     */
    public record OldCopy(String kind, Instant from, Instant goesAt, String whyKept) {}
}
