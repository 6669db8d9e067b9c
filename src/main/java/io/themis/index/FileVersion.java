package io.themis.index;

/**
 * A lake file as it was at one time. What is known of one version says nothing of another.
 *
 * @param etag what the store names the version by
 * @param length in bytes, as stored
 */
public record FileVersion(String name, String etag, long length) {}
