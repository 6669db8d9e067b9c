package io.themis.enrichment;

import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;

/** What to look for in one lake file. A plan has one for each file, so it holds nothing open. */
public record LakeFileQuery(String dataset, LakeFile file, RowMatch match) {}
