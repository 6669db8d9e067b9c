package io.themis.enrichment;

import java.io.IOException;

/** What a search has found so far. */
interface Findings {

    /**
     * Commits what was found. What is found and never finished is part of no package.
     *
     * @param problem why the search is not complete, or null
     */
    SearchResult finish(long files, long bytes, String problem) throws IOException;
}
