package io.themis.request;

/**
 * A file of one person, staged as it is in the lake, to be put into the package.
 *
 * @param name where the staging store keeps it; holds no personal data
 * @param path in the package; no other file of it has this one
 * @param bytes length
 * @param mediaType as the lake says, which nobody has checked
 */
public record StagedFile(String name, String path, long bytes, String mediaType) {}
