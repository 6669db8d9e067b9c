package io.themis.export;

/**
 * A file of the package as it passed.
 *
 * @param lines LF in it
 */
record MeasuredFile(String path, long bytes, long lines, String sha256) {}
