package io.themis.request;

/**
 * A lake file that an erasure has to rewrite.
 *
 * @param note JSON about what was done to it, or null
 */
public record ErasureFile(String dataset, String file, State state, String note) {

    public enum State {
        PENDING,
        /** Of an earlier plan, which may have been carried out in part; the note says. */
        REWRITTEN,
        VERIFIED,
        /** Could not be rewritten or verified; the note says why. */
        FAILED
    }

    /** The name of a file. */
    public record Name(String dataset, String file) {}
}
