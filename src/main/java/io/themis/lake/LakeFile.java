package io.themis.lake;

/**
 * A file of a lake dataset.
 *
 * @param name the blob's full name
 * @param partition the values of the path's placeholders, joined by {@code /}, just as the lake has them: not a safe file
 *     name; null if the path has none
 */
public record LakeFile(String name, String partition) {}
