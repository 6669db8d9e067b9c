package io.themis.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/**
 * Checks a written package against its own manifest and checksums, before anybody hears of it. Give it every
 * {@link #entry} in turn, then {@link #finish}; or let {@link #read} take the whole zip. Keeps one record a file, never
 * a file. One instance a package, one thread.
 */
public final class PackageCheck {

    /** Only manifest and checksums are kept as text; this is some 100,000 files' worth. */
    private static final int LONGEST_TEXT = 32 * 1024 * 1024;

    private static final Set<String> TEXTS = Set.of(Manifest.PATH, Checksums.PATH);

    /** Folders of which the manifest lists every file. */
    private static final Set<String> LISTED = Set.of("data/", "tables/", "article-15/");

    private final Map<String, MeasuredFile> files = new HashMap<>();
    private final Map<String, byte[]> texts = new HashMap<>();

    /**
     * Reads a zip to its last byte and checks it, in constant memory.
     *
     * @param zip left open
     * @return what the zip amounts to; equal to what {@link PackageWriter#write} returned if every byte was kept
     * @throws PackageDamagedException naming the file that is not as it should be
     * @throws IOException if the zip can't be read, or is cut off
     */
    public static PackageSummary read(InputStream zip, UUID requestId) throws IOException {
        PackageCheck check = new PackageCheck();
        MeasuredOutputStream measured = new MeasuredOutputStream(OutputStream.nullOutputStream());
        InputStream all = new BufferedInputStream(new CopyingInputStream(zip, measured));
        ZipArchiveInputStream entries = new ZipArchiveInputStream(all);
        for (ZipArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
            check.entry(entry.getName(), entries);
        }
        all.transferTo(OutputStream.nullOutputStream());
        long rows = check.finish(requestId);
        return new PackageSummary(measured.bytes(), measured.sha256(), rows, check.files.size());
    }

    /**
     * Takes the next file of the package.
     *
     * @param content read to its end and left open
     */
    public void entry(String name, InputStream content) throws IOException {
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
        if (kept) {
            texts.put(name, text.toByteArray());
        }
    }

    /**
     * Compares what was read with what the package says of itself.
     *
     * @return records of all datasets
     * @throws PackageDamagedException naming the file that is not as it should be
     */
    public long finish(UUID requestId) throws IOException {
        checkSums();
        Manifest manifest = manifest();
        require(
                requestId.equals(manifest.requestId()),
                Manifest.PATH,
                "is of another request, " + manifest.requestId());
        checkFiles(manifest.files());
        return checkDatasets(manifest);
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

    private void checkFiles(List<Manifest.FileEntry> listed) throws PackageDamagedException {
        Set<String> paths = new HashSet<>();
        for (Manifest.FileEntry entry : listed) {
            MeasuredFile file = file(entry.path());
            require(paths.add(entry.path()), entry.path(), "is in the manifest twice");
            require(
                    file.bytes() == entry.bytes(),
                    entry.path(),
                    "has " + file.bytes() + " bytes, not " + entry.bytes() + " as the manifest says");
            require(file.sha256().equals(entry.sha256()), entry.path(), "has another SHA-256 than the manifest says");
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
        return path.endsWith(".jsonl");
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
