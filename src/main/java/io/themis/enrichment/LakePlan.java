package io.themis.enrichment;

import io.themis.index.FileVersion;
import io.themis.request.Shortfall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

    /** The same with what is known of files by now, which are not to be searched any more; also of some that it did not have. */
    LakePlan answered(Map<String, SearchResult> answers) {
        List<LakeFileQuery> left = new ArrayList<>();
        List<SearchResult> all = new ArrayList<>(known);
        Map<String, SearchResult> others = new TreeMap<>(answers);
        for (LakeFileQuery query : queries) {
            SearchResult answer = others.remove(query.file().name());
            if (answer == null) {
                left.add(query);
            } else {
                all.add(answer);
                query.end();
            }
        }
        all.addAll(others.values());
        return new LakePlan(left, all, files, gaps, progress);
    }
}
