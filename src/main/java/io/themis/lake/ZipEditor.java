package io.themis.lake;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * Takes rows out of the files in one zip, and changes others. Of the zip stays byte for byte: each entry in which nothing changes, as
 * it is packed, and of the others all that is said of them (name, times, attributes, extra fields, flags), apart from checksum and
 * lengths; their order, the comments, and how the zip's list is written. An entry that changes is packed again by the same method and
 * as hard as its flags say, which need not be just as its first writer did it.
 *
 * <p>Rewritten are entries that are stored or deflated. An encrypted one that has been asked about is refused, as the search can't
 * read it either, and so is one that is packed in another way. Entries that nobody asks about may be both, and are copied.
 *
 * <p>Refused is a zip that two readers could read differently, as rows may be in what only one of them sees: with bytes that are of
 * no entry, also before the first one, or a list that says something else than what stands beside the entries, or says it twice. So
 * are a damaged zip and part of one.
 *
 * <p>Memory: the edits of one entry, some chunks of the zip, and some 30 bytes for each entry. Nothing is kept in files. What changes
 * is read twice, and three times where its length must be known first.
 */
public final class ZipEditor {

    private final RowFormat format;
    private final LakePath path;
    private final LakeFile zip;
    private final Function<LakeFile, Optional<JudgedRows>> asked;

    /**
     * @param format of the files in the zip
     * @param asked which rows of a file in the zip are judged, and by whom; nothing if no person can have any there
     */
    public ZipEditor(RowFormat format, LakePath path, LakeFile zip, Function<LakeFile, Optional<JudgedRows>> asked) {
        this.format = format;
        this.path = path;
        this.zip = zip;
        this.asked = asked;
    }

    /**
     * How the zip is to be rewritten. Reads all of it.
     *
     * @throws UnreadableFileException if the zip, or a file in it, can't be read to its end or can't be rewritten
     * @throws IOException from the zip; the store's own exceptions come through
     */
    public ZipEdits survey(FileRanges file) throws UnreadableFileException, IOException {
        ZipBytes bytes = new ZipBytes(file);
        MessageDigest digest = EditLog.sha256();
        Set<Integer> changed = new HashSet<>();
        long rows = 0;
        long deleted = 0;
        long masked = 0;
        try (ZipDirectory directory = new ZipDirectory(file)) {
            for (int number = 0; number < directory.size(); number++) {
                ZipMember member = directory.member(number, bytes);
                FileEdits edits = edits(member, bytes);
                if (!edits.edits().isEmpty()) {
                    changed.add(number);
                }
                rows += edits.rows();
                deleted += edits.deleted();
                masked += edits.masked();
                digest.update(ByteBuffer.allocate(Integer.BYTES)
                        .putInt(member.name().remaining())
                        .flip());
                digest.update(member.name());
                digest.update(HexFormat.of().parseHex(edits.sha256()));
            }
        } catch (UnreadableContentException e) {
            throw new UnreadableFileException(e.getMessage(), rows);
        } finally {
            bytes.close();
        }
        return new ZipEdits(
                file.length(), rows, deleted, masked, changed, HexFormat.of().formatHex(digest.digest()));
    }

    private FileEdits edits(ZipMember member, ZipBytes bytes) throws UnreadableFileException, IOException {
        ZipArchiveEntry entry = member.entry();
        Optional<LakeFile> file = entry.isDirectory() ? Optional.empty() : path.entry(zip, entry.getName());
        Optional<JudgedRows> judged = file.flatMap(asked);
        try {
            return judged.isPresent()
                    ? edits(member, bytes, judged.get())
                    : new FileEdits(List.of(), 0, 0, 0, 0, checksum(member, bytes, file.isPresent()));
        } catch (UnreadableContentException e) {
            throw new UnreadableFileException(
                    file.map(LakeFile::name).orElse("a file in the zip") + ": " + e.getMessage(), 0);
        } catch (UnreadableFileException e) {
            bytes.rethrow();
            throw new UnreadableFileException(file.orElseThrow(), e);
        }
    }

    private FileEdits edits(ZipMember member, ZipBytes bytes, JudgedRows judged)
            throws UnreadableFileException, IOException {
        if (member.isEncrypted()) {
            throw new UnreadableContentException("the entry is encrypted");
        }
        if (!member.isPlain()) {
            throw new UnreadableContentException("the entry is packed in a way in which it can't be written again");
        }
        try (ZipContent content = new ZipContent(bytes, member)) {
            FileEdits edits = format.edits(content, judged.match(), judged.judge());
            content.end();
            return edits;
        }
    }

