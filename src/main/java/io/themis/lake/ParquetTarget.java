package io.themis.lake;

import java.io.IOException;
import java.io.OutputStream;

/** The bytes of a Parquet file that is written. Keeps what its store fails with, as encoders wrap it in exceptions of their own. */
final class ParquetTarget extends OutputStream {

    private final OutputStream target;
    private Exception failure;
    private long position;

    ParquetTarget(OutputStream target) {
        this.target = target;
    }

    /** Bytes written so far. */
    long position() {
        return position;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            target.write(bytes, from, length);
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
        position += length;
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
