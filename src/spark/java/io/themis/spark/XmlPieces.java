package io.themis.spark;

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
final class XmlPieces extends CutByKind {

    private static final String PROLOG = "prolog";
    private static final String ROOT = "root";
    private static final String END = "end";
    private static final String LAST = "last";
    private static final String NAME_OF_ROOT = "name of root";
    private static final String NAME_OF_END = "name of end";

    // Sets of single characters of ASCII, as Java looks those up, and compares with each range
    private static final String UNFIT = set(c -> c < ' ' && "\t\n\r".indexOf(c) < 0);
    private static final String NO_NAME = set(c -> !Character.isLetterOrDigit(c) && "_-.".indexOf(c) < 0);
    private static final String NO_START = set(c -> !Character.isLetter(c) && c != '_');

    // Possessive throughout: nothing is tried twice, and no row is too long for the stack. A space is white space of XML
    private static final String ATTRIBUTE =
            "[^" + NO_START + "][^" + NO_NAME + "]*+ *+= *+(?:\"[^\"" + UNFIT + "]*+\"|'[^'" + UNFIT + "]*+')";
    private static final String NAME = "[A-Za-z_][A-Za-z0-9_.-]*+";

    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put(ROW, "^row(?: ++" + ATTRIBUTE + ")*+ *+/> *+\\z");
        KINDS.put(
                PROLOG,
                "^\\?xml ++version *+= *+[\"']1\\.0[\"'](?: ++encoding *+= *+[\"'][Uu][Tt][Ff]-8[\"'])?+"
                        + "(?: ++standalone *+= *+[\"'](?:yes|no)[\"'])?+ *+\\?> *+\\z");
        KINDS.put(
                ROOT,
                "^(?!row(?: |>))" + NAME + "(?: ++" + NAME + "=(?:\"[^\"<&" + UNFIT + "]*+\"|'[^'<&" + UNFIT
                        + "]*+'))?+ *+> *+\\z");
        KINDS.put(END, "^/" + NAME + " *+> *+\\z");
        KINDS.put(EMPTY, "^\\z");
    }

    XmlPieces() {
        super(List.copyOf(KINDS.keySet()), List.of(EMPTY, PROLOG, ROOT, END));
    }

    private static String spaced(String pattern) {
        return pattern.replace(" ", "[ \\t\\n\\r]");
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
    Column kind() {
        Column kind = null;
        for (Map.Entry<String, String> each : KINDS.entrySet()) {
            Column is = col(RECORD).rlike(spaced(each.getValue()));
            kind = kind == null ? when(is, lit(each.getKey())) : kind.when(is, lit(each.getKey()));
        }
        Column isFit = is_valid_utf8(col(RECORD))
                .and(octet_length(col(RECORD)).lt(LONGEST))
                .and(not(col(RECORD).contains("\uFFFE")))
                .and(not(col(RECORD).contains("\uFFFF")));
        return when(isFit, kind);
    }

    @Override
    public Column key(String column) {
        String quoted = regex(column);
        String pattern = "^row(?: ++(?!" + quoted + "(?: |=))" + ATTRIBUTE + ")*+ ++" + quoted + " *+= *+(\"[^\"]*+\"|'[^']*+')";
        Column value = regexp_extract(col(RECORD), spaced(pattern), 1);
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
                        .and(regexp_count(col(RECORD), lit(spaced("(?: |[\"'])" + regex(column) + " *+=")))
                                .gt(1)));
    }

    private static String regex(String column) {
        return Pattern.quote(column).replace("\\Q", "").replace("\\E", "").replace(".", "\\.");
    }

    @Override
    public Map<String, Count> counts() {
        Map<String, Count> counts = super.counts();
        counts.put(LAST, new Count(Kind.MOST, col(AT)));
        counts.put(NAME_OF_ROOT, new Count(Kind.MOST, when(is(ROOT), crc32(name(0)))));
        counts.put(NAME_OF_END, new Count(Kind.MOST, when(is(END), crc32(name(1)))));
        return counts;
    }

    private static Column name(int from) {
        return regexp_extract(col(RECORD), "^.{" + from + "}([^\\s>]*+)", 1);
    }

    @Override
    public Verdict verdict(List<Stretch> stretches) {
        Stretch first = stretches.get(0);
        Stretch last = stretches.get(stretches.size() - 1);
        boolean hasOneOfEach = Stretch.sum(stretches, EMPTY) == 1
                && Stretch.sum(stretches, PROLOG) <= 1
                && Stretch.sum(stretches, ROOT) == 1
                && Stretch.sum(stretches, END) == 1
                && first.of(EMPTY) == 1
                && first.of(ROOT) == 1
                && last.of(END) == 1;
        return areAllKnown(stretches) && hasOneOfEach && isInOrder(first, last) ? Verdict.SURE : Verdict.UNSURE;
    }

    private static boolean isInOrder(Stretch first, Stretch last) {
        long start = first(first);
        long prolog = first.has(place(PROLOG)) ? first.of(place(PROLOG)) : start;
        return first.of(place(EMPTY)) == start
                && (prolog == start || prolog == start + 1)
                && first.of(place(ROOT)) == prolog + 1
                && last.of(place(END)) == last.of(LAST)
                && first.of(NAME_OF_ROOT) == last.of(NAME_OF_END);
    }
}
