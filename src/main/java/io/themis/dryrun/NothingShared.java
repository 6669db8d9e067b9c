package io.themis.dryrun;

import io.themis.enrichment.Datasets;
import io.themis.enrichment.LakePlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.SharedSearches.SharedSearch;

/** A dry run searches by itself. For the routes it is what {@link io.themis.enrichment.LakeShares} is to the service. */
public class NothingShared {

    private final Datasets datasets;

    NothingShared(Datasets datasets) {
        this.datasets = datasets;
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

    public LakePlan rest(SharedSearch search, LakePlan plan) {
        return plan;
    }

    public boolean isWorthSharing(String dataset, SharedSearch search, LakePlan plan) {
        return false;
    }

    public void requireNoneUnderWay(DataSubjectRequest request) {
        // There is nobody else.
    }
}
