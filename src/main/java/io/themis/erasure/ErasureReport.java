package io.themis.erasure;

import io.themis.erasure.ErasurePlan.Kept;
import io.themis.erasure.ErasurePlan.Mask;
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
     * @param masks how values were replaced in them, as the plan says it
     * @param verification how it was looked for again
     * @param problems what could not be erased or verified, and why
     */
    public record DatasetReport(
            String dataset,
            long deleted,
            long masked,
            List<Mask> masks,
            List<Kept> kept,
            List<FileReport> files,
            Check verification,
            List<String> problems) {}

    /** How it was looked for again. */
    public enum Check {
        /** The query of the data map was run again, before its database was changed for good and at the end. */
        QUERIED_AGAIN,
        /** The route of the data map was asked again with all keys of the person. */
        ASKED_AGAIN,
        /** The files that are records themselves were listed again. */
        LISTED_AGAIN,
        /**
         * Each file that was rewritten was read again to its end by the full parser, its other rows compared by number and
         * checksum, and all files searched once more.
         */
        READ_AGAIN,
        /** No file was rewritten; all were searched once more. */
        SEARCHED_AGAIN,
        /** Nothing was to be erased, and the rows were counted again. */
        COUNTED_AGAIN,
        /** The data map no longer has the dataset. */
        NOBODY_LOOKED
    }

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
            Remark remark) {

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

    /** What others have done to a file. */
    public enum Remark {
        /** It has changed again since it was rewritten, so its other rows were not compared. */
        CHANGED_SINCE,
        /** They had taken the rows out of it. */
        EDITED_BY_OTHERS,
        /** They deleted it. */
        DELETED_BY_OTHERS
    }

    /**
     * @param from when it was written or taken; null if it is only feared to be there
     * @param goesAt when the store drops it by its own rule; null if nobody has told it to
     * @param why it is still there; null if the store drops it by its own rule
     * @param answer error code of the store, where it was against it; otherwise null
     * @param held whether it is under a legal hold, which has no end until somebody lifts it
     * @param lockedUntil null if it is not locked
     */
    public record OldCopy(
            Kind kind, Instant from, Instant goesAt, Reason why, String answer, boolean held, Instant lockedUntil) {

        /** Of the file as it was. */
        public enum Kind {
            VERSION,
            SNAPSHOT,
            SOFT_DELETED_VERSION,
            SOFT_DELETED_SNAPSHOT,
            SOFT_DELETED_FILE,
            /** A new version that a crash has left beside the file. */
            UNFINISHED
        }

        public enum Reason {
            /** Left by {@code themis.erasure.old-copies}. */
            POLICY,
            /** The store refuses to delete it. */
            REFUSED,
            /** From the second in which the file was written; may be of what is there now. */
            SAME_SECOND,
            /** Written since by somebody else; nobody has looked into it. */
            NEWER,
            /** The store does not let itself be asked whether it is there. */
            NOT_LISTED
        }
    }
}
