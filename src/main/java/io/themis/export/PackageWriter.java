package io.themis.export;

import io.themis.datamap.Dataset;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Shortfall;
import io.themis.request.StagedFile;
import io.themis.request.Volume;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a person's package front to back, a row at a time: memory grows with the number of files, never with their
 * length. It is one zip, or several that open by themselves and are unpacked together. Several threads may share one
 * writer.
 */
public final class PackageWriter {

    /** The lists are made of what is in memory: they end long before a zip of the old form does. */
    private static final long SMALL = Integer.MAX_VALUE;

    private static final String NO_SHA256_YET = "0".repeat(64);

    private final Manifest.Engine engine;
    private final long volumeSize;

    /**
     * @param engineVersion version of Themis, for the manifest
     * @param volumeSize bytes that the files in one zip have together at most, unless one file alone has more
     */
    public PackageWriter(String engineVersion, long volumeSize) {
        engine = new Manifest.Engine("themis", engineVersion);
        this.volumeSize = volumeSize;
    }

    /**
     * @param store gets the zips one after the other; the first holds the overview, the last the lists of all files
     * @throws PartDamagedException if a part is not what was recorded of it
     * @throws IOException if a part can't be read or a zip can't be written. After any exception the zip that was being
     *     written is not closed, and those before it are not a package.
     */
    public PackageSummary write(PackageContent content, PartStore parts, VolumeStore store) throws IOException {
        try (Draft whole = new Draft(content, parts, false)) {
            PackagePlan plan = PackagePlan.one(content.requestId(), whole.files());
            if (plan.atMost() + whole.listsAtMost(plan) <= volumeSize) {
                return write(whole, plan, store);
            }
        }
        try (Draft divided = new Draft(content, parts, true)) {
            PackagePlan plan = PackagePlan.several(
                    content.requestId(), divided.files(), volumeSize, divided::note, divided::listsAtMost);
            return write(divided, plan, store);
        }
    }

    private static PackageSummary write(Draft draft, PackagePlan plan, VolumeStore store) throws IOException {
        List<Volume> volumes = new ArrayList<>();
        Map<String, MeasuredFile> written = new LinkedHashMap<>();
        for (List<PlannedFile> files : plan.volumes()) {
            String name = plan.name(volumes.size() + 1);
            OutputStream out = store.create(name);
            try (PackageZip zip = new PackageZip(out, draft.content.createdAt())) {
                for (PlannedFile file : files) {
                    written.put(file.path(), zip.add(file.path(), file.atMost(), file.body()));
                }
                if (volumes.size() + 1 == plan.volumes().size()) {
                    Manifest manifest = draft.manifest(plan, volumes, written);
                    written.put(
                            Manifest.PATH,
                            zip.add(Manifest.PATH, SMALL, file -> Manifest.JSON.writeValue(file, manifest)));
                    zip.add(Checksums.PATH, SMALL, file -> Checksums.write(written.values(), file));
                }
                volumes.add(zip.finish(name));
            }
            out.close();
        }
        return new PackageSummary(List.copyOf(volumes), draft.rows(), written.size() + 1);
    }

    /** What a package holds, as one zip or as several. */
    private final class Draft implements Closeable {

        private final PackageContent content;
        private final PartStore parts;
        private final List<DatasetFiles> datasets;
        private final PackagePages pages;
        private final List<TablePages> tables = new ArrayList<>();

        private Draft(PackageContent content, PartStore parts, boolean isDivided) {
            this.content = content;
            this.parts = parts;
            // Pieces of half a zip leave less of a zip unused
            datasets = DatasetFiles.of(content, isDivided ? volumeSize / 2 : Long.MAX_VALUE);
            pages = new PackagePages(content, datasets, isDivided);
        }

        private long rows() {
            return datasets.stream()
                    .mapToLong(dataset -> dataset.findings().rows())
                    .sum();
        }

        /** Every file but the lists, in its order. */
        private List<PlannedFile> files() throws IOException {
            List<PlannedFile> files = new ArrayList<>();
            files.add(page("README.txt", null, "README.ftl"));
            files.add(page("index.html", null, "index.ftlh"));
            files.add(PlannedFile.made("assets/style.css", null, PackageWriter::copyStyle));
            files.add(page("article-15/information.html", "text/html", "information.ftlh"));
            files.add(PlannedFile.made(
                    "article-15/information.json",
                    "application/json",
                    file -> Manifest.JSON.writeValue(file, pages.sheet())));
            for (DatasetFiles dataset : datasets) {
                for (DataFile data : dataset.files()) {
                    addTo(files, dataset.dataset(), data);
                }
                for (StagedFile attachment : dataset.attachments()) {
                    files.add(new PlannedFile(
                            attachment.path(),
                            attachment.bytes(),
                            attachment.mediaType(),
                            null,
                            file -> StagedRows.copy(attachment, parts, file)));
                }
            }
            if (any(Status.PARTIAL)) {
                files.add(page("notices/partial.html", null, "partial.ftlh"));
            }
            if (any(Status.NOTHING_FOUND)) {
                files.add(page("notices/nothing-found.html", null, "nothing-found.ftlh"));
            }
            if (datasets.stream()
                    .anyMatch(dataset -> dataset.findings().review().rows() > 0)) {
                files.add(page("notices/review.html", null, "review.ftlh"));
            }
            return files;
        }

