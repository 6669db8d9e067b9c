package io.themis.enrichment;

import io.themis.index.FileVersion;
import io.themis.request.Shortfall;
import java.util.List;

/**
 * How to search a lake dataset for a person.
 *
 * @param queries one for each file that may hold rows of theirs, or rows that show their name
 * @param known what need not be read to be known: nothing, in files without the person's keys
 * @param files all that the dataset has now, if it is remembered what is where in them; otherwise empty
 * @param gaps why rows may be missed all the same; empty if none can be
 * @param progress is told what has been done of the files
 */
public record LakePlan(
        List<LakeFileQuery> queries,
        List<SearchResult> known,
        List<FileVersion> files,
        List<Shortfall> gaps,
        DatasetProgress progress) {

    /** The length of all files that are to be searched. */
    long bytes() {
        return queries.stream().mapToLong(query -> query.progress().length()).sum();
    }
}
