package io.themis.erasure;

import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.erasure.ErasureReport.Remark;
import io.themis.lake.FileEdits;
import java.time.Instant;
import java.util.List;

/**
 * What has been done to a lake file for one request, kept with it. It is written before the file is, so that after a crash it can be
 * told whether the file is the old one or the new one.
 *
 * @param deletedBefore rows of the person that are known to be gone
 * @param maskedBefore likewise
 * @param deleted rows of the person that are to go, or to be verified
 * @param masked likewise
 * @param rows that the new file has, whoever's they are
 * @param sha256 of the new content
 * @param etag of the new file; null until it has taken the place of the old one
 * @param verifiedAt when the new file was read to its end without a row of theirs; null until then
 * @param remark what others have done to the file; null if nothing
 * @param problem what went wrong; null if nothing
 */
record FileNote(
        long bytesBefore,
        long bytesAfter,
        long deletedBefore,
        long maskedBefore,
        long deleted,
        long masked,
        long rows,
        String sha256,
        String etag,
        Instant rewrittenAt,
        Instant verifiedAt,
        List<OldCopy> oldCopies,
        Remark remark,
        String problem) {

    /** Of a file of which nothing has been done in this run. */
    static FileNote none(FileNote earlier) {
        boolean wasDone = earlier != null && earlier.verifiedAt != null;
        return new FileNote(
                0,
                0,
                earlier == null ? 0 : earlier.deletedBefore + (wasDone ? earlier.deleted : 0),
                earlier == null ? 0 : earlier.maskedBefore + (wasDone ? earlier.masked : 0),
                0,
                0,
                0,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null);
    }

    /** What is about to be done. */
    FileNote planned(SurveyedFile found, FileEdits edits, Instant now) {
        FilePlan plan = found.plan();
        return new FileNote(
                plan.bytes(),
                plan.bytes(),
                deletedBefore,
                maskedBefore,
                plan.delete(),
                plan.mask(),
                edits.rows() - edits.deleted(),
                edits.sha256(),
                null,
                now,
                null,
                List.of(),
                null,
                null);
    }

    /** The file has been swapped. */
    FileNote swapped(String newEtag) {
        return new FileNote(
                bytesBefore,
                bytesAfter,
                deletedBefore + deleted,
                maskedBefore + masked,
                0,
                0,
                rows,
                sha256,
                newEtag,
                rewrittenAt,
                verifiedAt,
                oldCopies,
                remark,
                problem);
    }

    /** Of a file that is a record itself. */
    FileNote deleted(long bytes) {
        return new FileNote(
                bytes, 0, deletedBefore, maskedBefore, 1, 0, 0, null, null, null, null, List.of(), null, null);
    }

    FileNote verified(long bytes, List<OldCopy> copies, Remark said, Instant now) {
        return ended(bytes, copies, said, now, null);
    }

    FileNote failed(String why) {
        return ended(bytesAfter, oldCopies, null, null, why);
    }

    private FileNote ended(long bytes, List<OldCopy> copies, Remark said, Instant verified, String why) {
        return new FileNote(
                bytesBefore,
                bytes,
                deletedBefore,
                maskedBefore,
                deleted,
                masked,
                rows,
                sha256,
                etag,
                rewrittenAt,
                verified,
                copies,
                said,
                why);
    }
}
