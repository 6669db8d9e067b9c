package io.themis.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;

/**
 * Bytes of a zip, read in chunks, the next one while the one before is worked on. Holds two chunks. Keeps what the store fails with,
 * as those who read content take any failure for damage.
 */
final class ZipBytes {

    private static final int CHUNK = 4 * 1024 * 1024;

    private final FileRanges file;
    private byte[] chunk = new byte[0];
    private long chunkFrom;
    private CompletableFuture<byte[]> ahead;
    private long aheadFrom;
    private Exception failure;

    ZipBytes(FileRanges file) {
        this.file = file;
    }

    long length() {
        return file.length();
    }

    /** Up to that many bytes, one at least, into the target. */
    int read(long at, byte[] target, int from, int length) throws IOException {
        if (at < chunkFrom || at >= chunkFrom + chunk.length) {
            load(at);
        }
        int start = (int) (at - chunkFrom);
        int count = Math.min(length, chunk.length - start);
        System.arraycopy(chunk, start, target, from, count);
        return count;
    }

    /**
     * Numbers are written with the lowest byte first.
     *
     * @throws UnreadableContentException if the zip ends before
     */
    ByteBuffer at(long at, int length) throws IOException {
        if (at < 0 || at > length() - length) {
            throw new UnreadableContentException("the zip is cut off or damaged");
        }
        byte[] bytes = new byte[length];
        for (int read = 0; read < length; ) {
            read += read(at + read, bytes, read, length - read);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void load(long at) throws IOException {
        if (ahead == null || aheadFrom != at) {
            close();
            ahead = begin(at);
        }
        try {
            chunk = AwaitedRead.bytes(ahead);
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
        chunkFrom = at;
        aheadFrom = at + chunk.length;
        ahead = aheadFrom < length() ? begin(aheadFrom) : null;
    }

    private CompletableFuture<byte[]> begin(long from) {
        return file.read(from, (int) Math.min(CHUNK, length() - from));
    }

    /** Gives up what is read ahead. */
    void close() {
        if (ahead != null) {
            ahead.cancel(true);
            ahead = null;
        }
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
