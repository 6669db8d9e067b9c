package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Discoveries;
import io.themis.request.Shortfall;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Has the datasets of one level asked until none of them has a key that it has not been asked with. */
@Component
public class Rounds {

    private final DataMap map;
    private final Datasets datasets;
    private final LakeListing lake;
    private final Discoveries requests;

    Rounds(DataMap map, Datasets datasets, LakeListing lake, Discoveries requests) {
        this.map = map;
        this.datasets = datasets;
        this.lake = lake;
        this.requests = requests;
    }

    public boolean isAnotherNeeded(DataSubjectRequest request, List<Dataset> level) {
        return level.stream().anyMatch(dataset -> datasets.isUnanswered(request, dataset.name()));
    }

    /**
     * Notes where rows may have been missed in the datasets that were asked before all that provide their keys. Only now is it
     * clear what was not read or not asked.
     */
    public void end(DataSubjectRequest request, List<Dataset> level) {
        for (Dataset dataset : level) {
            if (map.isAskedEarly(dataset)) {
                requests.findings(request.id()).stream()
                        .filter(findings -> findings.dataset().equals(dataset.name()))
                        .forEach(findings -> end(request, dataset, findings));
            }
        }
    }

    private void end(DataSubjectRequest request, Dataset dataset, DatasetFindings findings) {
        MissingKeys missingKeys = datasets.missingKeys(request);
        Set<Shortfall> reasons = new LinkedHashSet<>(findings.reasons());
        for (String partition : partitions(dataset, findings)) {
            reasons.addAll(missingKeys.reasonsInTheEnd(dataset, partition));
        }
        if (reasons.size() > findings.reasons().size()) {
            requests.record(request, partial(findings, List.copyOf(reasons)), Set.of());
        }
    }

    private Set<String> partitions(Dataset dataset, DatasetFindings findings) {
        if (dataset.kind() != Kind.LAKE || dataset.placeholders().isEmpty()) {
            return new HashSet<>(Arrays.asList((String) null));
        }
        Set<String> partitions = lake.partitions(dataset);
        // Those inside of zips.
        partitions.addAll(findings.readPartitions());
        return partitions;
    }

    private static DatasetFindings partial(DatasetFindings findings, List<Shortfall> reasons) {
        return new DatasetFindings(
                findings.dataset(),
                Status.PARTIAL,
                reasons,
                findings.searchedFiles(),
                findings.searchedBytes(),
                findings.rows(),
                findings.readPartitions(),
                findings.parts(),
                findings.asked(),
                findings.review());
    }
}
