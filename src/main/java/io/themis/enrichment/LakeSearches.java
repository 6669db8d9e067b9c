package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Keys;
import io.themis.export.AttachmentNames;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.lake.LakeFile;
import io.themis.lake.LakePath;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch;
import io.themis.lake.RowMatch.Wanted;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.Shortfall;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Plans and ends the searches of lake datasets for a person. */
@Component
public class LakeSearches {

    private final LakeListing listing;
    private final Datasets datasets;
    private final HomonymSink homonyms;
    private final LakeProgress progress;
    private final KnownPlaces known;

    LakeSearches(
            LakeListing listing, Datasets datasets, HomonymSink homonyms, LakeProgress progress, KnownPlaces known) {
        this.listing = listing;
        this.datasets = datasets;
        this.homonyms = homonyms;
        this.progress = progress;
        this.known = known;
    }

    /**
     * What to look for in each file of the dataset whose partition the person has keys in. A file in a partition without
     * keys can't hold rows of theirs, unless keys may be missing there, which the plan tells; it is searched for the
     * person's names, if the dataset has columns for review: of an account that was closed, only the name is left. A
     * dataset without files has nothing to search.
     */
    public LakePlan plan(DataSubjectRequest request, String datasetName) {
        return plan(request, datasetName, progress.begin(request, datasetName));
    }

    /** The same for a step that reads some of the files, and is not the one to say how far all have come. */
    LakePlan uncountedPlan(DataSubjectRequest request, String dataset) {
        return plan(request, dataset, progress.beginUnnoted(request, dataset));
    }

    private LakePlan plan(DataSubjectRequest request, String datasetName, DatasetProgress counted) {
        Dataset dataset = datasets.get(datasetName);
        LakeQuery query = new LakeQuery(
                request,
                dataset,
                datasets.keys(request),
                datasets.missingKeys(request),
                datasets.sink(request),
                homonyms);
        if (dataset.format() == Format.FILE) {
            return new LakePlan(
                    filesOfThePerson(query, counted), Map.of(), List.of(), List.copyOf(query.gaps(null)), counted);
        }
        boolean isKept = known.isKept(dataset);
        List<LakeFileQuery> queries = new ArrayList<>();
        List<FileVersion> files = new ArrayList<>();
        Set<Shortfall> gaps = new LinkedHashSet<>();
        listing.of(query.path()).forEach(listed -> {
            LakeFile file = listed.file();
            if (query.path().hasPartitionsInside()) {
                queries.add(new LakeFileQuery(query, file, null, counted.file(listed.length())));
                return;
            }
            gaps.addAll(query.gaps(file.partition()));
            FileVersion version = isKept ? listed.version() : null;
            if (version != null) {
                files.add(version);
            }
            query.match(file.partition())
                    .ifPresent(match -> queries.add(new LakeFileQuery(
                            query,
                            file,
                            match,
                            null,
                            version,
                            new FileAnswer.Unknown(),
                            false,
                            0,
                            counted.file(listed.length()))));
        });
        Map<String, SearchResult> results = new HashMap<>();
        List<LakeFileQuery> left = isKept ? lookUp(dataset, queries, results) : queries;
        return new LakePlan(left, results, files, List.copyOf(gaps), counted);
    }

    /** Which files are to be read, and where; those with nothing of the person go to the results. */
    private List<LakeFileQuery> lookUp(
            Dataset dataset, List<LakeFileQuery> queries, Map<String, SearchResult> results) {
        Map<FileVersion, RowMatch> files = new LinkedHashMap<>();
        queries.stream()
                .filter(query -> query.version() != null)
                .forEach(query -> files.put(query.version(), query.match()));
        Map<String, FileAnswer> answers = known.of(dataset, files);
        List<LakeFileQuery> left = new ArrayList<>();
        for (LakeFileQuery query : queries) {
            FileAnswer places = query.version() == null
                    ? query.places()
                    : answers.get(query.file().name());
            if (places instanceof FileAnswer.Nowhere) {
                results.put(query.file().name(), query.nothing());
                query.progress().end();
            } else {
                left.add(query.with(places));
            }
        }
        return left;
    }

    private List<LakeFileQuery> filesOfThePerson(LakeQuery query, DatasetProgress counted) {
        LakePath path = query.path();
        AttachmentNames names = new AttachmentNames(query.dataset().name());
        Map<String, LakeFileQuery> queries = new LinkedHashMap<>();
        Map<String, Wanted> match = query.keys().match(query.dataset(), null);
        for (String prefix : prefixes(path, match)) {
            listing.of(path, prefix)
                    .filter(listed -> Keys.holdsAny(
                            query.dataset(),
                            match,
                            path.values(listed.file().name()).orElseThrow()))
                    .forEach(listed -> queries.computeIfAbsent(
                            listed.file().name(),
                            name -> new LakeFileQuery(
                                    query,
                                    listed.file(),
                                    null,
                                    names.of(path.relative(name)),
                                    null,
                                    new FileAnswer.Unknown(),
                                    false,
                                    0,
                                    counted.file(listed.length()))));
        }
        return List.copyOf(queries.values());
    }

    /** Of a store with very many files only those are listed that can be the person's, if the path begins with their key. */
    private static Collection<String> prefixes(LakePath path, Map<String, Wanted> match) {
        String first = path.columns().get(0);
        boolean isFirst =
                match.keySet().equals(Set.of(first)) && match.get(first).form().equals(NormalForm.EXACT);
        if (match.isEmpty() || !isFirst) {
            return match.isEmpty() ? List.of() : List.of(path.listingPrefix());
        }
        return match.get(first).normalForms().stream()
                .map(path::listingPrefix)
                .sorted()
                .toList();
    }

    /**
     * The files that may hold rows of the person's keys, by what earlier searches have taught: what is not known is among them. Each is
     * to be told when it has been dealt with.
     */
    public List<LakeFileQuery> candidates(DataSubjectRequest request, String dataset) {
        return plan(request, dataset).queries().stream()
                .filter(query -> query.match() == null || !query.match().isByNameAlone())
                .toList();
    }

    /** See {@link Datasets#record}. */
    public DatasetFindings record(
            DataSubjectRequest request, String dataset, Asked asked, LakePlan plan, List<SearchResult> searches) {
        List<SearchResult> all = new ArrayList<>(plan.known().values());
        all.addAll(searches);
        DatasetFindings findings = datasets.record(request, dataset, asked, all, plan.gaps());
        progress.end(plan.progress());
        boolean isScanned = plan.queries().stream()
                .anyMatch(query -> query.version() != null && query.places() instanceof FileAnswer.Unknown);
        if (isScanned) {
            known.tidy(datasets.get(dataset), plan.files());
        }
        return findings;
    }
}
