package io.themis.request;

import java.util.List;
import java.util.Map;

/**
 * Rows of one person found in one place (a lake file, a query), staged as JSON Lines: UTF-8, one object a line, each
 * line ended by LF.
 *
 * @param name where the staging store keeps it; holds no personal data
 * @param partition the dataset's partition, such as a site, or null for a dataset without partitions
 * @param rows lines
 * @param bytes length of the staged JSON Lines
 * @param columns every column that occurs, in order of first appearance
 * @param hidden the columns with a mask that occur, each with the number of others' values hidden in it
 * @param file that its one row is about; null for a part of rows that are about none
 */
public record Part(
        String name,
        String partition,
        long rows,
        long bytes,
        List<String> columns,
        Map<String, Long> hidden,
        StagedFile file) {

    /** Of rows that are about no file. */
    public Part(String name, String partition, long rows, long bytes, List<String> columns, Map<String, Long> hidden) {
        this(name, partition, rows, bytes, columns, hidden, null);
    }
}
