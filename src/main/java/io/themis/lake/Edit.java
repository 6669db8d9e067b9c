package io.themis.lake;

/**
 * A range of bytes in the place of which others come.
 *
 * @param from offset of the first byte that goes, from 0
 * @param to offset behind the last one
 * @param instead nothing where a row is deleted
 */
public record Edit(long from, long to, byte[] instead) {}
