package io.themis.lake;

import java.io.IOException;
import java.util.Map;

/** Finds the edits of one file, by its format. */
abstract class FileEditor {

    private final EditLog log;
    private final RowJudge judge;
    private long deleted;
    private long masked;
    private boolean isMasked;
    private int editsBefore;

    FileEditor(EditLog log, RowJudge judge) {
        this.log = log;
        this.judge = judge;
    }

    EditLog log() {
        return log;
    }

    /** The edits of a row are made before the next one is judged. */
    RowVerdict judge(Map<String, Object> row) {
        countMasked();
        RowVerdict verdict = judge.of(row);
        if (verdict.isDeleted()) {
            deleted++;
        }
        isMasked = !verdict.isDeleted();
        editsBefore = log.edits();
        return verdict;
    }

    private void countMasked() {
        if (isMasked && log.edits() > editsBefore) {
            masked++;
        }
    }

    /** Reads every row of the file, to its end. */
    abstract PersonRows read(RowMatch match) throws UnreadableFileException, IOException;

    /**
     * Reads the file to its end, and only rows that may be found.
     *
     * @param format whose scan it is; the file is read by {@link #read} if its bytes do not tell where rows are
     * @param start the first bytes of the file, {@link StartedSearch#LENGTH} if it has as many
     */
    abstract PersonRows scan(RowFormat format, byte[] start, RowMatch match)
            throws UnreadableFileException, IOException;

    FileEdits edits(RowMatch match) throws UnreadableFileException, IOException {
        return finish(read(match));
    }

    FileEdits scanEdits(RowFormat format, byte[] start, RowMatch match) throws UnreadableFileException, IOException {
        return finish(scan(format, start, match));
    }

    private FileEdits finish(PersonRows rows) throws IOException {
        countMasked();
        return log.finish(rows.rows(), deleted, masked);
    }
}
