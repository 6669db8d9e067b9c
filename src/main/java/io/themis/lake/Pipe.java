package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * Bytes on their way from the thread that downloads a file to the one that reads it. Each waits for the other: the writer
 * while the pipe is full, the reader while it is empty. Unlike {@code java.io}'s piped streams it does not poll, and an end
 * is not taken for a lost writer.
 */
final class Pipe {

    private static final int CAPACITY = 128 * 1024;

    private final byte[] ring = new byte[CAPACITY];
    private int start;
    private int held;
    private boolean ended;
    private boolean broken;
    private boolean readerGone;

    /** Takes all of it, or drops it if nobody reads any more. */
    synchronized void write(byte[] chunk, int from, int length) throws InterruptedIOException {
        int at = from;
        while (at < from + length) {
            while (held == CAPACITY && !readerGone && !ended) {
                await();
            }
            if (readerGone || ended) {
                return;
            }
            int free = (start + held) % CAPACITY;
            int part = Math.min(from + length - at, Math.min(CAPACITY - held, CAPACITY - free));
            System.arraycopy(chunk, at, ring, free, part);
            at += part;
            held += part;
            notifyAll();
        }
    }

    /** Nothing more will be written. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The writer has gone without having written everything: what was not read yet is dropped. */
    synchronized void breakOff() {
        broken = true;
        end();
    }

    /** The only reader's end; closing it lets the writer go on without a reader. */
    InputStream reader() {
        return new BlockInput() {

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                return Pipe.this.read(target, from, length);
            }

            @Override
            public void close() {
                closeReader();
            }
        };
    }

    private synchronized int read(byte[] target, int from, int length) throws InterruptedIOException {
        while (held == 0 && !ended) {
            await();
        }
        if (broken) {
            throw new InterruptedIOException("the file is not written to its end");
        }
        if (held == 0) {
            return -1;
        }
        int part = Math.min(length, Math.min(held, CAPACITY - start));
        System.arraycopy(ring, start, target, from, part);
        start = (start + part) % CAPACITY;
        held -= part;
        notifyAll();
        return part;
    }

    private synchronized void closeReader() {
        readerGone = true;
        notifyAll();
    }

    private void await() throws InterruptedIOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a lake file was read");
        }
    }
}
