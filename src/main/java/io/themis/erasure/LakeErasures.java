package io.themis.erasure;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Erasure;
import io.themis.datamap.Keys;
import io.themis.enrichment.Datasets;
import io.themis.enrichment.KnownPlaces;
import io.themis.enrichment.LakeFileQuery;
import io.themis.enrichment.LakeSearches;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.erasure.ErasureReport.FileReport;
import io.themis.lake.FileEdits;
import io.themis.lake.LakeFile;
import io.themis.lake.LakePath;
import io.themis.lake.RowFormat;
import io.themis.lake.RowMatch;
import io.themis.lake.UnreadableFileException;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Erasures;
import io.themis.request.Requests;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Rewrites lake files without the rows of those whose erasure is under way: all of them in one pass, whoever's turn it is. A file is
 * read in one version, and swapped only if it still is that version. What was found is compared with the plan before anything is
 * written, and the new file is read again by the full parser before anybody is told that rows are gone.
 */
@Component
public class LakeErasures {

    /** How often a file is done again that others keep changing. */
    private static final int ATTEMPTS = 5;

    private final Datasets datasets;
    private final LakeSearches searches;
    private final KnownPlaces known;
    private final Requests requests;
    private final Erasures erasures;
    private final Pseudonyms pseudonyms;
    private final LakeFileSwap swap;
    private final Clock clock;

    LakeErasures(
            Datasets datasets,
            LakeSearches searches,
            KnownPlaces known,
            Requests requests,
            Erasures erasures,
            Pseudonyms pseudonyms,
            LakeFileSwap swap,
            Clock clock) {
        this.datasets = datasets;
        this.searches = searches;
        this.known = known;
        this.requests = requests;
        this.erasures = erasures;
        this.pseudonyms = pseudonyms;
        this.swap = swap;
        this.clock = clock;
    }

    /** @param counted file to what an earlier plan says of it */
    DatasetPlan survey(
            DataSubjectRequest request, Dataset dataset, Map<String, FilePlan> counted, List<String> problems)
            throws IOException {
        List<FilePlan> files = new ArrayList<>();
        List<String> all = new ArrayList<>(problems);
        List<Kept> kept = new ArrayList<>();
        for (LakeFileQuery query : searches.plan(request, dataset.name()).queries()) {
            FilePlan before = counted.get(query.file().name());
            if (before != null
                    && query.version() != null
                    && query.version().etag().equals(before.version())) {
                files.add(before);
            } else {
                count(request, dataset, query, files, kept, all);
            }
        }
        return new DatasetPlan(
                dataset.name(),
                files.stream().mapToLong(FilePlan::delete).sum(),
                files.stream().mapToLong(FilePlan::mask).sum(),
                kept,
                files,
                all);
    }

    private void count(
            DataSubjectRequest request,
            Dataset dataset,
            LakeFileQuery query,
            List<FilePlan> files,
            List<Kept> kept,
            List<String> problems)
            throws IOException {
        if (query.match() != null && query.match().isByNameAlone()) {
            return;
        }
        String name = query.file().name();
        LakeFileSwap.Source source = swap.open(name);
        RowCounts counts = counts(request, dataset, query.file().partition());
        try (InputStream file = source.stream()) {
            query.format().edits(file, query.match(), counts);
        } catch (UnreadableFileException e) {
            problems.add("%s: %s".formatted(name, e.getMessage()));
            return;
        }
        kept.addAll(counts.kept());
        if (counts.deleted() + counts.masked() > 0) {
            files.add(new FilePlan(
                    name, source.etag(), source.length(), counts.deleted(), counts.masked(), counts.keptRows()));
        }
    }

    private RowCounts counts(DataSubjectRequest request, Dataset dataset, String partition) {
        return new RowCounts(dataset, new RowErasure(dataset, partition, datasets.keys(request), pseudonyms));
    }
}
