package io.themis.lake;

import java.io.IOException;
import java.util.Arrays;

/**
 * Searches a file by looking at its bytes as they arrive, and gives only rows that may be found to the format's parser.
 *
 * <p>Here the bytes are cut into stretches of whole rows; the rows that a chunk does not end wait for the next one. Memory: a
 * row and {@value #AT_ONCE} bytes.
 */
abstract class RowScan extends RowSearch {

    /** What is looked at in one go, several times over, so it should stay in a core's cache. */
    static final int AT_ONCE = 64 * 1024;

    private final PersonRows rows;
    private byte[] held = new byte[2 * AT_ONCE];
    private int heldLength;
    // A row longer than what is held is not looked at again before there is twice as much of it
    private int enough;
    private long bytes;
    private long offset;
    private boolean isStopped;
    private long rowFrom;
    private long rowEnd;
    private long rowLine;
    private UnreadableFileException unreadable;
    private IOException failure;

    RowScan(PersonRows rows) {
        this.rows = rows;
    }

    /** @throws IOException from the sink only; every later call throws it again, as a row is lost */
    @Override
    public void write(byte[] chunk, int from, int length) throws IOException {
        bytes += length;
        throwFailure();
        try {
            scanChunk(chunk, from, from + length);
        } catch (UnreadableContentException e) {
            fail(e);
        } catch (IOException e) {
            failure = e;
            throw e;
        } catch (RuntimeException e) {
            failure = new IOException("A row could not be handed over", e);
            throw e;
        }
    }

    private void scanChunk(byte[] chunk, int from, int end) throws IOException {
        int at = from;
        while (heldLength > 0 && at < end && !isStopped) {
            int more = Math.min(end - at, Math.max(AT_ONCE, enough - heldLength));
            hold(chunk, at, more);
            at += more;
            if (heldLength < enough) {
                continue;
            }
            int used = scan(held, 0, heldLength, false);
            offset += used;
            int left = heldLength - used;
            if (left <= at - from) {
                // All that is left came with this chunk
                at -= left;
                heldLength = 0;
                enough = 0;
            } else {
                System.arraycopy(held, used, held, 0, left);
                heldLength = left;
                enough = 2 * left;
            }
        }
        if (at < end && !isStopped) {
            int used = scan(chunk, at, end, false);
            offset += used - at;
            hold(chunk, used, end - used);
        }
    }

    private void hold(byte[] chunk, int from, int length) {
        if (heldLength + length > held.length) {
            held = Arrays.copyOf(held, Math.max(heldLength + length, 2 * held.length));
        }
        System.arraycopy(chunk, from, held, heldLength, length);
        heldLength += length;
    }

    @Override
    public Searched finish() throws UnreadableFileException, IOException {
        throwFailure();
        if (!isStopped) {
            try {
                scan(held, 0, heldLength, true);
            } catch (UnreadableContentException e) {
                fail(e);
            }
        }
        if (unreadable != null) {
            throw unreadable;
        }
        return new Searched(bytes, rows.rows(), rows.matched());
    }

    /** Scans the rows that are whole so far. */
    @Override
    public void flush() throws IOException {
        throwFailure();
        if (!isStopped) {
            try {
                int used = scan(held, 0, heldLength, false);
                offset += used;
                if (!isStopped) {
                    heldLength -= used;
                    System.arraycopy(held, used, held, 0, heldLength);
                }
            } catch (UnreadableContentException e) {
                fail(e);
            }
        }
    }

    private void fail(UnreadableContentException fault) {
        unreadable = new UnreadableFileException(fault.getMessage(), rows.rows());
        stop();
    }

    /** The rows so far. */
    final PersonRows rows() {
        return rows;
    }

    private void throwFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /** Whether nothing that is still to come is looked at. */
    final boolean isStopped() {
        return isStopped;
    }

    /** What is still to come is taken in and ignored. */
    final void stop() {
        isStopped = true;
        held = new byte[0];
        heldLength = 0;
    }

    /** Tells where the row is that is given to the parser next. */
    final void at(long from, long end, long line) {
        rowFrom = from;
        rowEnd = end;
        rowLine = line;
    }

    /** While a row of text is handed over: offset of its first byte. */
    final long rowFrom() {
        return rowFrom;
    }

    /** Offset of what ends its line, or of the end of the file. */
    final long rowEnd() {
        return rowEnd;
    }

    /** Number of its first line, counted from 1. */
    final long rowLine() {
        return rowLine;
    }

    /** Bytes that have arrived. */
    final long bytes() {
        return bytes;
    }

    /** Of the file's bytes, where the stretch begins that is scanned; after a chunk, where the first row does that is not whole. */
    final long offset() {
        return offset;
    }

    /**
     * Scans whole rows.
     *
     * @param isEnd whether the file ends there
     * @return where the first row begins that is not whole; the end if there is none, and always if the file ends
     * @throws UnreadableContentException where the file is not of the format
     * @throws IOException from the sink
     */
    abstract int scan(byte[] buffer, int from, int to, boolean isEnd) throws IOException;
}
