package io.themis.export;

import io.themis.request.Volume;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * A zip written front to back, each file measured as it passes. To be closed in any case: if it was not {@link #finish
 * finished} before, it has no central directory and no program takes it for a zip.
 */
final class PackageZip implements Closeable {

    /** From here on a size does not fit a zip of the old form. */
    private static final long FOUR_GIB = 0xFFFF_FFFFL;

    private static final int BUFFER = 64 * 1024;

    private final MeasuredOutputStream measured;
    private final ParallelZip zip;
    private final Instant time;
    private long unpackedBytes;

    PackageZip(OutputStream out, Instant time) {
        this.measured = new MeasuredOutputStream(out);
        this.zip = new ParallelZip(new BufferedOutputStream(measured, BUFFER));
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
        zip.putEntry(entry, atMost + atMost / 1000 < FOUR_GIB ? Zip64Mode.AsNeeded : Zip64Mode.AlwaysWithCompatibility);
        MeasuredOutputStream content = new MeasuredOutputStream(zip);
        body.writeTo(content);
        zip.closeEntry();

        unpackedBytes += content.bytes();
        return new MeasuredFile(path, content.bytes(), content.lines(), content.sha256());
    }

    Volume finish(String name) throws IOException {
        zip.finish();
        return new Volume(name, measured.bytes(), unpackedBytes, measured.sha256());
    }

    /** Nothing is written any more when it returns. The stream beneath stays open. */
    @Override
    public void close() {
        zip.close();
    }
}
