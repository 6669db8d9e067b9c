package io.themis.lake;

import java.util.Set;

/**
 * How the files in one zip are to be rewritten.
 *
 * @param length bytes of the zip as it is
 * @param rows of the entries that were asked about, as they are
 * @param deleted rows that go
 * @param masked rows in which values are replaced
 * @param changed numbers of the entries that change, in the order in which their bytes stand in the zip, counted from 0
 * @param sha256 lower-case hex: of the names and contents of all entries as they will be, however they are packed
 */
public record ZipEdits(long length, long rows, long deleted, long masked, Set<Integer> changed, String sha256) {

    public ZipEdits {
        changed = Set.copyOf(changed);
    }
}
