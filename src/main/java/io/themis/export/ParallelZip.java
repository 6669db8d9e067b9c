package io.themis.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipShort;

/**
 * A zip that is deflated on several threads, and written front to back on one of its own. Entries are taken in blocks, of
 * which a few are under way at a time, of one entry or of several: memory does not grow with the length of an entry.
 *
 * <p>What fails on another thread fails the next call. To be closed in any case; unless it was {@link #finish finished},
 * the zip has no central directory. What it is written to stays open.
 */
final class ParallelZip extends OutputStream {

    static final int BLOCK = 128 * 1024;

    /** Besides the one being filled: 1 MiB in all. More would only help where rows are read faster than these pass. */
    private static final int UNDER_WAY = 7;

    private final Container container;
    private final Thread writer = new Thread(this::writeAll, "package-zip");
    private final Semaphore room = new Semaphore(UNDER_WAY);
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();

    /** Of the writer. */
    private volatile Throwable failure;

    private ZipArchiveEntry header;
    private Zip64Mode zip64;
    private final CRC32 crc = new CRC32();
    private long size;
    private byte[] before;
    private byte[] block = new byte[BLOCK];
    private int filled;

    ParallelZip(OutputStream out) {
        container = new Container(out);
        writer.setDaemon(true);
        writer.start();
    }

    /**
     * Begins an entry.
     *
     * @param mode cannot be changed any more when its length is known
     */
    void putEntry(ZipArchiveEntry entry, Zip64Mode mode) {
        header = entry;
        header.setMethod(ZipArchiveOutputStream.DEFLATED);
        zip64 = mode;
        crc.reset();
        size = 0;
        before = null;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        for (int at = offset; at < end; ) {
            if (filled == BLOCK) {
                send(block, null);
                before = block;
                block = new byte[BLOCK];
            }
            int count = Math.min(BLOCK - filled, end - at);
            System.arraycopy(bytes, at, block, filled, count);
            crc.update(bytes, at, count);
            size += count;
            filled += count;
            at += count;
        }
    }

    void closeEntry() throws IOException {
        send(Arrays.copyOf(block, filled), new Sums(crc.getValue(), size));
    }

    private void send(byte[] bytes, Sums sums) throws IOException {
        requireWritable();
        try {
            room.acquire();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        requireWritable();
        pieces.add(new Piece(header, zip64, new DeflatedBlock(before, bytes, sums != null).start(), sums));
        filled = 0;
    }

    /** Returns when everything is written. */
    void finish() throws IOException {
        pieces.add(Piece.FINISH);
        try {
            writer.join();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        requireWritable();
    }

    /** Gives up what is not finished. Nothing is written any more when it returns. */
    @Override
    public void close() {
        pieces.clear();
        pieces.add(Piece.ABANDON);
        try {
            writer.join();
        } catch (InterruptedException e) {
            writer.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("stopped while a package was being written");
    }

    private void requireWritable() throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    private void writeAll() {
        try {
            Piece piece = pieces.take();
            while (piece.header() != null) {
                container.add(piece, new DeflatedEntry(piece));
                piece = pieces.take();
            }
            if (piece == Piece.FINISH) {
                container.setUseZip64(Zip64Mode.AsNeeded);
                container.finish();
                container.flush();
            }
        } catch (InterruptedException | AbandonedException e) {
            // By close(): nobody waits for what would have been written
        } catch (Throwable e) {
            failure = e;
            room.release();
        }
    }

    /**
     * A block of an entry. The blocks of an entry follow each other.
     *
     * @param header null at the end of all
     * @param sums with the last block of an entry
     */
    private record Piece(ZipArchiveEntry header, Zip64Mode zip64, Future<byte[]> deflated, Sums sums) {

        private static final Piece FINISH = new Piece(null, null, null, null);
        private static final Piece ABANDON = new Piece(null, null, null, null);
    }

    /** Of an entry as it was before it was deflated. */
    private record Sums(long crc, long size) {}

    private static final class AbandonedException extends IOException {}

    /** The blocks of one entry, in their order, as they become ready. */
    private final class DeflatedEntry extends InputStream {

        private final Piece first;
        private Piece piece;
        private byte[] bytes;
        private int position;
        private long length;

        private DeflatedEntry(Piece first) {
            this.first = first;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("the container reads many at a time");
        }

        @Override
        public int read(byte[] buffer, int offset, int atMost) throws IOException {
            if (piece == null) {
                open(first);
            }
            while (position == bytes.length) {
                room.release();
                if (piece.sums() != null) {
                    return -1;
                }
                open(next());
            }
            int count = Math.min(atMost, bytes.length - position);
            System.arraycopy(bytes, position, buffer, offset, count);
            position += count;
            length += count;
            return count;
        }

        private Piece next() throws IOException {
            try {
                Piece next = pieces.take();
                if (next.header() == null) {
                    throw new AbandonedException();
                }
                return next;
            } catch (InterruptedException e) {
                throw new AbandonedException();
            }
        }

        private void open(Piece next) throws IOException {
            piece = next;
            position = 0;
            try {
                bytes = piece.deflated().get();
            } catch (InterruptedException e) {
                throw new AbandonedException();
            } catch (ExecutionException e) {
                throw new IOException("a block of the package could not be deflated", e.getCause());
            }
        }
    }

    /**
     * The library writes what is deflated already ({@link #addRawArchiveEntry}), but wants to know its sizes before. They
     * are wanted after the data only, in the data descriptor, so there it is told them.
     */
    private static final class Container extends ZipArchiveOutputStream {

        /** From here on a size does not fit a zip of the old form. */
        private static final long FOUR_GIB = 0xFFFF_FFFFL;

        private static final ZipShort ZIP64 = new ZipShort(1);

        private DeflatedEntry deflated;

        private Container(OutputStream out) {
            super(out);
        }

        private void add(Piece first, DeflatedEntry blocks) throws IOException {
            deflated = blocks;
            setUseZip64(first.zip64());
            addRawArchiveEntry(first.header(), blocks);
        }

        @Override
        protected void writeDataDescriptor(ZipArchiveEntry entry) throws IOException {
            Sums sums = deflated.piece.sums();
            entry.setCrc(sums.crc());
            entry.setSize(sums.size());
            entry.setCompressedSize(deflated.length);
            boolean fits = sums.size() < FOUR_GIB && deflated.length < FOUR_GIB;
            boolean isZip64 = entry.getExtraField(ZIP64) != null;
            if (!fits && !isZip64) {
                throw new ZipException("an entry is longer than was said when it began");
            }
            super.writeDataDescriptor(entry);
            if (fits && isZip64) {
                // The library would leave an empty field in the central directory, at which some versions of Java balk
                entry.removeExtraField(ZIP64);
            }
        }
    }
}
