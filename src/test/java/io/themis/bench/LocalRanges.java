package io.themis.bench;

import io.themis.lake.FileRanges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;

/** Ranges of a file on this machine. */
record LocalRanges(FileChannel channel, long length) implements FileRanges {

    @Override
    public CompletableFuture<byte[]> read(long from, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
                // until all is there
            }
            return CompletableFuture.completedFuture(bytes.array());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
