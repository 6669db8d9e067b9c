package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/**
 * Reads the entries of one zip while its bytes arrive, each as a file of its own.
 *
 * <p>An entry that can't be read (encrypted, damaged, not of the format) is told to the sink, and the next one is read, as
 * long as the zip says where that starts. A zip ends in a list of its entries; one without that list, or with another
 * number of entries in it than came by, is unreadable, as entries would be missed. commons-compress takes a zip that is cut
 * off between two entries for whole, and compares no checksums, so both are done here.
 */
final class ZipReader {

    private final RowFormat format;
    private final LakePath path;
    private final LakeFile file;
    private final EntrySink sink;
    private final PersonRows rows = new PersonRows(null, null);

    ZipReader(RowFormat format, LakePath path, LakeFile file, EntrySink sink) {
        this.format = format;
        this.path = path;
        this.file = file;
        this.sink = sink;
    }

    PersonRows read(InputStream bytes) throws UnreadableFileException, IOException {
        ZipEnd end = new ZipEnd(bytes);
        try (ZipArchiveInputStream zip = new ZipArchiveInputStream(end)) {
            long entries = 0;
            for (ZipArchiveEntry entry = next(zip, 0); entry != null; ) {
                entries++;
                entry = search(zip, entry, entries);
            }
            end.check(entries);
        } catch (UnreadableContentException e) {
            throw new UnreadableFileException(e.getMessage(), rows.rows());
        }
        return rows;
    }

    /** @return the next entry, or null after the last */
    private ZipArchiveEntry search(ZipArchiveInputStream zip, ZipArchiveEntry entry, long number) throws IOException {
        Optional<LakeFile> member = entry.isDirectory() ? Optional.empty() : path.entry(file, entry.getName());
        Optional<RowMatch> match = member.flatMap(sink::begin);
        if (match.isEmpty()) {
            return next(zip, number);
        }
        EntryBytes content = new EntryBytes(zip);
        UnreadableFileException problem = search(entry, match.get(), content);
        ZipArchiveEntry next;
        try {
            next = next(zip, number);
        } catch (UnreadableContentException e) {
            // Its own end may be what is damaged
            sink.end(problem == null ? new UnreadableFileException(e.getMessage(), content.rows) : problem);
            throw e;
        }
        // A checksum that follows the data is known only now
        if (problem == null && content.checksum.getValue() != entry.getCrc()) {
            problem = new UnreadableFileException("the entry does not fit its checksum", content.rows);
        }
        sink.end(problem);
        return next;
    }

    private UnreadableFileException search(ZipArchiveEntry entry, RowMatch match, EntryBytes content)
            throws IOException {
        PersonRows found = new PersonRows(match, new KeyColumns(match, Map.of(), null), sink::row);
        try {
            if (entry.getGeneralPurposeBit().usesEncryption()) {
                return new UnreadableFileException("the entry is encrypted", 0);
            }
            format.scan(content, found);
            return null;
        } catch (UnreadableContentException e) {
            return new UnreadableFileException(e.getMessage(), found.rows());
        } catch (UnreadableFileException e) {
            return e;
        } finally {
            content.rows = found.rows();
            rows.add(found.rows(), found.matched());
        }
    }

    private static ZipArchiveEntry next(ZipArchiveInputStream zip, long before) throws IOException {
        try {
            return zip.getNextEntry();
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException | RuntimeException | LinkageError e) {
            // A LinkageError: a rare compression whose library is not here
            throw new UnreadableContentException(
                    before == 0
                            ? "the file is no zip or damaged from its start"
                            : "the zip is damaged or can't be read on after entry %d".formatted(before));
        }
    }

    /** One entry's bytes, with their checksum; what is wrong with them is the entry's fault. Closing it leaves the zip open. */
    private static final class EntryBytes extends BlockInput {

        private final ZipArchiveInputStream zip;
        private final CRC32 checksum = new CRC32();
        private long rows;

        private EntryBytes(ZipArchiveInputStream zip) {
            this.zip = zip;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            try {
                int read = zip.read(target, from, length);
                if (read > 0) {
                    checksum.update(target, from, read);
                }
                return read;
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw new UnreadableContentException(
                        "the entry is damaged, cut off or packed in a way that can't be read");
            }
        }
    }
}
