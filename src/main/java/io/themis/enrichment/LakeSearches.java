package io.themis.enrichment;

import com.azure.storage.blob.BlobAsyncClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Keys;
import io.themis.enrichment.LakePasses.Seat;
import io.themis.export.AttachmentNames;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.index.SegmentBuilder;
import io.themis.lake.ExcerptSearch;
import io.themis.lake.LakeFile;
import io.themis.lake.LakePath;
import io.themis.lake.NormalForm;
import io.themis.lake.ParquetRowSearch;
import io.themis.lake.RowFormat;
import io.themis.lake.RowMatch;
import io.themis.lake.RowMatch.Wanted;
import io.themis.lake.RowSearch;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Plans and ends the searches of lake files for a person. */
@Component
public class LakeSearches {

    private final LakeListing listing;
    private final BlobContainerAsyncClient ranges;
    private final Datasets datasets;
    private final PartSink staging;
    private final HomonymSink homonyms;
    private final LakeProgress progress;
    private final KnownPlaces known;
    private final LakePasses passes;

    LakeSearches(
            LakeListing listing,
            @Qualifier("lakeRanges") BlobContainerAsyncClient ranges,
            Datasets datasets,
            PartSink staging,
            HomonymSink homonyms,
            LakeProgress progress,
            KnownPlaces known,
            LakePasses passes) {
        this.listing = listing;
        this.ranges = ranges;
        this.datasets = datasets;
        this.staging = staging;
        this.homonyms = homonyms;
        this.progress = progress;
        this.known = known;
        this.passes = passes;
    }

    /**
     * What to look for in each file of the dataset whose partition the person has keys in. A file in a partition without
     * keys can't hold rows of theirs, unless keys may be missing there, which the plan tells; it is searched for the
     * person's names, if the dataset has columns for review: of an account that was closed, only the name is left. A
     * dataset without files has nothing to search.
     */
    public LakePlan plan(DataSubjectRequest request, String datasetName) {
        Dataset dataset = datasets.get(datasetName);
        LakePath path = dataset.lakePath();
        Keys keys = datasets.keys(request);
        MissingKeys missingKeys = datasets.missingKeys(request);
        DatasetProgress counted = progress.begin(request, datasetName);
        if (dataset.format() == Format.FILE) {
            return new LakePlan(
                    filesOfThePerson(dataset, path, keys, counted),
                    List.of(),
                    List.of(),
                    List.copyOf(missingKeys.reasons(dataset, null)),
                    counted);
        }
        boolean isKept = known.isKept(dataset);
        List<LakeFileQuery> queries = new ArrayList<>();
        List<FileVersion> files = new ArrayList<>();
        Set<Shortfall> gaps = new LinkedHashSet<>();
        listing.of(path).forEach(listed -> {
            LakeFile file = listed.file();
            if (path.hasPartitionsInside()) {
                queries.add(new LakeFileQuery(datasetName, file, null, counted.file(listed.length())));
                return;
            }
            gaps.addAll(missingKeys.reasons(dataset, file.partition()));
            FileVersion version = isKept ? listed.version() : null;
            if (version != null) {
                files.add(version);
            }
            match(dataset, file.partition(), keys)
                    .ifPresent(match -> queries.add(new LakeFileQuery(
                            datasetName,
                            file,
                            match,
                            null,
                            version,
                            new FileAnswer.Unknown(),
                            counted.file(listed.length()))));
        });
        List<SearchResult> results = new ArrayList<>();
        List<LakeFileQuery> left = isKept ? lookUp(request, dataset, queries, results) : queries;
        return new LakePlan(left, results, files, List.copyOf(gaps), counted);
    }

