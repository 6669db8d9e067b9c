package io.themis.lake;

/**
 * A part of a file.
 *
 * @param from its first byte, counted from 0
 * @param to the byte after its last
 */
public record ByteRange(long from, long to) {

    public long length() {
        return to - from;
    }
}
