package io.themis.lake;

import java.io.IOException;

/**
 * Reads rows that somebody else has cut out of files of one format, each by itself, and hands on those that a search of the whole file
 * would: the same rows, with the same values. For one thread at a time.
 */
public interface CutRows {

    /**
     * @param row the bytes that the row is in its file, without what separates it from the next
     * @return false if that is no row of this format
     * @throws IOException from the sink only
     */
    boolean read(byte[] row) throws IOException;
}
