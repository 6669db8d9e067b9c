package io.themis.export;

import io.themis.request.Volume;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipShort;

/**
 * A zip written front to back, each file measured as it passes. Never closed: if it is not {@link #finish finished}, it
 * has no central directory and no program takes it for a zip.
 */
final class PackageZip {

    /** From here on a size does not fit a zip of the old form. */
    private static final long FOUR_GIB = 0xFFFF_FFFFL;

    private static final ZipShort ZIP64 = new ZipShort(1);

    private static final int BUFFER = 64 * 1024;

    private final MeasuredOutputStream measured;
    private final ZipArchiveOutputStream zip;
    private final Instant time;
    private long unpackedBytes;

    PackageZip(OutputStream out, Instant time) {
        this.measured = new MeasuredOutputStream(out);
        this.zip = new ZipArchiveOutputStream(new BufferedOutputStream(measured, BUFFER));
        this.time = time;
    }

    /** Writes one file's content. */
    interface Body {
        void writeTo(MeasuredOutputStream out) throws IOException;
    }

    /** @param atMost bytes that the content can't exceed */
    MeasuredFile add(String path, long atMost, Body body) throws IOException {
        ZipArchiveEntry entry = new ZipArchiveEntry(path);
        // A zip knows a wall clock only; this one is UTC's everywhere. The exact time would go into an extra field, but
        // with that the library sets the wall clock of this machine's zone.
        entry.setTimeLocal(LocalDateTime.ofInstant(time, ZoneOffset.UTC));

        // Zip64 only where it may be needed: some programs refuse it. Sizes follow the data in a stream, so the choice
        // is made before they are known; deflate makes data that does not compress longer by less than a thousandth.
        zip.setUseZip64(atMost + atMost / 1000 < FOUR_GIB ? Zip64Mode.AsNeeded : Zip64Mode.AlwaysWithCompatibility);
        zip.putArchiveEntry(entry);
        MeasuredOutputStream content = new MeasuredOutputStream(zip);
        body.writeTo(content);
        zip.closeArchiveEntry();
        if (entry.getSize() < FOUR_GIB && entry.getCompressedSize() < FOUR_GIB && entry.getExtraField(ZIP64) != null) {
            // The library would leave an empty field in the central directory, at which some versions of Java balk
            entry.removeExtraField(ZIP64);
        }

        unpackedBytes += content.bytes();
        return new MeasuredFile(path, content.bytes(), content.lines(), content.sha256());
    }

    Volume finish(String name) throws IOException {
        zip.setUseZip64(Zip64Mode.AsNeeded);
        zip.finish();
        zip.flush();
        return new Volume(name, measured.bytes(), unpackedBytes, measured.sha256());
    }
}
