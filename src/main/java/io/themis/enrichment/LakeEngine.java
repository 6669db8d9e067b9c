package io.themis.enrichment;

import java.io.IOException;
import java.util.List;

/** An engine besides Themis' own, which looks for rows in many files of a lake dataset at once. For any number of threads. */
public interface LakeEngine {

    /**
     * Cuts out of the files all records that the job's matches may find, and tells the job of each file that it is sure of. What the
     * engine does not tell of, Themis reads itself: a file that is gone, damaged, or written in a way that the engine does not know.
     *
     * @throws java.io.InterruptedIOException if the thread is interrupted; nothing of the job goes on then
     * @throws EngineFailedException if it is for nothing that the job looks for
     * @throws IOException if it fails otherwise
     */
    void search(LakeJob job) throws IOException;

    /** Found by {@link java.util.ServiceLoader}, as what an engine needs is not in every jar. */
    interface Provider {

        LakeEngine connect(SparkSettings settings);

        /** What is wrong with the settings; empty if nothing is. */
        List<String> problems(SparkSettings settings);
    }
}
