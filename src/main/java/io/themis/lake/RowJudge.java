package io.themis.lake;

import java.util.Map;

/** Decides what becomes of a row. The same row gets the same verdict however often it is asked for. */
@FunctionalInterface
public interface RowJudge {

    /** @param row as a search hands it on */
    RowVerdict of(Map<String, Object> row);
}
