package io.themis.lake;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A file in memory, which counts what is read of it and can fail. */
final class BytesAsFile implements FileRanges {

    private final byte[] bytes;
    private final AtomicLong read = new AtomicLong();
    private long failsFrom = Long.MAX_VALUE;

    BytesAsFile(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Fails from the given read on, counted from 0. */
    BytesAsFile failingFrom(long call) {
        failsFrom = call;
        return this;
    }

    private long calls;

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public CompletableFuture<byte[]> read(long from, int length) {
        if (calls++ >= failsFrom) {
            return CompletableFuture.failedFuture(new IOException("the lake is away"));
        }
        if (from < 0 || length < 0 || from + length > bytes.length) {
            throw new AssertionError("read past the end of the file");
        }
        read.addAndGet(length);
        return CompletableFuture.completedFuture(Arrays.copyOfRange(bytes, (int) from, (int) from + length));
    }

    long bytesRead() {
        return read.get();
    }
}
