package io.themis.lake;

import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

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

    @Override
    public FileEdits edits(InputStream file, RowMatch match, RowJudge judge)
            throws UnreadableFileException, IOException {
        try (Unpacked unpacked = new Unpacked(file)) {
            return content.edits(unpacked, match, judge);
        }
    }

    @Override
    public FileEdits scanEdits(InputStream file, RowMatch match, RowJudge judge, NewContent target)
            throws UnreadableFileException, IOException {
        try (Unpacked unpacked = new Unpacked(file)) {
            return content.scanEdits(unpacked, match, judge, target);
        }
    }

    @Override
    public Optional<CutRows> cutRows(byte[] head, RowMatch match, RowSink sink) {
        return content.cutRows(head, match, sink);
    }

    @Override
    public Optional<List<String>> columns(byte[] head) {
        return content.columns(head);
    }

    @Override
    FileEditor editor(EditLog log, RowJudge judge) {
        return content.editor(log, judge);
    }

    @Override
    InputStream content(InputStream file) {
        return new Unpacked(file);
    }

    @Override
    public boolean isPacked() {
        return true;
    }

    /** In one member, with the header of the file's first. */
    @Override
    public void rewrite(InputStream file, FileEdits edits, OutputStream target) throws IOException {
        try (Unpacked unpacked = new Unpacked(file)) {
            OutputStream keptOpen = new FilterOutputStream(target) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    out.write(bytes, from, length);
                }

                @Override
                public void close() {
                    // whoever opened it closes it
                }
            };
            try (GzipCompressorOutputStream packed = new GzipCompressorOutputStream(keptOpen, unpacked.header())) {
                content.rewrite(unpacked, edits, packed);
            }
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

        private final PackedBytes file;
        private GzipCompressorInputStream gzip;
        private IOException fault;

        private Unpacked(InputStream file) {
            this.file = new PackedBytes(file);
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            if (fault != null) {
                throw fault;
            }
            long before = gzip == null ? 0 : gzip.getBytesRead();
            try {
                open();
                return gzip.read(target, from, length);
            } catch (IOException e) {
                file.rethrow();
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

        /** Name, time and so on, as the file's first member has them. */
        private GzipParameters header() throws IOException {
            open();
            return gzip.getMetaData();
        }

        private void open() throws IOException {
            if (gzip == null) {
                gzip = GzipCompressorInputStream.builder()
                        .setInputStream(file)
                        .setDecompressConcatenated(true)
                        .get();
            }
        }

        @Override
        public void close() throws IOException {
            if (gzip != null) {
                gzip.close();
            }
        }
    }

    /** Tells what the file's own reading has failed with from what is wrong with its content. */
    private static final class PackedBytes extends KeptOpen {

        private IOException failure;

        private PackedBytes(InputStream file) {
            super(file);
        }

        private void rethrow() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            try {
                return super.read(target, from, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
