package io.themis.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two threads, each with a file at a time, for every engine that runs in this JVM. */
final class Threads {

    static final int COUNT = 2;
    private static final int CHUNK = 1024 * 1024;

    private Threads() {}

    interface Work<I, O> {
        O of(I item) throws Exception;
    }

    interface Chunks {
        void chunk(byte[] bytes, int length) throws IOException;
    }

    static <I, O> List<O> each(List<I> items, Work<I, O> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(COUNT);
        try {
            List<Future<O>> futures = new ArrayList<>();
            for (I item : items) {
                futures.add(threads.submit(() -> work.of(item)));
            }
            List<O> results = new ArrayList<>();
            for (Future<O> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** How every engine of this JVM gets the bytes of a file. */
    static void read(Path file, Chunks chunks) throws IOException {
        byte[] bytes = new byte[CHUNK];
        try (FileChannel channel = FileChannel.open(file)) {
            for (int length = channel.read(ByteBuffer.wrap(bytes));
                    length >= 0;
                    length = channel.read(ByteBuffer.wrap(bytes))) {
                chunks.chunk(bytes, length);
            }
        }
    }
}
