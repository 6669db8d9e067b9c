package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * A search whose format pulls the bytes: a thread of its own reads what others write, through a {@link Pipe}.
 *
 * <p>The thread starts with the first byte and ends when the file does, as {@link #finish()} or {@link #close()} say; when
 * the writer is interrupted; or when nothing more is to be read, after which the rest of the file is taken in and ignored.
 * A download closes its sink also when it breaks off, so no thread outlives it. Whatever is found after that is nobody's,
 * as rows count only once the search is finished.
 */
final class PulledRowSearch extends RowSearch {

    /** Reads a file to its end. */
    @FunctionalInterface
    interface Reading {
        PersonRows read(InputStream file) throws UnreadableFileException, IOException;
    }

    private final Reading reading;
    private final Pipe pipe = new Pipe();
    private Thread reader;
    private long bytes;
    // Written by the reader before it closes its end of the pipe or ends, so that the writer sees them
    private PersonRows rows;
    private UnreadableFileException unreadable;
    private volatile Throwable failure;

    PulledRowSearch(Reading reading) {
        this.reading = reading;
    }

    /** @throws IOException from the sink, as a row is lost then; and if the waiting thread is interrupted */
    @Override
    public void write(byte[] chunk, int from, int length) throws IOException {
        start();
        bytes += length;
        try {
            pipe.write(chunk, from, length);
        } catch (InterruptedIOException e) {
            pipe.breakOff();
            throw e;
        }
        throwFailure();
    }

    /** No more bytes will come; without {@link #finish()}, nobody asks for the result. */
    @Override
    public void close() {
        pipe.end();
    }

    @Override
    public Searched finish() throws UnreadableFileException, IOException {
        start();
        pipe.end();
        try {
            reader.join();
        } catch (InterruptedException e) {
            pipe.breakOff();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a lake file was read");
        }
        throwFailure();
        if (unreadable != null) {
            throw unreadable;
        }
        return new Searched(bytes, rows.rows(), rows.matched());
    }

    private void start() {
        if (reader == null) {
            reader = new Thread(this::read, "lake-file-reader");
            reader.setDaemon(true);
            reader.start();
        }
    }

    private void read() {
        try (InputStream file = pipe.reader()) {
            try {
                rows = reading.read(file);
            } catch (UnreadableFileException e) {
                unreadable = e;
            } catch (Throwable e) {
                // Whatever it is, the writer has to hear of it, or it would take the file for read
                failure = e;
            }
        } catch (IOException e) {
            throw new AssertionError("closing a pipe does not fail", e);
        }
    }

    private void throwFailure() throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure != null) {
            throw new IOException("A lake file could not be searched", failure);
        }
    }
}
