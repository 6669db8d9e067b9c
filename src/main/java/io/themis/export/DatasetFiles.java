package io.themis.export;

import io.themis.datamap.Dataset;
import io.themis.request.DatasetFindings;
import io.themis.request.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A dataset, what it answered, and the data files that hold it, by partition. A dataset without rows has none. */
record DatasetFiles(Dataset dataset, DatasetFindings findings, List<DataFile> files) {

    static List<DatasetFiles> of(PackageContent content) {
        DataFileNames names = new DataFileNames();
        return content.datasets().stream()
                .map(entry -> new DatasetFiles(
                        entry.dataset(),
                        entry.findings(),
                        files(entry.dataset().name(), entry.findings().parts(), names)))
                .toList();
    }

    private static List<DataFile> files(String dataset, List<Part> parts, DataFileNames names) {
        Map<String, List<Part>> byPartition = new TreeMap<>(Comparator.nullsFirst(Comparator.naturalOrder()));
        for (Part part : parts) {
            if (part.rows() > 0) {
                byPartition
                        .computeIfAbsent(part.partition(), partition -> new ArrayList<>())
                        .add(part);
            }
        }
        List<DataFile> files = new ArrayList<>();
        byPartition.forEach(
                (partition, staged) -> files.add(new DataFile(partition, names.stem(dataset, partition), staged)));
        return files;
    }
}