    /** Which files are to be read, and where; those with nothing of the person go to the results. */
    private List<LakeFileQuery> lookUp(
            DataSubjectRequest request, Dataset dataset, List<LakeFileQuery> queries, List<SearchResult> results) {
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
                results.add(nothing(request, dataset, query));
                query.progress().end();
            } else {
                left.add(query.with(places));
            }
        }
        return left;
    }

    private SearchResult nothing(DataSubjectRequest request, Dataset dataset, LakeFileQuery query) {
        try {
            return rows(request, dataset, query.file())
                    .finish(1, query.version().length(), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<LakeFileQuery> filesOfThePerson(Dataset dataset, LakePath path, Keys keys, DatasetProgress counted) {
        AttachmentNames names = new AttachmentNames(dataset.name());
        Map<String, LakeFileQuery> queries = new LinkedHashMap<>();
        for (String prefix : prefixes(path, keys.match(dataset, null))) {
            listing.of(path, prefix)
                    .filter(listed -> isOwn(dataset, path, listed.file(), keys))
                    .forEach(listed -> queries.computeIfAbsent(
                            listed.file().name(),
                            name -> new LakeFileQuery(
                                    dataset.name(),
                                    listed.file(),
                                    null,
                                    names.of(path.relative(name)),
                                    null,
                                    new FileAnswer.Unknown(),
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

    private static boolean isOwn(Dataset dataset, LakePath path, LakeFile file, Keys keys) {
        Map<String, String> values = path.values(file.name()).orElseThrow();
        return dataset.match().entrySet().stream()
                .anyMatch(match -> keys.holds(dataset, null, match.getKey(), match.getValue(), values));
    }

    private static Optional<RowMatch> match(Dataset dataset, String partition, Keys keys) {
        Map<String, Wanted> match = keys.match(dataset, partition);
        Map<String, Wanted> review = keys.review(dataset);
        return match.isEmpty() && review.isEmpty() ? Optional.empty() : Optional.of(new RowMatch(match, review));
    }

    /** See {@link Datasets#record}. */
    public DatasetFindings record(
            DataSubjectRequest request, String dataset, Asked asked, LakePlan plan, List<SearchResult> searches) {
        List<SearchResult> all = new ArrayList<>(plan.known());
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

    /** Begins the search of one file. */
    public LakeFileSearch begin(DataSubjectRequest request, LakeFileQuery query) throws InterruptedIOException {
        Dataset dataset = datasets.get(query.dataset());
        LakeFile file = query.file();
        LakePath path = dataset.lakePath();
        if (dataset.format() == Format.FILE) {
            FileCopy copy = new FileCopy(
                    staging,
                    partName(request, dataset, file.name()),
                    file,
                    path.values(file.name()).orElseThrow(),
                    query.packagePath());
            return new LakeFileSearch(file, dataset.path(), copy, query.progress());
        }
        if (path.isZip()) {
            FoundEntries found = entries(request, dataset, query);
            return new LakeFileSearch(
                    file, found, format(dataset, path).searchZip(path, file, found), query.progress());
        }
        if (dataset.format() == Format.PARQUET) {
            LakeRows found = rows(request, dataset, file);
            ParquetRowSearch search = new ParquetRowSearch(
                    query.match(),
                    Set.copyOf(dataset.provides().values()),
                    Set.copyOf(dataset.maskedColumns()),
                    found::take);
            return new LakeFileSearch(file, found, search::search, null, query.progress());
        }
        return query.places() instanceof FileAnswer.Within places
                ? excerpt(request, dataset, query, places)
                : pass(request, dataset, query);
    }

    private LakeRows rows(DataSubjectRequest request, Dataset dataset, LakeFile file) {
        return new LakeRows(
                staging, homonyms, partName(request, dataset, file.name()), dataset, file, datasets.keys(request));
    }

    private LakeFileSearch excerpt(
            DataSubjectRequest request, Dataset dataset, LakeFileQuery query, FileAnswer.Within places) {
        LakeRows found = rows(request, dataset, query.file());
        ExcerptSearch search = new ExcerptSearch(
                format(dataset, dataset.lakePath()), query.match(), found::take, places.rowsBegin(), places.ranges());
        return new LakeFileSearch(query.file(), found, search::search, query.version(), query.progress());
    }

    /** Waits if the file is being read, as what that teaches may spare another reading. */
    private LakeFileSearch pass(DataSubjectRequest request, Dataset dataset, LakeFileQuery query)
            throws InterruptedIOException {
        Place file = new Place(dataset.name(), query.file().name(), query.version());
        Seat seat = new Seat(query, () -> rows(request, dataset, query.file()));
        boolean hasWaited = passes.take(file, seat);
        if (seat.result() != null) {
            return new LakeFileSearch(query.file(), seat.result(), query.progress());
        }
        if (hasWaited && query.version() != null) {
            Optional<LakeFileSearch> learnt;
            try {
                learnt = learntMeanwhile(request, dataset, query);
            } catch (RuntimeException e) {
                // Those behind it would wait for ever
                passes.leave(file, seat);
                throw e;
            }
            if (learnt.isPresent()) {
                passes.leave(file, seat);
                return learnt.get();
            }
        }
        return lead(dataset, query, file);
    }

    /** How to search the file if somebody else's pass has taught enough of it. */
    private Optional<LakeFileSearch> learntMeanwhile(DataSubjectRequest request, Dataset dataset, LakeFileQuery query) {
        List<SearchResult> nothing = new ArrayList<>();
        List<LakeFileQuery> left = lookUp(request, dataset, List.of(query), nothing);
        if (left.isEmpty()) {
            return Optional.of(new LakeFileSearch(query.file(), nothing.get(0), query.progress()));
        }
        return left.get(0).places() instanceof FileAnswer.Within places
                ? Optional.of(excerpt(request, dataset, query, places))
                : Optional.empty();
    }

    /** What a pass is over. */
    private record Place(String dataset, String name, FileVersion version) {}

    private LakeFileSearch lead(Dataset dataset, LakeFileQuery query, Place file) {
        List<Seat> seats = passes.begin(file);
        AtomicBoolean hasEnded = new AtomicBoolean();
        Runnable end = () -> {
            if (!hasEnded.getAndSet(true)) {
                passes.end(file, seats);
            }
        };
        try {
            SegmentBuilder places = query.version() == null ? null : known.learn(dataset, query.version());
            LakePass pass = new LakePass(seats, places == null ? () -> {} : () -> known.learnt(dataset, places));
            RowFormat format = format(dataset, dataset.lakePath());
            RowSearch scan = places == null
                    ? format.scan(pass.match(), pass)
                    : format.scan(pass.match(), pass, known.columns(dataset), places);
            return new LakeFileSearch(query.file(), pass, scan, query.version(), query.progress(), end);
        } catch (RuntimeException e) {
            end.run();
            throw e;
        }
    }

    /** The search has ended, in whichever way; others may be waiting for that. */
    public void end(LakeFileSearch search) {
        search.end();
    }

    /** What to look for when the file turned out to have changed. */
    public LakeFileQuery again(LakeFileQuery query) {
        return query.inAnyVersion();
    }

    private static RowFormat format(Dataset dataset, LakePath path) {
        Set<String> keyColumns = Set.copyOf(dataset.provides().values());
        RowFormat format = switch (dataset.format()) {
            case XML_ROWS -> RowFormat.xmlRows();
            case CSV ->
                RowFormat.csv(
                        dataset.csv(),
                        Stream.concat(keyColumns.stream(), dataset.maskedColumns().stream())
                                .collect(Collectors.toSet()));
            case JSONL -> RowFormat.jsonl(keyColumns);
            case PARQUET -> throw new IllegalArgumentException("Parquet is read by ranges");
            case FILE -> throw new IllegalArgumentException("A file that is a record itself is not read");
        };
        return path.isGzipped() ? format.gzipped() : format;
    }

    private FoundEntries entries(DataSubjectRequest request, Dataset dataset, LakeFileQuery query) {
        Keys keys = datasets.keys(request);
        FoundEntries.EntryRows rows = (entry, number) -> new LakeRows(
                staging, homonyms, partName(request, dataset, number + " " + entry.name()), dataset, entry, keys);
        if (query.match() != null) {
            return new FoundEntries(
                    entry -> Optional.of(query.match()),
                    entry -> Set.of(),
                    rows,
                    query.match().isByNameAlone());
        }
        MissingKeys missingKeys = datasets.missingKeys(request);
        return new FoundEntries(
                entry -> match(dataset, entry.partition(), keys),
                entry -> missingKeys.reasons(dataset, entry.partition()),
                rows,
                false);
    }

    /**
     * The result of a search that reads ranges of its file.
     *
     * @throws com.azure.storage.blob.models.BlobStorageException if the store refuses
     * @throws FileChangedException if the file is not what it was known to be
     */
    public SearchResult searchByRanges(LakeFileSearch search) throws IOException {
        BlobAsyncClient blob = ranges.getBlobAsyncClient(search.path());
        return search.search(search.version() == null ? BlobRanges.open(blob) : BlobRanges.of(blob, search.version()));
    }

    /**
     * The result of a search whose file has been read.
     *
     * @param length of the file, and what else the lake says of it
     */
    public SearchResult finish(LakeFileSearch search, long length, OffsetDateTime modified, String mediaType)
            throws IOException {
        return search.finish(length, modified, mediaType);
    }

    /** The result of a search whose file the lake would not hand out. */
    public SearchResult refused(LakeFileSearch search, int httpStatus) throws IOException {
        return search.refused(httpStatus);
    }

    /** Says nothing of the file's name. */
    private static String partName(DataSubjectRequest request, Dataset dataset, String file) {
        return Staging.name(
                request,
                dataset.name(),
                UUID.nameUUIDFromBytes(file.getBytes(StandardCharsets.UTF_8)).toString());
    }
}
