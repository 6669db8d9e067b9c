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
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes the rows found in one entry of a zip after another. Each entry with rows becomes a part of its own. */
final class FoundEntries implements EntrySink, Findings {

    private final LakeQuery query;
    private final RowMatch match;
    private final Set<String> readPartitions = new HashSet<>();
    private final List<Part> parts = new ArrayList<>();
    private final Set<SubjectKey> keys = new HashSet<>();
    private final Set<Shortfall> problems = new LinkedHashSet<>();
    private final List<Review> reviews = new ArrayList<>();
    private final boolean isByNameAlone;
    private LakeFile entry;
    private LakeRows found;
    private int begun;

    /** @param match the same for all entries; null if they are of different partitions, which only they tell */
    FoundEntries(LakeQuery query, RowMatch match) {
        this.query = query;
        this.match = match;
        isByNameAlone = match != null && match.isByNameAlone();
    }

    @Override
    public Optional<RowMatch> begin(LakeFile entry) {
        this.entry = entry;
        found = query.rows(entry, ++begun);
        if (match != null) {
            return Optional.of(match);
        }
        problems.addAll(query.gaps(entry.partition()));
        return query.match(entry.partition());
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
