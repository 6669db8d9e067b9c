package io.themis.enrichment;

/** How many files a dataset has in the lake, and how large they are together. */
public record LakeFiles(long files, long bytes) {}
