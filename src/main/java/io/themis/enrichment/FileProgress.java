package io.themis.enrichment;

import io.themis.azure.CountedOutput;
import io.themis.lake.FileRanges;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what has been done of one file. A file never counts for more than its length when it was listed. */
final class FileProgress {

    private final DatasetProgress dataset;
    private final long length;
    private final AtomicLong left;
    private final AtomicBoolean isDone = new AtomicBoolean();

    FileProgress(DatasetProgress dataset, long length) {
        this.dataset = dataset;
        this.length = length;
        left = new AtomicLong(length);
    }

    /** Of the file when it was listed, in bytes. */
    long length() {
        return length;
    }

    /** Bytes have come from the store. */
    void read(long count) {
        dataset.read(count);
        done(count);
    }

    /** The file has been dealt with. Whatever of it was not read need not be, or can't be. */
    void end() {
        if (isDone.compareAndSet(false, true)) {
            done(Long.MAX_VALUE);
            dataset.fileDone();
        }
    }

    private void done(long count) {
        long before = left.getAndUpdate(rest -> rest - Math.min(rest, count));
        dataset.done(Math.min(before, count));
    }

    /** The same sink, counted. */
    OutputStream counting(OutputStream sink) {
        return new CountedOutput(sink, this::read);
    }

    /** The same file, its reads counted when they are there. */
    FileRanges counting(FileRanges file) {
        return new FileRanges() {
            @Override
            public long length() {
                return file.length();
            }

            @Override
            public CompletableFuture<byte[]> read(long from, int length) {
                CompletableFuture<byte[]> bytes = file.read(from, length);
                bytes.thenRun(() -> FileProgress.this.read(length));
                return bytes;
            }
        };
    }
}
