package io.themis.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.when;

import io.themis.lake.CsvLayout;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * Files of format {@code csv} in UTF-8, cut at every line feed. If each line is by itself as many whole cells as there are columns, then
 * lines are records: none is within the quotes of another. In a file with any other line, a line need not be what it looks like.
 */
class CsvLines extends CutByKind {

    private static final String HEAD = "head";

    private final byte[] head;
    private final List<String> columns;
    private final String delimiter;
    private final String quote;
    private final String cell;

    /**
     * @param head the first line of files; empty if they have none that gives names to columns
     * @param columns their names
     */
    CsvLines(CsvLayout layout, byte[] head, List<String> columns) {
        super(List.of(HEAD, ROW, EMPTY), List.of(HEAD));
        this.head = head;
        this.columns = columns;
        delimiter = "\\x%02x".formatted((int) layout.delimiter());
        quote = "\\x%02x".formatted((int) layout.quote());
        String text = "[^" + quote + "]*+";
        // Possessive throughout: nothing is tried twice, and no cell is too long for the stack
        cell = "(?:" + quote + text + "(?:" + quote + quote + text + ")*+" + quote + "|[^" + quote + delimiter + "\\r\\n]*+)";
    }

    /** Whether bytes of these characters are part of no other. */
    static boolean canCut(CsvLayout layout) {
        return layout.delimiter() < 0x80 && layout.quote() < 0x80;
    }

    @Override
    public String separator() {
        return "\n";
    }

    @Override
    public byte[] head() {
        return head;
    }

    @Override
    public Column isHead() {
        return is(HEAD);
    }

    /** Also one that is there for review and that these files lack. */
    @Override
    public boolean canRead(String column) {
        return true;
    }

    @Override
    Column kind() {
        Column isHead = head.length == 0 ? lit(false) : col(RECORD).cast("binary").equalTo(lit(head));
        String cells = "^" + cell + "(?:" + delimiter + cell + "){" + (columns.size() - 1) + "}+\\r?+\\z";
        Column isFit = is_valid_utf8(col(RECORD))
                .and(octet_length(col(RECORD)).lt(LONGEST))
                .and(not(col(RECORD).contains("\0")));
        return when(isHead, lit(HEAD))
                .when(col(RECORD).rlike("^\\r?+\\z"), lit(EMPTY))
                .when(isFit.and(col(RECORD).rlike(cells)), lit(ROW));
    }

    @Override
    public Column key(String column) {
        int place = columns.indexOf(column);
        if (place < 0) {
            return lit(null).cast("string");
        }
        Column found = regexp_extract(
                col(RECORD), "^(?:" + cell + delimiter + "){" + place + "}+(" + cell + ")(?:" + delimiter + "|\\r?+\\z)", 1);
        return when(
                is(ROW),
                when(found.rlike("^" + quote), found.substr(lit(2), length(found).minus(2)))
                        .otherwise(found));
    }

    /** A quote within a cell is written twice. */
    @Override
    public Column isLoose(String column, Column key) {
        return key.rlike(quote);
    }

    @Override
    public Verdict verdict(List<Stretch> stretches) {
        return !hasItsHead(stretches)
                ? Verdict.UNSURE
                : areAllKnown(stretches) ? Verdict.SURE : ofOtherLines();
    }

    /** A line that is not whole may be one of several that are a record. */
    Verdict ofOtherLines() {
        return Verdict.FOR_OTHER_QUERY;
    }

    private boolean hasItsHead(List<Stretch> stretches) {
        Stretch first = stretches.get(0);
        return head.length == 0
                || Stretch.sum(stretches, HEAD) == 1
                        && first.has(place(HEAD))
                        && first.of(place(HEAD)) == first(first);
    }
}
