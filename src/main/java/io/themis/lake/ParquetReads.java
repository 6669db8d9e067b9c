package io.themis.lake;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * The reads of one Parquet file. Keeps apart what the store fails with and what the file's content makes the decoders fail
 * with, as those wrap everything in exceptions of their own.
 */
final class ParquetReads {

    private final FileRanges file;
    private Exception failure;
    private long position;

    ParquetReads(FileRanges file) {
        this.file = file;
    }

    long length() {
        return file.length();
    }

    CompletableFuture<byte[]> begin(long from, int length) {
        return file.read(from, length);
    }

    byte[] read(long from, int length) throws IOException {
        return await(begin(from, length));
    }

    byte[] await(CompletableFuture<byte[]> bytes) throws IOException {
        try {
            return AwaitedRead.bytes(bytes);
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw new IOException(e);
        }
    }

    /** Notes what is decoded from now on, to name the place if it turns out to be damaged. */
    void at(long offset) {
        position = offset;
    }

    long position() {
        return position;
    }

    /** Throws what the store failed with, if it did. */
    void rethrow() throws IOException {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof IOException e) {
            throw e;
        }
    }
}
