package io.themis.lake;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The end of a read that {@link FileRanges} has begun. */
final class AwaitedRead {

    private AwaitedRead() {}

    /** @throws IOException also if the waiting thread is interrupted; the store's own exceptions come through */
    static byte[] bytes(CompletableFuture<byte[]> read) throws IOException {
        try {
            return read.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading a lake file");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException("a lake file could not be read", e.getCause());
        }
    }
}
