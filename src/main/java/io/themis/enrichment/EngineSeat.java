package io.themis.enrichment;

import io.themis.lake.RowMatch;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Somebody who waits for a job of another engine. */
final class EngineSeat extends Turns.Place {

    private final LakePlan plan;
    private final Map<String, LakeFileQuery> queries = new HashMap<>();
    private final Map<String, RowMatch> matches = new HashMap<>();
    private final Map<String, SearchResult> results = new HashMap<>();
    private final Map<String, Shortfall> malformed = new TreeMap<>();
    private long length;
    private volatile LakePlan answer;
    private volatile boolean isAlone;
    private Exception failure;

    EngineSeat(LakePlan plan) {
        this.plan = plan;
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
        plan.progress().readByEngine((long) (length * share));
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

    /** Its rows can't be kept. It fails by itself, when it has a job alone. */
    void dropOut(Exception why) {
        failure = why;
    }

    boolean hasDroppedOut() {
        return failure != null;
    }

    void goAlone() {
        isAlone = true;
    }

    /** A job begins; one before it may have ended in the middle. */
    void begin() {
        failure = null;
        results.clear();
        malformed.clear();
    }

    boolean isAlone() {
        return isAlone;
    }

    /**
     * The job has ended well.
     *
     * @throws IOException if the seat has dropped out of a job of its own
     */
    void serve() throws IOException {
        if (failure != null && isAlone) {
            throw new IOException("what a job has found can't be kept", failure);
        }
        if (failure != null) {
            goAlone();
            return;
        }
        LakePlan answered = plan.answered(results);
        List<Shortfall> gaps = new ArrayList<>(plan.gaps());
        gaps.addAll(malformed.values());
        answer = new LakePlan(answered.queries(), answered.known(), plan.files(), gaps, plan.progress());
    }

    @Override
    boolean isDone() {
        return answer != null || isAlone;
    }

    LakePlan answer() {
        return answer;
    }
}
