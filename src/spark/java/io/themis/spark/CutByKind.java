package io.themis.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;

/** A format in which each piece that is cut is of a kind: rows are one, and how many there are of which tells whether a file is cut right. */
abstract class CutByKind implements CutFormat {

    static final String ROW = "row";
    static final String EMPTY = "empty";

    private static final String KIND = "kind";
    private static final String FIRST = "first";

    private final List<String> kinds;
    private final List<String> placed;

    /**
     * @param kinds all of them
     * @param placed those of which {@link #place} is to be known
     */
    CutByKind(List<String> kinds, List<String> placed) {
        this.kinds = kinds;
        this.placed = placed;
    }

    /** Of a piece; null if it is of no kind. */
    abstract Column kind();

    static Column is(String kind) {
        return coalesce(col(KIND).equalTo(kind), lit(false));
    }

    @Override
    public final Map<String, Column> parsed() {
        return Map.of(KIND, kind());
    }

    @Override
    public final Column isRecord() {
        return is(ROW);
    }

    /** What is no row may be anything. */
    @Override
    public final Column isMalformed() {
        return lit(false);
    }

    @Override
    public Map<String, Count> counts() {
        Map<String, Count> counts = new LinkedHashMap<>();
        kinds.forEach(kind -> counts.put(kind, Count.many(is(kind))));
        counts.put(FIRST, new Count(Count.Kind.LEAST, col(AT)));
        placed.forEach(kind -> counts.put(place(kind), new Count(Count.Kind.MOST, when(is(kind), col(AT)))));
        return counts;
    }

    /** Where the last of a kind is; there may be none. */
    static String place(String kind) {
        return "place of " + kind;
    }

    static long first(Stretch stretch) {
        return stretch.of(FIRST);
    }

    final boolean areAllKnown(List<Stretch> stretches) {
        long known = kinds.stream().mapToLong(kind -> Stretch.sum(stretches, kind)).sum();
        return known == Stretch.sum(stretches, RECORDS);
    }
}
