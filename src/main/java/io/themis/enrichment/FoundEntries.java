package io.themis.enrichment;

import io.themis.lake.EntrySink;
import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;
import io.themis.lake.UnreadableFileException;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.Part;
import io.themis.request.Shortfall;
import io.themis.request.Shortfall.Kind;
import io.themis.request.SubjectKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Takes the rows found in one entry of a zip after another. Each entry with rows becomes a part of its own. */
final class FoundEntries implements EntrySink, Findings {

    private final Function<LakeFile, Optional<RowMatch>> match;
    private final Function<LakeFile, Collection<Shortfall>> gaps;
    private final EntryRows rows;
    private final Set<String> readPartitions = new HashSet<>();
    private final List<Part> parts = new ArrayList<>();
    private final Set<SubjectKey> keys = new HashSet<>();
    private final Set<Shortfall> problems = new LinkedHashSet<>();
    private final List<Review> reviews = new ArrayList<>();
    private final boolean isByNameAlone;
    private LakeFile entry;
    private LakeRows found;
    private int begun;

    /** Makes the place for an entry's rows. */
    @FunctionalInterface
    interface EntryRows {

        /** @param number of the entry: a zip may have a name twice */
        LakeRows of(LakeFile entry, int number);
    }

    /**
     * @param match what to look for in an entry, if the person can have rows there
     * @param gaps why rows in an entry may be missed all the same
     * @param isByNameAlone whether the person can have no row in any entry
     */
    FoundEntries(
            Function<LakeFile, Optional<RowMatch>> match,
            Function<LakeFile, Collection<Shortfall>> gaps,
            EntryRows rows,
            boolean isByNameAlone) {
        this.match = match;
        this.gaps = gaps;
        this.rows = rows;
        this.isByNameAlone = isByNameAlone;
    }

    @Override
    public Optional<RowMatch> begin(LakeFile entry) {
        this.entry = entry;
        problems.addAll(gaps.apply(entry));
        found = rows.of(entry, ++begun);
        return match.apply(entry);
    }

    @Override
    public void row(Map<String, Object> columns) throws IOException {
        found.take(columns);
    }

    @Override
    public void end(UnreadableFileException problem) throws IOException {
        add(found.finish(
                0,
                0,
                problem == null ? null : new Shortfall(Kind.UNREADABLE, entry.name() + ": " + problem.getMessage())));
    }

    private void add(SearchResult result) {
        readPartitions.addAll(result.readPartitions());
        parts.addAll(result.parts());
        keys.addAll(result.keys());
        problems.addAll(result.problems());
        reviews.add(result.review());
    }

    @Override
    public SearchResult finish(long files, long bytes, Shortfall problem) {
        if (problem != null && isByNameAlone) {
            reviews.add(new Review(0, List.of(), List.of(problem)));
        } else if (problem != null) {
            problems.add(problem);
        }
        return new SearchResult(
                Set.copyOf(readPartitions),
                isByNameAlone ? 0 : files,
                isByNameAlone ? 0 : bytes,
                List.copyOf(parts),
                Set.copyOf(keys),
                List.copyOf(problems),
                Review.sum(reviews));
    }
}
