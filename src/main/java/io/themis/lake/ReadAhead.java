package io.themis.lake;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** A whole file from its beginning to its end, the next pieces of which are on their way while one is worked on. */
final class ReadAhead extends BlockInput {

    private static final int PIECE = 4 << 20;

    /** Pieces that are there or on their way: what this holds at most. */
    private static final int AT_ONCE = 4;

    private final FileRanges file;
    private final Deque<CompletableFuture<byte[]>> ahead = new ArrayDeque<>();
    private byte[] piece = new byte[0];
    private int at;
    private long asked;

    ReadAhead(FileRanges file) {
        this.file = file;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        while (at == piece.length) {
            while (ahead.size() < AT_ONCE && asked < file.length()) {
                int next = (int) Math.min(PIECE, file.length() - asked);
                ahead.add(file.read(asked, next));
                asked += next;
            }
            if (ahead.isEmpty()) {
                return -1;
            }
            piece = next();
            at = 0;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, target, from, count);
        at += count;
        return count;
    }

    private byte[] next() throws IOException {
        try {
            return AwaitedRead.bytes(ahead.remove());
        } catch (RuntimeException e) {
            throw new IOException("a lake file could not be read", e);
        }
    }

    @Override
    public void close() {
        ahead.forEach(read -> read.cancel(true));
        ahead.clear();
    }
}
