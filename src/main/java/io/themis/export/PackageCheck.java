package io.themis.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.themis.request.Volume;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/**
 * Checks a written package against its own manifest and checksums, before anybody hears of it. Let it {@link #read} every
 * zip in turn, then {@link #finish}. Keeps one record a file, never a file. One instance a package, one thread.
 */
public final class PackageCheck {

    /** Only manifest and checksums are kept as text; this is some 100,000 files' worth. */
    private static final int LONGEST_TEXT = 32 * 1024 * 1024;

    private static final Set<String> TEXTS = Set.of(Manifest.PATH, Checksums.PATH);

    /** Folders of which the manifest lists every file. */
    private static final Set<String> LISTED = Set.of("data/", "tables/", AttachmentNames.FOLDER, "article-15/");

    private final List<Volume> volumes = new ArrayList<>();
    private final Map<String, MeasuredFile> files = new HashMap<>();
    private final Map<String, String> volumeOf = new HashMap<>();
    private final Map<String, byte[]> texts = new HashMap<>();

    /**
     * Reads the next zip to its last byte, in constant memory.
     *
     * @param name of the zip, as the package has it
     * @param zip left open
     * @throws PackageDamagedException naming the file that is not as it should be
     * @throws IOException if the zip can't be read, or is cut off
     */
    public void read(String name, InputStream zip) throws IOException {
        MeasuredOutputStream measured = new MeasuredOutputStream(OutputStream.nullOutputStream());
        InputStream all = new BufferedInputStream(new CopyingInputStream(zip, measured));
        ZipArchiveInputStream entries = new ZipArchiveInputStream(all);
        long unpackedBytes = 0;
        for (ZipArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
            unpackedBytes += entry(entry.getName(), name, entries).bytes();
        }
        all.transferTo(OutputStream.nullOutputStream());
        volumes.add(new Volume(name, measured.bytes(), unpackedBytes, measured.sha256()));
    }

