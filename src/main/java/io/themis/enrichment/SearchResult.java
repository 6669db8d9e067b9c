package io.themis.enrichment;

import io.themis.request.DatasetFindings.Review;
import io.themis.request.Part;
import io.themis.request.Shortfall;
import io.themis.request.SubjectKey;
import java.util.List;
import java.util.Set;

/**
 * What one search, of a lake file or by a query, brought.
 *
 * @param readPartitions of the lake file, or of a zip's entries, as far as they were read to the end
 * @param files lake files read to the end: 1 or 0
 * @param bytes read
 * @param parts the rows found, a part, or several, for each file or entry that had any
 * @param keys of the person, that the rows brought to light
 * @param problems why the search is not complete, without personal data; none if it is
 * @param review rows that show the person's name and nobody's key
 */
public record SearchResult(
        Set<String> readPartitions,
        long files,
        long bytes,
        List<Part> parts,
        Set<SubjectKey> keys,
        List<Shortfall> problems,
        Review review) {}
