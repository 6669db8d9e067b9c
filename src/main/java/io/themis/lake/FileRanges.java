package io.themis.lake;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** A file that is read from several places in it, and does not change meanwhile. */
public interface FileRanges {

    /** Length of the file. */
    long length();

    /**
     * Begins to read.
     *
     * @param from where, counted from 0
     * @return all of these bytes, or the store's own exception; cancelling it gives the read up
     */
    CompletableFuture<byte[]> read(long from, int length);

    /** All of it, some read ahead. What the store throws is the cause of an IOException then. Closing it gives up what is still to come. */
    default InputStream stream() {
        return new ReadAhead(this);
    }
}
