package io.themis.enrichment;

import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;

/**
 * What to look for in one lake file. A plan has one for each file, so it holds nothing open.
 *
 * @param match null for a zip whose entries are of different partitions, which only they tell, and for a file that is a
 *     record itself
 * @param packagePath where a file that is a record itself is to be in the package; null for other files
 * @param version of the file that was listed, if it matters which is read; otherwise null
 * @param places where in that version rows may be, as far as it is known
 * @param progress is told what has been done of the file
 */
public record LakeFileQuery(
        String dataset,
        LakeFile file,
        RowMatch match,
        String packagePath,
        FileVersion version,
        FileAnswer places,
        FileProgress progress) {

    public LakeFileQuery(String dataset, LakeFile file, RowMatch match, FileProgress progress) {
        this(dataset, file, match, null, null, new FileAnswer.Unknown(), progress);
    }

    LakeFileQuery with(FileAnswer known) {
        return new LakeFileQuery(dataset, file, match, packagePath, version, known, progress);
    }

    /** The same in whatever version there is by now, read as a whole. */
    LakeFileQuery inAnyVersion() {
        return new LakeFileQuery(dataset, file, match, packagePath, null, new FileAnswer.Unknown(), progress);
    }
}
