package io.themis.lake;

import java.io.IOException;
import java.util.Map;

/** Finds the edits of one file, by its format. */
abstract class FileEditor {

    private final EditLog log;
    private final RowJudge judge;
    private long deleted;
    private long masked;

    FileEditor(EditLog log, RowJudge judge) {
        this.log = log;
        this.judge = judge;
    }

    EditLog log() {
        return log;
    }

    RowVerdict judge(Map<String, Object> row) {
        RowVerdict verdict = judge.of(row);
        if (verdict.isDeleted()) {
            deleted++;
        } else if (!verdict.replaced().isEmpty()) {
            masked++;
        }
        return verdict;
    }

    /** Reads the file to its end. */
    abstract PersonRows read(RowMatch match) throws UnreadableFileException, IOException;

    FileEdits edits(RowMatch match) throws UnreadableFileException, IOException {
        long rows = read(match).rows();
        return log.finish(rows, deleted, masked);
    }
}
