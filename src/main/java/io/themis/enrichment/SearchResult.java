package io.themis.enrichment;

import io.themis.request.Part;
import io.themis.request.SubjectKey;
import java.util.Set;

/**
 * What one search, of a lake file or by a query, brought.
 *
 * @param partition of the lake file, or null if it has none
 * @param files lake files read to the end: 1 or 0
 * @param bytes read
 * @param part the rows found, or null if there were none
 * @param keys of the person, that the rows brought to light
 * @param problem why the search is not complete, without personal data; null if it is
 */
public record SearchResult(String partition, long files, long bytes, Part part, Set<SubjectKey> keys, String problem) {}
