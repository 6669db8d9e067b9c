package io.themis.lake;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Takes what is found in the entries of a zip, one entry after another. */
public interface EntrySink {

    /**
     * An entry begins.
     *
     * @param entry its name behind that of its zip, as in {@code logs/2026.zip!/eu.csv}, and the partition of both
     * @return what to look for; nothing if the person can have no row there, and then the entry is passed over
     */
    Optional<RowMatch> begin(LakeFile entry);

    /** See {@link RowSink#row}. */
    void row(Map<String, Object> columns) throws IOException;

    /**
     * The entry that began last has ended.
     *
     * @param problem why it could not be read to its end; null if it was
     * @throws IOException if its rows can't be kept
     */
    void end(UnreadableFileException problem) throws IOException;
}