        private void addTo(List<PlannedFile> files, Dataset dataset, DataFile data) throws IOException {
            files.add(new PlannedFile(
                    data.jsonl(),
                    data.bytes(),
                    "application/x-ndjson",
                    data.rows(),
                    file -> StagedRows.copy(data, parts, file)));
            files.add(new PlannedFile(
                    data.csv(),
                    data.csvAtMost(),
                    "text/csv",
                    data.rows(),
                    file -> new CsvRows(data, parts).writeTo(file)));
            TablePages table = new TablePages(data, dataset, pages, parts);
            tables.add(table);
            for (int i = 1; i <= table.count(); i++) {
                int number = i;
                files.add(PlannedFile.made(data.page(number), "text/html", file -> table.write(number, file)));
            }
        }

        private PlannedFile page(String path, String mediaType, String template) throws IOException {
            return PlannedFile.made(path, mediaType, file -> pages.write(template, file));
        }

        private PlannedFile note(int number, int count) throws IOException {
            return PlannedFile.made(
                    "PART-%d-of-%d.txt".formatted(number, count), null, file -> pages.writeNote(number, count, file));
        }

        /** Bytes that the lists can't exceed. */
        private long listsAtMost(PackagePlan plan) throws IOException {
            Map<String, MeasuredFile> longest = new LinkedHashMap<>();
            plan.files()
                    .forEach(file ->
                            longest.put(file.path(), new MeasuredFile(file.path(), file.atMost(), 0, NO_SHA256_YET)));
            Volume volume = new Volume(null, Long.MAX_VALUE, Long.MAX_VALUE, NO_SHA256_YET);
            Manifest manifest =
                    manifest(plan, Collections.nCopies(plan.volumes().size() - 1, volume), longest);
            PlannedFile json = PlannedFile.made(Manifest.PATH, null, file -> Manifest.JSON.writeValue(file, manifest));
            longest.put(Manifest.PATH, new MeasuredFile(Manifest.PATH, json.atMost(), 0, NO_SHA256_YET));
            return json.atMost()
                    + PlannedFile.made(Checksums.PATH, null, file -> Checksums.write(longest.values(), file))
                            .atMost();
        }

        /**
         * @param whole every zip but the last
         * @param written every file but manifest and checksums, by path
         */
        private Manifest manifest(PackagePlan plan, List<Volume> whole, Map<String, MeasuredFile> written) {
            List<Manifest.FileEntry> files = new ArrayList<>();
            List<Manifest.VolumeEntry> volumes = new ArrayList<>();
            for (int i = 0; i < plan.volumes().size(); i++) {
                String name = plan.name(i + 1);
                plan.volumes().get(i).stream()
                        .filter(PlannedFile::isListed)
                        .map(file -> entry(file, written.get(file.path()), plan.isDivided() ? name : null))
                        .forEach(files::add);
                volumes.add(
                        i < whole.size()
                                ? new Manifest.VolumeEntry(
                                        name, whole.get(i).bytes(), whole.get(i).sha256())
                                : new Manifest.VolumeEntry(name, null, null));
            }
            return new Manifest(
                    content.requestId(),
                    content.type(),
                    pages.language().toLanguageTag(),
                    content.createdAt().toString(),
                    content.expiresAt().toString(),
                    engine,
                    datasets.stream()
                            .mapToInt(dataset -> dataset.findings().asked().round())
                            .max()
                            .orElse(0),
                    datasets.stream()
                            .map(dataset -> entry(dataset, pages.language()))
                            .toList(),
                    files,
                    plan.isDivided() ? volumes : null);
        }

        private boolean any(Status status) {
            return datasets.stream().anyMatch(dataset -> dataset.findings().status() == status);
        }

        @Override
        public void close() throws IOException {
            for (TablePages table : tables) {
                table.close();
            }
        }
    }

    private static Manifest.DatasetEntry entry(DatasetFiles dataset, Locale language) {
        DatasetFindings findings = dataset.findings();
        return new Manifest.DatasetEntry(
                dataset.dataset().name(),
                dataset.dataset().title().in(language),
                dataset.dataset().kind().name().toLowerCase(Locale.ROOT),
                findings.status().label(),
                findings.reasons().stream().map(Shortfall::sentence).toList(),
                findings.asked().keys(),
                new Manifest.Searched(findings.searchedFiles(), findings.searchedBytes()),
                new Manifest.Matched(findings.rows()),
                dataset.maskedColumns(),
                findings.review().rows() == 0
                        ? null
                        : new Manifest.Matched(findings.review().rows()),
                dataset.files().stream().map(DataFile::jsonl).toList());
    }

    private static Manifest.FileEntry entry(PlannedFile file, MeasuredFile written, String volume) {
        return new Manifest.FileEntry(
                file.path(), file.mediaType(), written.bytes(), file.rows(), written.sha256(), volume);
    }

    private static void copyStyle(OutputStream file) throws IOException {
        try (InputStream style =
                PackageWriter.class.getClassLoader().getResourceAsStream(PackagePages.FOLDER + "/style.css")) {
            style.transferTo(file);
        }
    }
}
