package io.themis.enrichment;

import io.themis.request.Shortfall;
import java.util.List;
import java.util.Map;

/**
 * What another engine has told of one person's search.
 *
 * @param results of files that it was sure of, by name
 * @param gone what comes of the other files, by name, if they are not there any more when the answer is put together
 * @param malformed rows that it has seen which are not what the format has, in files that are left to Themis
 */
record EngineAnswer(Map<String, SearchResult> results, Map<String, SearchResult> gone, List<Shortfall> malformed) {

    static final EngineAnswer NOTHING = new EngineAnswer(Map.of(), Map.of(), List.of());
}