    /**
     * Takes the next file of the package.
     *
     * @param volume name of the zip that it is in
     * @param content read to its end and left open
     */
    MeasuredFile entry(String name, String volume, InputStream content) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        boolean kept = TEXTS.contains(name);
        MeasuredOutputStream measured = new MeasuredOutputStream(kept ? text : OutputStream.nullOutputStream());
        byte[] buffer = new byte[64 * 1024];
        for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
            measured.write(buffer, 0, length);
            require(!kept || measured.bytes() <= LONGEST_TEXT, name, "is longer than " + LONGEST_TEXT + " bytes");
        }
        MeasuredFile file = new MeasuredFile(name, measured.bytes(), measured.lines(), measured.sha256());
        require(files.put(name, file) == null, name, "is there twice");
        volumeOf.put(name, volume);
        if (kept) {
            texts.put(name, text.toByteArray());
        }
        return file;
    }

    /**
     * Compares what was read with what the package says of itself.
     *
     * @return what the package amounts to; equal to what {@link PackageWriter#write} returned if every byte was kept
     * @throws PackageDamagedException naming the file that is not as it should be
     */
    public PackageSummary finish(UUID requestId) throws IOException {
        Manifest manifest = manifest();
        require(
                requestId.equals(manifest.requestId()),
                Manifest.PATH,
                "is of another request, " + manifest.requestId());
        checkVolumes(manifest.parts());
        checkSums();
        checkFiles(manifest);
        return new PackageSummary(List.copyOf(volumes), checkDatasets(manifest), files.size());
    }

    /** A zip that is missing, or is of another package, is named as such before its files are missed. */
    private void checkVolumes(List<Manifest.VolumeEntry> listed) throws PackageDamagedException {
        if (listed == null) {
            require(volumes.size() == 1, Manifest.PATH, "is of one zip, and there are " + volumes.size());
            return;
        }
        Map<String, Volume> read = new HashMap<>();
        for (Volume volume : volumes) {
            require(read.put(volume.name(), volume) == null, volume.name(), "is there twice");
        }
        for (Manifest.VolumeEntry entry : listed) {
            Volume volume = read.remove(entry.name());
            require(volume != null, entry.name(), "is missing");
            require(
                    entry.sha256() == null && entry == listed.get(listed.size() - 1)
                            || volume.sha256().equals(entry.sha256())
                                    && Long.valueOf(volume.bytes()).equals(entry.bytes()),
                    entry.name(),
                    "is another zip than the manifest says");
        }
        for (String name : read.keySet()) {
            require(false, name, "is not in the manifest");
        }
    }

    private void checkSums() throws PackageDamagedException {
        Map<String, String> sums = Checksums.read(new String(text(Checksums.PATH), StandardCharsets.UTF_8));
        for (Map.Entry<String, String> sum : sums.entrySet()) {
            require(
                    sum.getValue().equals(file(sum.getKey()).sha256()),
                    sum.getKey(),
                    "has another SHA-256 than " + Checksums.PATH + " says");
        }
        for (String name : files.keySet()) {
            require(sums.containsKey(name) || name.equals(Checksums.PATH), name, "is not in " + Checksums.PATH);
        }
    }

    private Manifest manifest() throws IOException {
        try {
            Manifest manifest = Manifest.JSON.readValue(text(Manifest.PATH), Manifest.class);
            require(
                    manifest != null && manifest.datasets() != null && manifest.files() != null,
                    Manifest.PATH,
                    "is not a manifest");
            return manifest;
        } catch (JsonProcessingException e) {
            throw new PackageDamagedException(Manifest.PATH, "is not a manifest");
        }
    }

    private void checkFiles(Manifest manifest) throws PackageDamagedException {
        Set<String> paths = new HashSet<>();
        for (Manifest.FileEntry entry : manifest.files()) {
            MeasuredFile file = file(entry.path());
            require(paths.add(entry.path()), entry.path(), "is in the manifest twice");
            require(
                    file.bytes() == entry.bytes(),
                    entry.path(),
                    "has " + file.bytes() + " bytes, not " + entry.bytes() + " as the manifest says");
            require(file.sha256().equals(entry.sha256()), entry.path(), "has another SHA-256 than the manifest says");
            require(
                    manifest.parts() == null || volumeOf.get(entry.path()).equals(entry.part()),
                    entry.path(),
                    "is in " + volumeOf.get(entry.path()) + ", not in " + entry.part() + " as the manifest says");
            if (isRows(entry.path())) {
                require(
                        entry.rows() != null && file.lines() == entry.rows(),
                        entry.path(),
                        "has " + file.lines() + " rows, not " + entry.rows() + " as the manifest says");
            }
        }
        for (String name : files.keySet()) {
            require(
                    paths.contains(name) || LISTED.stream().noneMatch(name::startsWith),
                    name,
                    "is not in the manifest");
        }
    }

    /** The manifest speaks of the findings twice, by dataset and by file; both must say the same. */
    private long checkDatasets(Manifest manifest) throws PackageDamagedException {
        Set<String> named = new HashSet<>();
        long total = 0;
        for (Manifest.DatasetEntry dataset : manifest.datasets()) {
            long rows = 0;
            for (String path : dataset.files()) {
                require(named.add(path), path, "belongs to two datasets in the manifest");
                rows += file(path).lines();
            }
            require(
                    rows == dataset.matched().rows(),
                    Manifest.PATH,
                    "says " + dataset.matched().rows() + " rows matched in " + dataset.name() + ", its files hold "
                            + rows);
            total += rows;
        }
        for (String name : files.keySet()) {
            require(!isRows(name) || named.contains(name), name, "belongs to no dataset in the manifest");
        }
        return total;
    }

    private static boolean isRows(String path) {
        // An attachment may have any name.
        return path.endsWith(".jsonl") && !path.startsWith(AttachmentNames.FOLDER);
    }

    private MeasuredFile file(String path) throws PackageDamagedException {
        MeasuredFile file = files.get(path);
        require(file != null, path, "is missing");
        return file;
    }

    private byte[] text(String path) throws PackageDamagedException {
        file(path);
        return texts.get(path);
    }

    private static void require(boolean promise, String file, String problem) throws PackageDamagedException {
        if (!promise) {
            throw new PackageDamagedException(file, problem);
        }
    }

    /** Hands on a copy of what is read. */
    private static final class CopyingInputStream extends FilterInputStream {

        private final OutputStream copy;

        CopyingInputStream(InputStream in, OutputStream copy) {
            super(in);
            this.copy = copy;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            if (count > 0) {
                copy.write(buffer, offset, count);
            }
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            return 0; // what is skipped would not be copied; callers read instead
        }
    }
}
