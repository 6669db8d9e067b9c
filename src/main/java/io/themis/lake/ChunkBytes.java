package io.themis.lake;

import io.themis.lake.ParquetFooter.Chunk;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** The bytes of one column of a row group, in order; the next read is under way while the last one is used. */
final class ChunkBytes extends BlockInput {

    private final ParquetReads file;
    private final Chunk chunk;
    private final int readLength;
    private final Runnable onFirstUse;
    private CompletableFuture<byte[]> ahead;
    private long begun;
    private byte[] arrived = {};
    private int used;
    private long position;

    ChunkBytes(ParquetReads file, Chunk chunk, int readLength, Runnable onFirstUse) {
        this.file = file;
        this.chunk = chunk;
        this.readLength = readLength;
        this.onFirstUse = onFirstUse;
        begun = chunk.from();
        position = chunk.from();
    }

    /** Begins the next read, unless it has begun or nothing is left. */
    void begin() {
        if (ahead == null && begun < chunk.to()) {
            int length = (int) Math.min(readLength, chunk.to() - begun);
            ahead = file.begin(begun, length);
            begun += length;
        }
    }

    void giveUp() {
        if (ahead != null) {
            ahead.cancel(true);
        }
    }

    /** In the file, of the byte that comes next. */
    long position() {
        return position;
    }

    long left() {
        return chunk.to() - position;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (used == arrived.length && !arrive()) {
            return -1;
        }
        int taken = Math.min(length, arrived.length - used);
        System.arraycopy(arrived, used, into, offset, taken);
        used += taken;
        position += taken;
        return taken;
    }

    private boolean arrive() throws IOException {
        boolean isFirst = position == chunk.from();
        begin();
        if (isFirst) {
            onFirstUse.run();
        }
        if (ahead == null) {
            return false;
        }
        arrived = file.await(ahead);
        used = 0;
        ahead = null;
        begin();
        return true;
    }
}