    /** Of what {@link FileEdits#sha256} is of in a file that nobody asks about, so that it does not depend on who asks. */
    private String checksum(ZipMember member, ZipBytes bytes, boolean isOfPath) throws IOException {
        MessageDigest digest = EditLog.sha256();
        if (!member.isPlain()) {
            byte[] chunk = new byte[RowScan.AT_ONCE];
            for (long at = member.contentFrom();
                    at < member.contentFrom() + member.numbers().packed(); ) {
                long left = member.contentFrom() + member.numbers().packed() - at;
                int read = bytes.read(at, chunk, 0, (int) Math.min(chunk.length, left));
                digest.update(chunk, 0, read);
                at += read;
            }
            return HexFormat.of().formatHex(digest.digest());
        }
        MessageDigest unpacked = EditLog.sha256();
        boolean isUnpacked = isOfPath && format.isPacked();
        try (ZipContent content = new ZipContent(bytes, member);
                DigestInputStream all = new DigestInputStream(content, digest)) {
            if (isUnpacked) {
                try (InputStream file = new DigestInputStream(format.content(new KeptOpen(all)), unpacked)) {
                    file.transferTo(OutputStream.nullOutputStream());
                } catch (UnreadableContentException e) {
                    // It is taken as it stands
                    isUnpacked = false;
                }
            }
            bytes.rethrow();
            all.transferTo(OutputStream.nullOutputStream());
            content.end();
        }
        return HexFormat.of().formatHex((isUnpacked ? unpacked : digest).digest());
    }

    /**
     * Writes the zip as it is to be.
     *
     * @param edits of this zip, made with the same question
     * @throws IOException from the zip or the target, and if the zip is not the one that the edits were made for, or would grow
     *     beyond what its lengths have room for
     */
    public void rewrite(FileRanges file, ZipEdits edits, OutputStream target) throws IOException {
        ZipBytes bytes = new ZipBytes(file);
        Counted all = new Counted(target);
        Map<Integer, ZipMember.Numbers> changed = new HashMap<>();
        long deleted = 0;
        long masked = 0;
        try (ZipDirectory directory = new ZipDirectory(file)) {
            long[] from = new long[directory.size()];
            for (int number = 0; number < directory.size(); number++) {
                from[number] = all.length;
                ZipMember member = directory.member(number, bytes);
                if (edits.changed().contains(number)) {
                    FileEdits ofEntry = edits(member, bytes);
                    changed.put(number, write(member, bytes, ofEntry, all));
                    deleted += ofEntry.deleted();
                    masked += ofEntry.masked();
                } else {
                    copy(bytes, member, all);
                }
            }
            directory.write(from, changed, all.length, all);
        } catch (UnreadableFileException e) {
            throw new IOException("the zip is not what it was: " + e.getMessage());
        } finally {
            bytes.close();
        }
        if (deleted != edits.deleted() || masked != edits.masked() || file.length() != edits.length()) {
            throw new IOException("the zip is not what it was");
        }
    }

    private static void copy(ZipBytes bytes, ZipMember member, OutputStream target) throws IOException {
        byte[] chunk = new byte[RowScan.AT_ONCE];
        for (long at = member.from(); at < member.end(); ) {
            int read = bytes.read(at, chunk, 0, (int) Math.min(chunk.length, member.end() - at));
            target.write(chunk, 0, read);
            at += read;
        }
    }

    private ZipMember.Numbers write(ZipMember member, ZipBytes bytes, FileEdits edits, OutputStream target)
            throws IOException {
        ZipMember.Numbers before =
                member.saysBefore() ? pack(member, bytes, edits, OutputStream.nullOutputStream()) : null;
        if (before != null) {
            member.set(before);
        }
        target.write(member.header());
        ZipMember.Numbers now = pack(member, bytes, edits, target);
        if (before != null && !before.equals(now)) {
            throw new IOException("the zip is not what it was");
        }
        member.set(now);
        target.write(member.descriptor());
        return now;
    }

    private ZipMember.Numbers pack(ZipMember member, ZipBytes bytes, FileEdits edits, OutputStream target)
            throws IOException {
        Counted packed = new Counted(target);
        CRC32 checksum = new CRC32();
        Deflater deflater = new Deflater(member.level(), true);
        try (ZipContent content = new ZipContent(bytes, member)) {
            DeflaterOutputStream deflated = new DeflaterOutputStream(packed, deflater, RowScan.AT_ONCE);
            Counted size = new Counted(new CheckedOutputStream(member.isDeflated() ? deflated : packed, checksum));
            format.rewrite(content, edits, size);
            if (member.isDeflated()) {
                deflated.finish();
            }
            return new ZipMember.Numbers(checksum.getValue(), packed.length, size.length);
        } finally {
            deflater.end();
        }
    }

    private static final class Counted extends FilterOutputStream {

        private long length;

        private Counted(OutputStream target) {
            super(target);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            length++;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
            length += count;
        }
    }
}
