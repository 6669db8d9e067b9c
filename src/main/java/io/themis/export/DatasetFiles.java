package io.themis.export;

import io.themis.datamap.Dataset;
import io.themis.request.DatasetFindings;
import io.themis.request.Part;
import io.themis.request.StagedFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** A dataset, what it answered, and the data files that hold it, by partition. A dataset without rows has none. */
record DatasetFiles(Dataset dataset, DatasetFindings findings, List<DataFile> files) {

    /** The files that its rows are about, if there are such. */
    List<StagedFile> attachments() {
        return findings.parts().stream()
                .map(Part::file)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The columns in which something of others' is hidden, in the order of the map. */
    List<String> maskedColumns() {
        return dataset.maskedColumns().stream()
                .filter(column -> files.stream().anyMatch(file -> file.isHidden(column)))
                .toList();
    }

    /** @param longest bytes of a file; a longer one becomes several, as far as its staged parts allow */
    static List<DatasetFiles> of(PackageContent content, long longest) {
        DataFileNames names = new DataFileNames();
        return content.datasets().stream()
                .map(entry -> new DatasetFiles(
                        entry.dataset(),
                        entry.findings(),
                        files(entry.dataset().name(), entry.findings().parts(), longest, names)))
                .toList();
    }

    private static List<DataFile> files(String dataset, List<Part> parts, long longest, DataFileNames names) {
        Map<String, List<Part>> byPartition = new TreeMap<>(Comparator.nullsFirst(Comparator.naturalOrder()));
        for (Part part : parts) {
            if (part.rows() > 0) {
                byPartition
                        .computeIfAbsent(part.partition(), partition -> new ArrayList<>())
                        .add(part);
            }
        }
        List<DataFile> files = new ArrayList<>();
        byPartition.forEach((partition, staged) -> {
            List<List<Part>> pieces = pieces(staged, longest);
            for (int i = 0; i < pieces.size(); i++) {
                files.add(new DataFile(partition, i + 1, pieces.size(), names.stem(dataset, partition), pieces.get(i)));
            }
        });
        return files;
    }

    private static List<List<Part>> pieces(List<Part> parts, long longest) {
        List<List<Part>> pieces = new ArrayList<>();
        Set<String> columns = new HashSet<>();
        long rows = 0;
        long bytes = 0;
        for (Part part : parts) {
            columns.addAll(part.columns());
            rows += part.rows();
            bytes += part.bytes();
            if (pieces.isEmpty() || CsvRows.atMost(columns, rows, bytes) > longest) {
                pieces.add(new ArrayList<>());
                columns = new HashSet<>(part.columns());
                rows = part.rows();
                bytes = part.bytes();
            }
            pieces.get(pieces.size() - 1).add(part);
        }
        return pieces;
    }
}
