package io.themis.lake;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Another format within gzip (RFC 1952). */
final class GzippedFormat extends RowFormat {

    private final RowFormat content;

    GzippedFormat(RowFormat content) {
        this.content = content;
    }

    @Override
    RowSearch scan(PersonRows rows) {
        return new PulledRowSearch(file -> {
            try (Unpacked unpacked = new Unpacked(file)) {
                content.scan(unpacked, rows);
            } catch (UnreadableContentException e) {
                throw new UnreadableFileException(e.getMessage(), rows.rows());
            }
            return rows;
        });
    }

    @Override
    void scan(InputStream file, PersonRows rows) throws UnreadableFileException, IOException {
        try (Unpacked unpacked = new Unpacked(file)) {
            content.scan(unpacked, rows);
        }
    }

    /** Nothing, as what is packed tells nothing. */
    @Override
    Optional<RowScan> scanner(byte[] start, PersonRows rows) {
        return Optional.empty();
    }

    @Override
    void read(InputStream file, PersonRows rows) throws UnreadableFileException, IOException {
        try (Unpacked unpacked = new Unpacked(file)) {
            content.read(unpacked, rows);
        }
    }

    /** What is unpacked before a damaged place comes out; the next read throws. Closing it leaves the file open. */
    private static final class Unpacked extends BlockInput {

        private final InputStream file;
        private GzipCompressorInputStream gzip;
        private IOException fault;

        private Unpacked(InputStream file) {
            this.file = new KeptOpen(file);
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            if (fault != null) {
                throw fault;
            }
            long before = gzip == null ? 0 : gzip.getBytesRead();
            try {
                if (gzip == null) {
                    gzip = GzipCompressorInputStream.builder()
                            .setInputStream(file)
                            .setDecompressConcatenated(true)
                            .get();
                }
                return gzip.read(target, from, length);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                fault = new UnreadableContentException(
                        gzip == null
                                ? "the file is not gzip"
                                : e instanceof EOFException
                                        ? "the gzip data is cut off"
                                        : "the gzip data is damaged or followed by something else");
                int unpacked = gzip == null ? 0 : (int) (gzip.getBytesRead() - before);
                if (unpacked == 0) {
                    throw fault;
                }
                return unpacked;
            }
        }

        @Override
        public void close() throws IOException {
            if (gzip != null) {
                gzip.close();
            }
        }
    }
}
