package io.themis.enrichment;

import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;

/**
 * What to look for in one lake file. A plan has one for each file, so it holds nothing open.
 *
 * @param match null for a zip whose entries are of different partitions, which only they tell
 */
public record LakeFileQuery(String dataset, LakeFile file, RowMatch match) {}
