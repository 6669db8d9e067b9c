package io.themis.erasure;

import io.themis.datamap.DataMap;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.SqlErasures.Erased;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFiles;
import io.themis.request.Erasures;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Notes what was erased in datasets that are done in one piece, as planned or not at all. Whether an attempt has committed a crash may keep it
 * from telling, so that it begins is noted before.
 */
@Component
public class ErasedDatasets {

    private final DataMap map;
    private final Erasures erasures;
    private final ErasureFiles files;
    private final StoredPlans plans;

    ErasedDatasets(DataMap map, Erasures erasures, ErasureFiles files, StoredPlans plans) {
        this.map = map;
        this.erasures = erasures;
        this.files = files;
        this.plans = plans;
    }

    /** All of a database are about to be erased. */
    public void begin(DataSubjectRequest request, String dataSource) {
        for (DatasetPlan plan : plans.of(request).orElseThrow().datasets()) {
            if (isIn(dataSource, plan.dataset())) {
                erasures.datasetBegun(request, plan.dataset(), plan.delete(), plan.mask());
            }
        }
    }

    /** All of a database are done. */
    public void noteAll(DataSubjectRequest request, List<Erased> erased) {
        erased.forEach(one -> erasures.datasetDone(request, one.dataset(), one.deleted(), one.masked()));
    }

    /** Whether nothing is left of what the plan wants erased, apart from the datasets of this database. */
    boolean isAllDoneBut(DataSubjectRequest request, String dataSource) {
        return files.of(request.id()).stream().allMatch(file -> file.state() == ErasureFile.State.VERIFIED)
                && plans.of(request).orElseThrow().datasets().stream()
                        .filter(plan -> plan.files().isEmpty() && plan.changesAnything())
                        .map(DatasetPlan::dataset)
                        .filter(name -> !erasures.isDone(request, name))
                        .allMatch(name -> isIn(dataSource, name));
    }

    /** Not if the map no longer has the dataset. */
    private boolean isIn(String dataSource, String name) {
        return map.datasets().stream()
                .anyMatch(dataset -> dataset.name().equals(name) && dataSource.equals(dataset.dataSource()));
    }

    /** What a route of the company's own has done is what the plan says. */
    public void note(DataSubjectRequest request, String dataset) {
        for (DatasetPlan plan : plans.of(request).orElseThrow().datasets()) {
            if (plan.dataset().equals(dataset)) {
                erasures.datasetDone(request, dataset, plan.delete(), plan.mask());
            }
        }
    }
}
