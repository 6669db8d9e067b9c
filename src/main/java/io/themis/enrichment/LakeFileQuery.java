package io.themis.enrichment;

import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;

/**
 * What to look for in one lake file. A plan has one for each file, so it holds nothing open.
 *
 * @param match null for a zip whose entries are of different partitions, which only they tell, and for a file that is a
 *     record itself
 * @param packagePath where a file that is a record itself is to be in the package; null for other files
 * @param progress is told what has been done of the file
 */
public record LakeFileQuery(String dataset, LakeFile file, RowMatch match, String packagePath, FileProgress progress) {

    public LakeFileQuery(String dataset, LakeFile file, RowMatch match, FileProgress progress) {
        this(dataset, file, match, null, progress);
    }
}
