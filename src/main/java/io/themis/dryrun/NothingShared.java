package io.themis.dryrun;

import io.themis.enrichment.Datasets;
import io.themis.enrichment.EngineSearches;
import io.themis.enrichment.LakePlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.SharedSearches.SharedSearch;
import java.io.IOException;

/** A dry run searches by itself, or asks another engine for itself alone. For the routes it is what {@link io.themis.enrichment.LakeShares} is to the service. */
public class NothingShared {

    private final Datasets datasets;
    private final EngineSearches engine;

    NothingShared(Datasets datasets, EngineSearches engine) {
        this.datasets = datasets;
        this.engine = engine;
    }

    public SharedSearch of(DataSubjectRequest request, String dataset) {
        return null;
    }

    public boolean isFree(DataSubjectRequest request, String dataset, SharedSearch search) {
        return true;
    }

    public Asked asked(DataSubjectRequest request, String dataset, SharedSearch search) {
        return datasets.asked(request, dataset);
    }

    /** Nobody else waits for another engine, so it is asked at once. */
    public LakePlan rest(SharedSearch search, LakePlan plan) throws IOException {
        return engine.search(plan);
    }

    public boolean isForOthers(String dataset, SharedSearch search, LakePlan plan) {
        return false;
    }

    public void requireNoneUnderWay(DataSubjectRequest request) {
        // There is nobody else.
    }
}
