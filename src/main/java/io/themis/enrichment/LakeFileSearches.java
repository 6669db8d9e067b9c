package io.themis.enrichment;

import com.azure.storage.blob.BlobAsyncClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.enrichment.LakePasses.Seat;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.index.SegmentBuilder;
import io.themis.lake.ExcerptSearch;
import io.themis.lake.LakeFile;
import io.themis.lake.ParquetRowSearch;
import io.themis.lake.RowFormat;
import io.themis.lake.RowSearch;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Searches the files of a plan, one by one. */
@Component
public class LakeFileSearches {

    private final BlobContainerAsyncClient ranges;
    private final KnownPlaces known;
    private final LakePasses passes;

    LakeFileSearches(@Qualifier("lakeRanges") BlobContainerAsyncClient ranges, KnownPlaces known, LakePasses passes) {
        this.ranges = ranges;
        this.known = known;
        this.passes = passes;
    }

    /** Begins the search of one file. */
    public LakeFileSearch begin(LakeFileQuery query) throws InterruptedIOException {
        LakeQuery all = query.ofDataset();
        Dataset dataset = all.dataset();
        LakeFile file = query.file();
        if (dataset.format() == Format.FILE) {
            FileCopy copy = all.copy(file, query.packagePath());
            return new LakeFileSearch(file, dataset.path(), copy, query.progress());
        }
        if (all.path().isZip()) {
            FoundEntries found = new FoundEntries(all, query.match());
            return new LakeFileSearch(
                    file, found, dataset.rowFormat().searchZip(all.path(), file, found), query.progress());
        }
        if (dataset.format() == Format.PARQUET) {
            LakeRows found = query.rows();
            ParquetRowSearch search = new ParquetRowSearch(
                    query.match(),
                    Set.copyOf(dataset.provides().values()),
                    Set.copyOf(dataset.maskedColumns()),
                    found::take);
            return new LakeFileSearch(file, found, search::search, null, query.progress());
        }
        return query.places() instanceof FileAnswer.Within places ? excerpt(query, places) : pass(query);
    }

    private static LakeFileSearch excerpt(LakeFileQuery query, FileAnswer.Within places) {
        LakeRows found = query.rows();
        ExcerptSearch search = new ExcerptSearch(
                query.ofDataset().dataset().rowFormat(),
                query.match(),
                found::take,
                places.rowsBegin(),
                places.ranges());
        return new LakeFileSearch(query.file(), found, search::search, query.version(), query.progress());
    }

    /** Waits if the file is being read, as what that teaches may spare another reading. */
    private LakeFileSearch pass(LakeFileQuery query) throws InterruptedIOException {
        Place file = new Place(query.ofDataset().dataset().name(), query.file().name(), query.version());
        Seat seat = new Seat(query, query::rows);
        boolean hasWaited = !query.isAlone() && passes.take(file, seat);
        if (query.isAlone() || seat.isAlone()) {
            return read(query, List.of(seat), () -> {});
        }
        if (seat.result() != null) {
            return new LakeFileSearch(query.file(), seat.result(), query.progress());
        }
        if (hasWaited && query.version() != null) {
            Optional<LakeFileSearch> learnt;
            try {
                learnt = learntMeanwhile(query);
            } catch (RuntimeException | Error e) {
                // Those behind it would wait for ever
                passes.leave(file, seat);
                throw e;
            }
            if (learnt.isPresent()) {
                passes.leave(file, seat);
                return learnt.get();
            }
        }
        return lead(query, file);
    }

    /** How to search the file if somebody else's pass has taught enough of it. */
    private Optional<LakeFileSearch> learntMeanwhile(LakeFileQuery query) {
        FileAnswer places = known.of(query.ofDataset().dataset(), Map.of(query.version(), query.match()))
                .get(query.file().name());
        if (places instanceof FileAnswer.Nowhere) {
            return Optional.of(new LakeFileSearch(query.file(), query.nothing(), query.progress()));
        }
        return places instanceof FileAnswer.Within within ? Optional.of(excerpt(query, within)) : Optional.empty();
    }

    /** What a pass is over. */
    private record Place(String dataset, String name, FileVersion version) {}

    private LakeFileSearch lead(LakeFileQuery query, Place file) {
        List<Seat> seats = passes.begin(file);
        AtomicBoolean hasEnded = new AtomicBoolean();
        Runnable end = () -> {
            if (!hasEnded.getAndSet(true)) {
                passes.end(file, seats);
            }
        };
        try {
            return read(query, seats, end);
        } catch (RuntimeException | Error e) {
            end.run();
            throw e;
        }
    }

    /** @param seats of all who are given their rows, the first of them by the search's result */
    private LakeFileSearch read(LakeFileQuery query, List<Seat> seats, Runnable end) {
        Dataset dataset = query.ofDataset().dataset();
        SegmentBuilder places = query.version() == null ? null : known.learn(dataset, query.version());
        LakePass pass = new LakePass(seats, places == null ? () -> {} : () -> known.learnt(dataset, places));
        RowFormat format = dataset.rowFormat();
        RowSearch scan = places == null
                ? format.scan(pass.match(), pass)
                : format.scan(pass.match(), pass, known.columns(dataset), places);
        return new LakeFileSearch(query.file(), pass, scan, query.version(), query.progress(), end);
    }

    /** The search has ended, in whichever way; others may be waiting for that. */
    public void end(LakeFileSearch search) {
        search.end();
    }

    /** What to look for when the file turned out to have changed. */
    public LakeFileQuery again(LakeFileQuery query) {
        return query.inAnyVersion();
    }

    /** What to look for when a reading for several was for none of them. */
    public LakeFileQuery alone(LakeFileQuery query) {
        return query.alone();
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
}
