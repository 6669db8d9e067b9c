package io.themis.enrichment;

import io.themis.request.SharedSearches;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The files of a shared search that one step reads: taken as it comes to them, until there are no more. Not for several threads. */
public final class LakeShare implements Iterator<LakeFileQuery> {

    /** Few, so that no replica is left with many when the others are done. */
    private static final int AT_ONCE = 2;

    private final SharedSearches shared;
    private final UUID search;
    private final String step;
    private final Map<String, LakeFileQuery> queries;
    private final Queue<LakeFileQuery> taken = new ArrayDeque<>();

    LakeShare(SharedSearches shared, UUID search, String step, LakePlan plan) {
        this.shared = shared;
        this.search = search;
        this.step = step;
        queries = plan.queries().stream()
                .collect(Collectors.toMap(query -> query.file().name(), Function.identity()));
    }

    /** A file that has gone since, or is known to have nothing of the person by now, is left to whoever puts the answers together. */
    @Override
    public boolean hasNext() {
        while (taken.isEmpty()) {
            List<String> names = shared.take(search, step, AT_ONCE);
            if (names.isEmpty()) {
                return false;
            }
            names.stream().filter(queries::containsKey).map(queries::get).forEach(taken::add);
        }
        return true;
    }

    @Override
    public LakeFileQuery next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return taken.remove();
    }

    UUID search() {
        return search;
    }
}
