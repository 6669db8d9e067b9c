package io.themis.lake;

/**
 * A lake file that is not what the data map says it is, or is damaged: what was found up to there stays found, but the
 * answer is partial. The message is one sentence part for the package's reasons ("the file is empty"); it holds no content
 * of the file, and there is no cause, as the parser's own messages quote the file.
 */
public class UnreadableFileException extends Exception {

    private final long offset;
    private final long rows;

    UnreadableFileException(String what, long offset, long rows) {
        super(
                rows == 0
                        ? "%s, at byte %d, before the first row".formatted(what, offset)
                        : "%s, at byte %d, after row %d".formatted(what, offset, rows));
        this.offset = offset;
        this.rows = rows;
    }

    /** Of a file whose bytes are not counted on the way to its rows. */
    UnreadableFileException(String what, long rows) {
        super(rows == 0 ? "%s, before the first row".formatted(what) : "%s, after row %d".formatted(what, rows));
        this.offset = -1;
        this.rows = rows;
    }

    /** Of a file in a zip. */
    UnreadableFileException(LakeFile entry, UnreadableFileException problem) {
        super(entry.name() + ": " + problem.getMessage());
        this.offset = -1;
        this.rows = problem.rows();
    }

    /** Where the markup starts that could not be read; bytes from the start of the file, counted from 0; -1 if unknown. */
    public long offset() {
        return offset;
    }

    /** Rows read before that. */
    public long rows() {
        return rows;
    }
}
