package io.themis.lake;

/**
 * A file that was searched from its first byte to its end.
 *
 * @param bytes length of the file as it arrived; equal to the stored length, or the download was cut short
 * @param rows rows of the file
 * @param matched rows that were found
 */
public record Searched(long bytes, long rows, long matched) {}
