package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.lake.ByteRange;
import io.themis.request.Shortfall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to search a lake dataset for a person.
 *
 * @param queries one for each file that may hold rows of theirs, or rows that show their name
 * @param known what need not be read to be known, by names of files: nothing, in those without the person's keys; and what others have told
 * @param files all that the dataset has now, if it is remembered what is where in them; otherwise empty
 * @param gaps why rows may be missed all the same; empty if none can be
 * @param progress is told what has been done of the files
 */
public record LakePlan(
        List<LakeFileQuery> queries,
        Map<String, SearchResult> known,
        List<FileVersion> files,
        List<Shortfall> gaps,
        DatasetProgress progress) {

    /** Of a plan with something to be read. */
    Dataset dataset() {
        return queries.get(0).dataset();
    }

    /** What is to be read. */
    long bytes() {
        return queries.stream().mapToLong(LakePlan::bytes).sum();
    }

    private static long bytes(LakeFileQuery query) {
        return query.places() instanceof FileAnswer.Within places
                ? places.ranges().stream().mapToLong(ByteRange::length).sum()
                : query.progress().length();
    }

    /** The same with what is known of files by now, which are not to be searched any more; also of some that it did not have. */
    LakePlan answered(Map<String, SearchResult> answers) {
        List<LakeFileQuery> left = new ArrayList<>();
        for (LakeFileQuery query : queries) {
            if (answers.containsKey(query.file().name())) {
                query.end();
            } else {
                left.add(query);
            }
        }
        Map<String, SearchResult> all = new TreeMap<>(known);
        all.putAll(answers);
        return new LakePlan(left, all, files, gaps, progress);
    }

    /** The same with what another engine has told. Files that it has not told of are to be searched, or are told to have gone. */
    LakePlan answered(EngineAnswer told) {
        Map<String, SearchResult> answers = new HashMap<>(told.gone());
        queries.forEach(query -> answers.remove(query.file().name()));
        known.keySet().forEach(answers::remove);
        answers.putAll(told.results());
        LakePlan left = answered(answers);
        List<Shortfall> all = new ArrayList<>(gaps);
        all.addAll(told.malformed());
        return new LakePlan(left.queries, left.known, files, all, progress);
    }
}
