package io.themis.enrichment;

import io.themis.azure.LakeSettings;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset.Format;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.EngineQueue;
import io.themis.request.NotYetException;
import io.themis.request.SharedSearches;
import io.themis.request.SharedSearches.File;
import io.themis.request.SharedSearches.SharedSearch;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/**
 * Has others search a dataset. Another engine does, if the data map names one. Of the rest, files are shared out over all replicas if there is
 * much to read: each has at most one step at work on a dataset for a request, which takes file after file that no other has, so that a quick replica reads
 * more of them than a slow one.
 */
@Component
public class LakeShares {

    /** More replicas than this have nothing to do for one dataset of one request. */
    private static final int STEPS = 8;

    private final SharedSearches shared;
    private final EngineQueue engine;
    private final LakeSearches searches;
    private final Datasets datasets;
    private final DataMap map;
    private final LakeSettings settings;

    LakeShares(
            SharedSearches shared,
            EngineQueue engine,
            LakeSearches searches,
            Datasets datasets,
            DataMap map,
            LakeSettings settings) {
        this.shared = shared;
        this.engine = engine;
        this.searches = searches;
        this.datasets = datasets;
        this.map = map;
        this.settings = settings;
    }

    /** The search of the dataset for the request that others do, or did; null if there is none. */
    public SharedSearch of(DataSubjectRequest request, String dataset) {
        return shared.of(request.id(), dataset).orElse(null);
    }

    /**
     * Whether nobody is searching the dataset for the request.
     *
     * @param search null if others have not begun one
     */
    public boolean isFree(DataSubjectRequest request, String dataset, SharedSearch search) {
        return search == null || !shared.isUnderWay(request.id(), dataset) && !engine.isWaiting(request.id(), dataset);
    }

    public boolean isNothingShared(DataSubjectRequest request) {
        return shared.datasets(request.id()).isEmpty();
    }

    /**
     * What the dataset is asked with; where others have searched it, what they had.
     *
     * @param search null if it is not shared
     */
    public Asked asked(DataSubjectRequest request, String dataset, SharedSearch search) {
        return search == null ? datasets.asked(request, dataset) : search.asked();
    }

    /**
     * The plan without the files that others have answered for, and with their answers.
     *
     * @param search null if it is not shared
     */
    public LakePlan rest(SharedSearch search, LakePlan plan) {
        if (search == null) {
            return plan;
        }
        LakePlan left = plan.answered(shared.answers(search.id(), SearchResult.class));
        return engine.answer(search.id(), EngineAnswer.class)
                .map(left::answered)
                .orElse(left);
    }

    /**
     * Whether others are to search: another engine, if the data map names one and there is something for it; or replicas, if there is so
     * much to read. Whoever asks whether the person is known waits for the answer. Names of files that are records themselves hold a
     * person's keys, and are small; they stay here.
     *
     * @param search null if others have not begun one
     */
    public boolean isForOthers(String dataset, SharedSearch search, LakePlan plan) {
        return !dataset.equals(map.knownBy()) && (isForEngine(search, plan) || isForReplicas(search, plan));
    }

    /** Whether another engine is to search first, which leaves to Themis what it can't. */
    public boolean isForEngine(SharedSearch search, LakePlan plan) {
        return search == null && EngineSearches.isFor(plan);
    }

    private boolean isForReplicas(SharedSearch search, LakePlan plan) {
        return (search == null || !search.isOffered())
                && plan.queries().size() > 1
                && plan.bytes() >= settings.sharedFrom().toBytes()
                && plan.dataset().format() != Format.FILE;
    }

    /**
     * Has the request wait for another engine.
     *
     * @return what the step for that is to be told
     */
    public String offerToEngine(DataSubjectRequest request, Asked asked, LakePlan plan) {
        String dataset = plan.dataset().name();
        engine.join(shared.begin(request.id(), dataset, asked));
        return dataset;
    }

    /**
     * Offers the files of a plan to all replicas.
     *
     * @return what {@link #begin} is to be told, for each step that is to be started
     */
    public List<String> offer(DataSubjectRequest request, Asked asked, LakePlan plan) {
        String dataset = plan.dataset().name();
        shared.offer(
                shared.begin(request.id(), dataset, asked),
                plan.queries().stream()
                        .map(query ->
                                new File(query.file().name(), query.progress().length()))
                        .toList());
        return IntStream.rangeClosed(1, Math.min(STEPS, plan.queries().size()))
                .mapToObj(number -> dataset + "." + number)
                .toList();
    }

    /** @throws NotYetException if others are searching for the request */
    public void requireNoneUnderWay(DataSubjectRequest request) {
        for (String dataset : shared.datasets(request.id())) {
            engine.requireAnswered(request.id(), dataset);
            if (shared.isUnderWay(request.id(), dataset)) {
                throw new NotYetException("waits for the search of %s by others".formatted(dataset));
            }
        }
    }

    /** @param part {@code <dataset>.<number>}, one of those that {@link #offer} gave */
    public Iterator<LakeFileQuery> begin(DataSubjectRequest request, String part) {
        String dataset = part.substring(0, part.lastIndexOf('.'));
        Optional<SharedSearch> search = shared.of(request.id(), dataset);
        if (search.isEmpty()) {
            // The answers have been put together without this step.
            return Collections.emptyIterator();
        }
        UUID id = search.get().id();
        shared.release(id, part);
        return new LakeShare(shared, id, part, searches.uncountedPlan(request, dataset));
    }

    /** Keeps what a file of the share brought. */
    public void answer(LakeShare share, LakeFileQuery query, SearchResult result) {
        shared.answer(share.search(), query.file().name(), result);
    }
}
