package io.themis.enrichment;

import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;

/**
 * What to look for in one lake file. A plan has one for each file, so it holds nothing open.
 *
 * @param match null for a zip whose entries are of different partitions, which only they tell, and for a file that is a
 *     record itself
 * @param packagePath where a file that is a record itself is to be in the package; null for other files
 */
public record LakeFileQuery(String dataset, LakeFile file, RowMatch match, String packagePath) {

    public LakeFileQuery(String dataset, LakeFile file, RowMatch match) {
        this(dataset, file, match, null);
    }
}
