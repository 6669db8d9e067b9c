package io.themis.enrichment;

import io.themis.request.Shortfall;
import java.io.IOException;
import java.time.OffsetDateTime;

/** What a search has found so far. */
interface Findings {

    /** What the lake says of the file that was read, beside its bytes. Rows of it do not depend on that. */
    default void stored(OffsetDateTime modified, String mediaType) {}

    /**
     * Commits what was found. What is found and never finished is part of no package.
     *
     * @param problem why the search is not complete, or null
     */
    SearchResult finish(long files, long bytes, Shortfall problem) throws IOException;
}
