package io.themis.export;

import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes a person's package as one zip, front to back, a row at a time: memory grows with the number of files, never with
 * their length. Several threads may share one.
 */
public final class PackageWriter {

    /** Pages and lists are made of what is in memory: they end long before a zip of the old form does. */
    private static final long SMALL = Integer.MAX_VALUE;

    private final Manifest.Engine engine;

    /** @param engineVersion version of Themis, for the manifest */
    public PackageWriter(String engineVersion) {
        engine = new Manifest.Engine("themis", engineVersion);
    }

    /**
     * @param out flushed at the end and left open
     * @throws PartDamagedException if a part is not what was recorded of it
     * @throws IOException if a part can't be read or {@code out} can't be written. After any exception what {@code out}
     *     holds is not a zip, and must not be kept.
     */
    public PackageSummary write(PackageContent content, PartStore parts, OutputStream out) throws IOException {
        List<DatasetFiles> datasets = DatasetFiles.of(content);
        PackagePages pages = new PackagePages(content, datasets);
        PackageZip zip = new PackageZip(out, content.createdAt());
        List<Manifest.FileEntry> listed = new ArrayList<>();

        zip.add("README.txt", SMALL, file -> pages.write("README.ftl", file));
        zip.add("index.html", SMALL, file -> pages.write("index.ftlh", file));
        zip.add("assets/style.css", SMALL, PackageWriter::copyStyle);

        listed.add(entry(
                zip.add("article-15/information.html", SMALL, file -> pages.write("information.ftlh", file)),
                "text/html",
                null));
        listed.add(entry(
                zip.add("article-15/information.json", SMALL, file -> Manifest.JSON.writeValue(file, pages.sheet())),
                "application/json",
                null));

        for (DatasetFiles dataset : datasets) {
            for (DataFile data : dataset.files()) {
                MeasuredFile jsonl = zip.add(data.jsonl(), data.bytes(), file -> StagedRows.copy(data, parts, file));
                listed.add(entry(jsonl, "application/x-ndjson", data.rows()));
                CsvRows rows = new CsvRows(data, parts);
                MeasuredFile csv = zip.add(data.csv(), rows.atMost(), rows::writeTo);
                listed.add(entry(csv, "text/csv", data.rows()));
            }
        }

        if (any(Status.PARTIAL, datasets)) {
            zip.add("notices/partial.html", SMALL, file -> pages.write("partial.ftlh", file));
        }
        if (any(Status.NOTHING_FOUND, datasets)) {
            zip.add("notices/nothing-found.html", SMALL, file -> pages.write("nothing-found.ftlh", file));
        }

        Manifest manifest = manifest(content, pages.sheet().language(), datasets, listed);
        zip.add(Manifest.PATH, SMALL, file -> Manifest.JSON.writeValue(file, manifest));
        zip.add(Checksums.PATH, SMALL, file -> Checksums.write(zip.sha256(), file));
        return zip.finish(datasets.stream()
                .mapToLong(dataset -> dataset.findings().rows())
                .sum());
    }

    private Manifest manifest(
            PackageContent content, String language, List<DatasetFiles> datasets, List<Manifest.FileEntry> files) {
        return new Manifest(
                content.requestId(),
                content.type(),
                language,
                content.createdAt().toString(),
                content.expiresAt().toString(),
                engine,
                datasets.stream()
                        .mapToInt(dataset -> dataset.findings().asked().round())
                        .max()
                        .orElse(0),
                datasets.stream().map(PackageWriter::entry).toList(),
                files);
    }

    private static Manifest.DatasetEntry entry(DatasetFiles dataset) {
        DatasetFindings findings = dataset.findings();
        return new Manifest.DatasetEntry(
                dataset.dataset().name(),
                dataset.dataset().title(),
                dataset.dataset().kind().name().toLowerCase(Locale.ROOT),
                findings.status().label(),
                findings.reasons(),
                findings.asked().keys(),
                new Manifest.Searched(findings.searchedFiles(), findings.searchedBytes()),
                new Manifest.Matched(findings.rows()),
                dataset.files().stream().map(DataFile::jsonl).toList());
    }

    private static Manifest.FileEntry entry(MeasuredFile file, String mediaType, Long rows) {
        return new Manifest.FileEntry(file.path(), mediaType, file.bytes(), rows, file.sha256());
    }

    private static boolean any(Status status, List<DatasetFiles> datasets) {
        return datasets.stream().anyMatch(dataset -> dataset.findings().status() == status);
    }

    private static void copyStyle(OutputStream file) throws IOException {
        try (InputStream style =
                PackageWriter.class.getClassLoader().getResourceAsStream(PackagePages.FOLDER + "/style.css")) {
            style.transferTo(file);
        }
    }
}
