package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.lake.RowMatch;
import java.util.List;
import java.util.Optional;

/** What a {@link LakeEngine} is to look for in files of one dataset, for everybody who waits for it. For one thread. */
public interface LakeJob {

    /**
     * A file to be looked into.
     *
     * @param name in the lake, from the top of its container
     * @param partition that its rows are of; null if the dataset has none
     * @param length in bytes, when it was listed
     */
    record Source(String name, String partition, long length) {}

    Dataset dataset();

    List<Source> files();

    /** What is looked for in files of a partition; nothing if nobody can have rows there. */
    Optional<RowMatch> match(String partition);

    /** What an engine has cut out of a file. */
    interface Cut {

        /** What the file has before its first row, if rows can't be read without it; else empty. */
        byte[] head();

        /**
         * The next row that may be found, as the bytes that it is in the file; null after the last. In their order; maybe others too.
         *
         * @throws RuntimeException of the engine's own
         */
        byte[] next();

        /** After the last: whether it is sure that those were all. If not, Themis reads the file itself. */
        boolean isSure();

        /** After the last: how many rows the engine has seen that are not what the dataset's format has. */
        long malformed();
    }

    /** Takes a file, and all that was cut out of it. */
    void take(Source file, Cut cut);

    /**
     * Says how much of the files has been read by now, for whoever waits. From any thread, as often as it is known.
     *
     * @param bytes of all files together; fewer than before if they are read once more
     */
    default void hasRead(long bytes) {}
}
