package io.themis.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.crc32;
import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.regexp_count;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.replace;
import static org.apache.spark.sql.functions.when;

import io.themis.spark.CutFormat.Count.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;

/**
 * Files of format {@code xml-rows}, cut at every {@code <}: XML has none inside a tag, so each piece is a whole tag with what stands
 * behind it. A file is cut right if it is a root element with rows that have attributes only. In one with anything else, such as a comment,
 * a piece need not be what it looks like.
 */
final class XmlPieces implements CutFormat {

    private static final String PROLOG = "prolog";
    private static final String ROOT = "root";
    private static final String END = "end";
    private static final String ROW = "row";
    private static final String EMPTY = "empty";
    private static final String FIRST = "first";
    private static final String LAST = "last";
    private static final String NAME_OF_ROOT = "name of root";
    private static final String NAME_OF_END = "name of end";

    // Sets of single characters of ASCII, as Java looks those up, and compares with each range
    private static final String WHITE = "[ \\t\\n\\r]";
    private static final String UNFIT = set(c -> c < ' ' && "\t\n\r".indexOf(c) < 0);
    private static final String NO_NAME = set(c -> !Character.isLetterOrDigit(c) && "_-.".indexOf(c) < 0);
    private static final String NO_START = set(c -> !Character.isLetter(c) && c != '_');

