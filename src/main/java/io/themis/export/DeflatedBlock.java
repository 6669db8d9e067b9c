package io.themis.export;

import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;

/**
 * A block of a file, to be deflated (RFC 1951) apart from the blocks before and after it. One after the other, the
 * results are one stream, as long as if it had been deflated in one go but for a few bytes a block: each block may refer
 * to the end of the one before, and ends on a byte.
 *
 * @param before the block before this, at least 32 KiB; null for the first of a file
 * @param bytes not to be changed any more
 * @param isLast ends the stream
 */
record DeflatedBlock(byte[] before, byte[] bytes, boolean isLast) {

    /**
     * Of a real site's posts, as JSON Lines / CSV, a core deflates at level 1 122 / 116 MB/s to 38.7 / 42.8 % of their
     * length, at 4 78 / 70 MB/s to 34.2 / 38.1 %, at 6 33 / 27 MB/s to 32.5 / 36.2 %. 4 saves most of what
     * 6 does, in less than half of the time.
     */
    static final int LEVEL = 4;

    /** Nothing in a stream refers to what is further back. */
    private static final int WINDOW = 32 * 1024;

    /** As many threads as cores, shared by all packages of the process. They end when there is nothing to do. */
    private static final ThreadPoolExecutor THREADS =
            threads(Runtime.getRuntime().availableProcessors());

    /** A thread's own, because a new one costs more than a short file takes. */
    private static final ThreadLocal<Deflater> DEFLATER = ThreadLocal.withInitial(() -> new Deflater(LEVEL, true));

    private static ThreadPoolExecutor threads(int count) {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(count, count, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(() -> workAndClean(work), "deflate");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** A deflater's memory is not on the heap: no collection hurries to give it back. */
    private static void workAndClean(Runnable work) {
        try {
            work.run();
        } finally {
            DEFLATER.get().end();
        }
    }

    /** Deflates it on another thread, as soon as one is free. */
    Future<byte[]> start() {
        return THREADS.submit(this::deflate);
    }

    private byte[] deflate() {
        Deflater deflater = DEFLATER.get();
        deflater.reset();
        if (before != null) {
            deflater.setDictionary(before, before.length - WINDOW, WINDOW);
        }
        deflater.setInput(bytes);
        int flush = Deflater.SYNC_FLUSH;
        if (isLast) {
            deflater.finish();
            flush = Deflater.NO_FLUSH;
        }
        // Half is enough for text
        byte[] deflated = new byte[bytes.length / 2 + 64];
        int length = deflater.deflate(deflated, 0, deflated.length, flush);
        while (length == deflated.length) {
            deflated = Arrays.copyOf(deflated, 2 * length);
            length += deflater.deflate(deflated, length, deflated.length - length, flush);
        }
        return Arrays.copyOf(deflated, length);
    }
}
