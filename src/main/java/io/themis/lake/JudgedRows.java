package io.themis.lake;

/**
 * Whose rows a file is to be rewritten without.
 *
 * @param match finds every row that may be judged
 * @param judge is asked about each of them
 */
public record JudgedRows(RowMatch match, RowJudge judge) {}