    // Possessive throughout: nothing is tried twice, and no row is too long for the stack
    private static final String ATTRIBUTE = "[^" + NO_START + "][^" + NO_NAME + "]*+" + WHITE + "*+=" + WHITE + "*+(?:\"[^\""
            + UNFIT + "]*+\"|'[^'" + UNFIT + "]*+')";
    private static final String NAME = "[A-Za-z_][A-Za-z0-9_.-]*+";
    private static final String END_OF_PIECE = WHITE + "*+\\z";

    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put(ROW, "^row(?:" + WHITE + "++" + ATTRIBUTE + ")*+" + WHITE + "*+/>" + END_OF_PIECE);
        KINDS.put(
                PROLOG,
                "^\\?xml W++version W*+= W*+[\"']1\\.0[\"'](?: W++encoding W*+= W*+[\"'][Uu][Tt][Ff]-8[\"'])?+"
                                .replace(" W", WHITE)
                        + "(?: W++standalone W*+= W*+[\"'](?:yes|no)[\"'])?+ W*+\\?>".replace(" W", WHITE)
                        + END_OF_PIECE);
        KINDS.put(
                ROOT,
                "^(?!row[ \\t\\n\\r>])" + NAME + "(?:" + WHITE + "++" + NAME + "=(?:\"[^\"<&" + UNFIT + "]*+\"|'[^'<&"
                        + UNFIT + "]*+'))?+" + WHITE + "*+>" + END_OF_PIECE);
        KINDS.put(END, "^/" + NAME + WHITE + "*+>" + END_OF_PIECE);
        KINDS.put(EMPTY, "^\\z");
    }

    private static String set(IntPredicate isIn) {
        return IntStream.range(0, 0x80)
                .filter(isIn)
                .mapToObj("\\x%02x"::formatted)
                .collect(Collectors.joining());
    }

    @Override
    public String separator() {
        return "<";
    }

    @Override
    public boolean canRead(String column) {
        return column.matches("[A-Za-z_][A-Za-z0-9_.-]*");
    }

    @Override
    public byte[] record(byte[] cut) {
        byte[] record = new byte[cut.length + 1];
        record[0] = '<';
        System.arraycopy(cut, 0, record, 1, cut.length);
        return record;
    }

    @Override
    public Map<String, Column> parsed() {
        Column kind = null;
        for (Map.Entry<String, String> each : KINDS.entrySet()) {
            Column is = col(RECORD).rlike(each.getValue());
            kind = kind == null ? when(is, lit(each.getKey())) : kind.when(is, lit(each.getKey()));
        }
        Column isFit = is_valid_utf8(col(RECORD))
                .and(octet_length(col(RECORD)).lt(LONGEST))
                .and(not(col(RECORD).contains("\uFFFE")))
                .and(not(col(RECORD).contains("\uFFFF")));
        return Map.of("kind", when(isFit, kind));
    }

    @Override
    public Column isRecord() {
        return is(ROW);
    }

    @Override
    public Column isMalformed() {
        return lit(false);
    }

    @Override
    public Column key(String column) {
        String quoted = regex(column);
        Column value = regexp_extract(
                col(RECORD),
                "^row(?:" + WHITE + "++(?!" + quoted + "[ \\t\\n\\r=])" + ATTRIBUTE + ")*+" + WHITE + "++" + quoted + WHITE
                        + "*+=" + WHITE + "*+(\"[^\"]*+\"|'[^']*+')",
                1);
        // A pattern is slow, and most rows need none
        return when(
                col(RECORD).contains(column).and(value.notEqual("")), value.substr(lit(2), length(value).minus(2)));
    }

    /** References and line ends mean other characters, and a second attribute of the name is a fault. */
    @Override
    public Column isLoose(String column, Column key) {
        Column others = octet_length(col(RECORD)).minus(octet_length(replace(col(RECORD), lit(column), lit(""))));
        return key.rlike("[&\\t\\n\\r]")
                .or(others.gt(column.length())
                        .and(regexp_count(col(RECORD), lit("[ \\t\\n\\r\"']" + regex(column) + WHITE + "*+="))
                                .gt(1)));
    }

    private static String regex(String column) {
        return Pattern.quote(column).replace("\\Q", "").replace("\\E", "").replace(".", "\\.");
    }

    @Override
    public Map<String, Count> counts() {
        Map<String, Count> counts = new LinkedHashMap<>();
        KINDS.keySet().forEach(kind -> counts.put(kind, Count.many(is(kind))));
        counts.put(FIRST, new Count(Kind.LEAST, col(AT)));
        counts.put(LAST, new Count(Kind.MOST, col(AT)));
        for (String kind : List.of(EMPTY, PROLOG, ROOT, END)) {
            counts.put(place(kind), new Count(Kind.MOST, when(is(kind), col(AT))));
        }
        counts.put(NAME_OF_ROOT, new Count(Kind.MOST, when(is(ROOT), crc32(name(0)))));
        counts.put(NAME_OF_END, new Count(Kind.MOST, when(is(END), crc32(name(1)))));
        return counts;
    }

    private static Column is(String kind) {
        return coalesce(col("kind").equalTo(kind), lit(false));
    }

    private static String place(String kind) {
        return "place of " + kind;
    }

    private static Column name(int from) {
        return regexp_extract(col(RECORD), "^.{" + from + "}([^\\s>]*+)", 1);
    }

    @Override
    public Verdict verdict(List<Stretch> stretches) {
        Stretch first = stretches.get(0);
        Stretch last = stretches.get(stretches.size() - 1);
        long known = KINDS.keySet().stream().mapToLong(kind -> Stretch.sum(stretches, kind)).sum();
        boolean isOfKnownKinds = known == Stretch.sum(stretches, RECORDS);
        boolean hasOneOfEach = Stretch.sum(stretches, EMPTY) == 1
                && Stretch.sum(stretches, PROLOG) <= 1
                && Stretch.sum(stretches, ROOT) == 1
                && Stretch.sum(stretches, END) == 1
                && first.of(EMPTY) == 1
                && first.of(ROOT) == 1
                && last.of(END) == 1;
        return isOfKnownKinds && hasOneOfEach && isInOrder(first, last) ? Verdict.SURE : Verdict.UNSURE;
    }

    private static boolean isInOrder(Stretch first, Stretch last) {
        long start = first.of(FIRST);
        long prolog = first.has(place(PROLOG)) ? first.of(place(PROLOG)) : start;
        return first.of(place(EMPTY)) == start
                && (prolog == start || prolog == start + 1)
                && first.of(place(ROOT)) == prolog + 1
                && last.of(place(END)) == last.of(LAST)
                && first.of(NAME_OF_ROOT) == last.of(NAME_OF_END);
    }
}
