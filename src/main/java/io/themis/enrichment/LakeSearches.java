package io.themis.enrichment;

import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Keys;
import io.themis.export.AttachmentNames;
import io.themis.lake.LakeFile;
import io.themis.lake.LakePath;
import io.themis.lake.NormalForm;
import io.themis.lake.ParquetRowSearch;
import io.themis.lake.RowFormat;
import io.themis.lake.RowMatch;
import io.themis.lake.RowMatch.Wanted;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Plans and ends the searches of lake files for a person. */
@Component
public class LakeSearches {

    private static final String DIRECTORY_MARK = "hdi_isfolder";

    private final BlobContainerClient lake;
    private final BlobContainerAsyncClient ranges;
    private final Datasets datasets;
    private final PartSink staging;
    private final HomonymSink homonyms;
    private final LakeProgress progress;

    LakeSearches(
            @Qualifier("lakeContainer") BlobContainerClient lake,
            @Qualifier("lakeRanges") BlobContainerAsyncClient ranges,
            Datasets datasets,
            PartSink staging,
            HomonymSink homonyms,
            LakeProgress progress) {
        this.lake = lake;
        this.ranges = ranges;
        this.datasets = datasets;
        this.staging = staging;
        this.homonyms = homonyms;
        this.progress = progress;
    }

    /**
     * What to look for in each file of the dataset whose partition the person has keys in. A file in a partition without
     * keys can't hold rows of theirs, unless keys may be missing there, which the plan tells; it is searched for the
     * person's names, if the dataset has columns for review: of an account that was closed, only the name is left. A
     * dataset without files has nothing to search.
     */
    public LakePlan plan(DataSubjectRequest request, String datasetName) {
        Dataset dataset = datasets.get(datasetName);
        LakePath path = path(dataset);
        Keys keys = datasets.keys(request);
        MissingKeys missingKeys = datasets.missingKeys(request);
        DatasetProgress counted = progress.begin(request, datasetName);
        if (dataset.format() == Format.FILE) {
            return new LakePlan(
                    filesOfThePerson(dataset, path, keys, counted),
                    List.copyOf(missingKeys.reasons(dataset, null)),
                    counted);
        }
        List<LakeFileQuery> queries = new ArrayList<>();
        Set<Shortfall> gaps = new LinkedHashSet<>();
        for (BlobItem blob : list(path.listingPrefix())) {
            Optional<LakeFile> file = file(path, blob);
            if (file.isPresent() && path.hasPartitionsInside()) {
                queries.add(new LakeFileQuery(datasetName, file.get(), null, counted.file(length(blob))));
            } else if (file.isPresent()) {
                gaps.addAll(missingKeys.reasons(dataset, file.get().partition()));
                match(dataset, file.get().partition(), keys)
                        .ifPresent(match -> queries.add(
                                new LakeFileQuery(datasetName, file.get(), match, counted.file(length(blob)))));
            }
        }
        return new LakePlan(queries, List.copyOf(gaps), counted);
    }

    private List<LakeFileQuery> filesOfThePerson(Dataset dataset, LakePath path, Keys keys, DatasetProgress counted) {
        AttachmentNames names = new AttachmentNames(dataset.name());
        Map<String, LakeFileQuery> queries = new LinkedHashMap<>();
        for (String prefix : prefixes(path, keys.match(dataset, null))) {
            for (BlobItem blob : list(prefix)) {
                Optional<LakeFile> file = file(path, blob).filter(found -> isOwn(dataset, path, found, keys));
                file.ifPresent(found -> queries.computeIfAbsent(
                        found.name(),
                        name -> new LakeFileQuery(
                                dataset.name(),
                                found,
                                null,
                                names.of(path.relative(name)),
                                counted.file(length(blob)))));
            }
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

    private static LakePath path(Dataset dataset) {
        return dataset.format() == Format.FILE ? LakePath.ofFiles(dataset.path()) : LakePath.parse(dataset.path());
    }

    private static Optional<RowMatch> match(Dataset dataset, String partition, Keys keys) {
        Map<String, Wanted> match = keys.match(dataset, partition);
        Map<String, Wanted> review = keys.review(dataset);
        return match.isEmpty() && review.isEmpty() ? Optional.empty() : Optional.of(new RowMatch(match, review));
    }

    /** What the lake has of a dataset, whoever's rows they are. */
    public LakeFiles files(Dataset dataset) {
        LakePath path = path(dataset);
        long files = 0;
        long bytes = 0;
        for (BlobItem blob : list(path.listingPrefix())) {
            if (file(path, blob).isPresent()) {
                files++;
                bytes += length(blob);
            }
        }
        return new LakeFiles(files, bytes);
    }

    /** The partitions that the lake has files of, as far as their names tell; that of a dataset without any is null. */
    Set<String> partitions(Dataset dataset) {
        LakePath path = path(dataset);
        Set<String> partitions = new HashSet<>();
        if (!path.hasPartitionsInside()) {
            for (BlobItem blob : list(path.listingPrefix())) {
                file(path, blob).ifPresent(file -> partitions.add(file.partition()));
            }
        }
        return partitions;
    }

    /** See {@link Datasets#record}. */
    public DatasetFindings record(
            DataSubjectRequest request, String dataset, Asked asked, LakePlan plan, List<SearchResult> searches) {
        DatasetFindings findings = datasets.record(request, dataset, asked, searches, plan.gaps());
        progress.end(plan.progress());
        return findings;
    }

    /** Begins the search of one file. */
    public LakeFileSearch begin(DataSubjectRequest request, LakeFileQuery query) {
        Dataset dataset = datasets.get(query.dataset());
        LakeFile file = query.file();
        LakePath path = path(dataset);
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
        LakeRows found = new LakeRows(
                staging, homonyms, partName(request, dataset, file.name()), dataset, file, datasets.keys(request));
        return dataset.format() == Format.PARQUET
                ? new LakeFileSearch(
                        file,
                        found,
                        new ParquetRowSearch(
                                query.match(),
                                Set.copyOf(dataset.provides().values()),
                                Set.copyOf(dataset.maskedColumns()),
                                found::take),
                        query.progress())
                : new LakeFileSearch(
                        file, found, format(dataset, path).search(query.match(), found::take), query.progress());
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
     */
    public SearchResult searchByRanges(LakeFileSearch search) throws IOException {
        return search.search(BlobRanges.open(ranges.getBlobAsyncClient(search.path())));
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

    private Iterable<BlobItem> list(String prefix) {
        return lake.listBlobs(
                new ListBlobsOptions().setPrefix(prefix).setDetails(new BlobListDetails().setRetrieveMetadata(true)),
                null);
    }

    private static Optional<LakeFile> file(LakePath path, BlobItem blob) {
        return isDirectory(blob) ? Optional.empty() : path.file(blob.getName());
    }

    private static long length(BlobItem blob) {
        return blob.getProperties().getContentLength();
    }

    /** A hierarchical account lists its directories as empty blobs with this mark. */
    private static boolean isDirectory(BlobItem blob) {
        return blob.getMetadata() != null && "true".equals(blob.getMetadata().get(DIRECTORY_MARK));
    }

    /** Says nothing of the file's name. */
    private static String partName(DataSubjectRequest request, Dataset dataset, String file) {
        return Staging.name(
                request,
                dataset.name(),
                UUID.nameUUIDFromBytes(file.getBytes(StandardCharsets.UTF_8)).toString());
    }
}
