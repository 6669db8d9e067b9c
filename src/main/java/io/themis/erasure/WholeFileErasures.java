package io.themis.erasure;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Erasure;
import io.themis.enrichment.LakeFileQuery;
import io.themis.enrichment.LakeSearches;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.FileNotReplacedException.Reason;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Erasures;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Deletes lake files that are records themselves. */
@Component
public class WholeFileErasures {

    private final DataMap map;
    private final LakeSearches searches;
    private final Erasures erasures;
    private final StoredPlans plans;
    private final LakeFileStore lake;
    private final OldCopies oldCopies;
    private final ErasureSettings settings;

    WholeFileErasures(
            DataMap map,
            LakeSearches searches,
            Erasures erasures,
            StoredPlans plans,
            LakeFileStore lake,
            OldCopies oldCopies,
            ErasureSettings settings) {
        this.map = map;
        this.searches = searches;
        this.erasures = erasures;
        this.plans = plans;
        this.lake = lake;
        this.oldCopies = oldCopies;
        this.settings = settings;
    }

    /** Datasets with files to delete that this run has not dealt with. */
    public List<Dataset> datasets(DataSubjectRequest request) {
        return map.datasets().stream()
                .filter(dataset ->
                        dataset.format() == Format.FILE && dataset.erasure().action() == Erasure.Action.DELETE)
                .filter(dataset -> !erasures.isDone(request, dataset.name()))
                .toList();
    }

    /**
     * Deletes the person's files of a dataset. Those that the store does not let go stay, and are found again when everything is looked
     * for once more.
     *
     * @throws PlanOutdatedException if there are more than the plan has; none is deleted then
     */
    public void erase(DataSubjectRequest request, Dataset dataset) {
        List<LakeFileQuery> files = searches.candidates(request, dataset.name());
        long planned = plans.of(request).orElseThrow().datasets().stream()
                .filter(plan -> plan.dataset().equals(dataset.name()))
                .mapToLong(DatasetPlan::delete)
                .sum();
        if (files.size() > planned) {
            throw new PlanOutdatedException(
                    "dataset %s has more files of the person than the plan".formatted(dataset.name()));
        }
        long refused = 0;
        for (LakeFileQuery file : files) {
            String name = file.file().name();
            try {
                Instant deletedAt = lake.open(name).delete(settings.oldCopies());
                oldCopies.ofDeleted(name, deletedAt);
            } catch (FileNotReplacedException e) {
                refused += e.reason() == Reason.GONE ? 0 : 1;
            }
            file.end();
        }
        erasures.datasetDone(request, dataset.name(), planned - refused, 0);
    }
}
