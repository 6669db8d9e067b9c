package io.themis.erasure;

import io.themis.lake.ColumnPath;
import io.themis.lake.RowJudge;
import io.themis.lake.RowVerdict;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Judges the rows of a file for several people at once; each row is counted for everybody whose it is. */
final class PeoplesRows implements RowJudge {

    private final List<RowCounts> people;

    PeoplesRows(Collection<RowCounts> people) {
        this.people = List.copyOf(people);
    }

    @Override
    public RowVerdict of(Map<String, Object> row) {
        boolean isDeleted = false;
        Map<ColumnPath, Object> replaced = new LinkedHashMap<>();
        for (RowCounts person : people) {
            RowVerdict verdict = person.of(row);
            isDeleted |= verdict.isDeleted();
            replaced.putAll(verdict.replaced());
        }
        return isDeleted ? RowVerdict.DELETE : new RowVerdict(false, replaced);
    }
}
