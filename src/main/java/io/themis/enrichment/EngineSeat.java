package io.themis.enrichment;

import io.themis.lake.RowMatch;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One of those whom a job of another engine is for. */
public final class EngineSeat {

    private final DatasetProgress progress;
    private final Map<String, LakeFileQuery> queries = new HashMap<>();
    private final Map<String, RowMatch> matches = new HashMap<>();
    private final Map<String, SearchResult> results = new HashMap<>();
    private final Map<String, SearchResult> gone = new HashMap<>();
    private final Map<String, Shortfall> malformed = new TreeMap<>();
    private long length;
    private Exception failure;

    EngineSeat(LakePlan plan) {
        progress = plan.progress();
        plan.queries().stream().filter(EngineSearches::isForEngine).forEach(query -> {
            queries.put(query.file().name(), query);
            length += query.progress().length();
            matches.put(query.file().partition(), query.match());
        });
    }

    /** What is looked for in files of a partition; null if nothing. */
    RowMatch match(String partition) {
        return matches.get(partition);
    }

    /** The files to be looked into, by their names. */
    Map<String, LakeFileQuery> queries() {
        return queries;
    }

    /** @param share of the job, from 0 to 1: its own files are taken to be read as all of them are */
    void hasRead(double share) {
        progress.readByEngine((long) (length * share));
    }

    void take(String file, SearchResult result) {
        results.put(file, result);
    }

    void takeMalformed(String file, Shortfall problem) {
        malformed.put(file, problem);
    }

    void giveBack(String file) {
        results.remove(file);
        malformed.remove(file);
    }

    /** Its rows can't be kept. That is nobody else's matter. */
    void dropOut(Exception why) {
        failure = why;
    }

    boolean hasDroppedOut() {
        return failure != null;
    }

    /** The job has ended well. Files that it told of have been dealt with, and the others are Themis' own, if they do not go away before. */
    void end() {
        queries.forEach((file, query) -> {
            if (results.containsKey(file)) {
                query.end();
            } else {
                gone.put(file, query.gone());
            }
        });
    }

    /**
     * After the job.
     *
     * @throws IOException if the seat has dropped out
     */
    EngineAnswer answer() throws IOException {
        if (failure != null) {
            throw new IOException("what a job has found can't be kept", failure);
        }
        return new EngineAnswer(results, gone, List.copyOf(malformed.values()));
    }
}
