package io.themis.enrichment;

import io.themis.lake.EntrySink;
import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;
import io.themis.lake.UnreadableFileException;
import io.themis.request.Part;
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

/** Takes the person's rows from one entry of a zip after another. Each entry with rows becomes a part of its own. */
final class FoundEntries implements EntrySink, Findings {

    private final Function<LakeFile, Optional<RowMatch>> match;
    private final Function<LakeFile, Collection<String>> gaps;
    private final EntryRows rows;
    private final Set<String> readPartitions = new HashSet<>();
    private final List<Part> parts = new ArrayList<>();
    private final Set<SubjectKey> keys = new HashSet<>();
    private final Set<String> problems = new LinkedHashSet<>();
    private LakeFile entry;
    private FoundRows found;
    private int begun;

    /** Makes the place for an entry's rows. */
    @FunctionalInterface
    interface EntryRows {

        /** @param number of the entry: a zip may have a name twice */
        FoundRows of(LakeFile entry, int number);
    }

    /**
     * @param match what to look for in an entry, if the person can have rows there
     * @param gaps why rows in an entry may be missed all the same
     */
    FoundEntries(
            Function<LakeFile, Optional<RowMatch>> match, Function<LakeFile, Collection<String>> gaps, EntryRows rows) {
        this.match = match;
        this.gaps = gaps;
        this.rows = rows;
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
        found.add(columns);
    }

    @Override
    public void end(UnreadableFileException problem) throws IOException {
        add(found.finish(0, 0, problem == null ? null : entry.name() + ": " + problem.getMessage()));
    }

    private void add(SearchResult result) {
        readPartitions.addAll(result.readPartitions());
        parts.addAll(result.parts());
        keys.addAll(result.keys());
        problems.addAll(result.problems());
    }

    @Override
    public SearchResult finish(long files, long bytes, String problem) {
        if (problem != null) {
            problems.add(problem);
        }
        return new SearchResult(
                Set.copyOf(readPartitions), files, bytes, List.copyOf(parts), Set.copyOf(keys), List.copyOf(problems));
    }
}
