package io.themis.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.schema_of_variant;
import static org.apache.spark.sql.functions.try_parse_json;
import static org.apache.spark.sql.functions.try_variant_get;
import static org.apache.spark.sql.functions.when;

import io.themis.lake.ColumnPath;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;

/**
 * Files of format {@code jsonl}, cut at every line feed. A line is parsed twice over, within brackets and, where they could have been closed
 * before its end, within braces: Spark's parser says nothing of what follows a whole value, and so may be shown that nothing does.
 */
final class JsonLines implements CutFormat {

    private static final String LINE = "line";
    private static final String OTHER_TEXT = "otherText";
    private static final String HALF = "\\\\u[dD][89a-fA-F]";

    private final Collection<String> keys;

    /** @param keys columns from which keys are read, and in which nothing else may stand */
    JsonLines(Collection<String> keys) {
        this.keys = keys;
    }

    @Override
    public String separator() {
        return "\n";
    }

    @Override
    public boolean canRead(String column) {
        return ColumnPath.parse(column).names().stream()
                .allMatch(name -> name.chars().allMatch(c -> c >= ' ' && c < 0x7F && "'\"\\[]".indexOf(c) < 0));
    }

    @Override
    public Map<String, Column> parsed() {
        return Map.of(LINE, try_parse_json(concat(lit("["), col(RECORD), lit("]"))));
    }

    @Override
    public Column isRecord() {
        return not(isBlank()).and(not(isMalformed()));
    }

    private static Column isBlank() {
        return col(RECORD).rlike("^[ \\t\\r]*+\\z");
    }

    /** Not what Spark can't parse: that others may. */
    @Override
    public Column isMalformed() {
        Column isRight = isOf(List.of(), "OBJECT")
                .and(try_variant_get(col(LINE), "$[1]", "variant").isNull())
                .and(when(
                                col(RECORD).rlike("\\}[ \\t\\r]*+\\]"),
                                try_parse_json(concat(lit("{\"a\":"), col(RECORD), lit("}"))).isNotNull())
                        .otherwise(lit(true)));
        for (String key : keys) {
            List<String> names = ColumnPath.parse(key).names();
            for (int i = 1; i < names.size(); i++) {
                isRight = isRight.and(isNothing(names.subList(0, i)).or(isOf(names.subList(0, i), "OBJECT")));
            }
            isRight = isRight.and(isNothing(names)
                    .or(type(names).rlike("^(STRING|BIGINT|DECIMAL.*|DOUBLE)$")));
        }
        return not(isBlank())
                .and(octet_length(col(RECORD)).gt(LONGEST).and(length(col(RECORD)).gt(LONGEST)).or(col(LINE).isNotNull().and(not(isRight))));
    }

    private static Column isNothing(List<String> names) {
        return type(names).isNull().or(type(names).equalTo("VOID"));
    }

    private static Column isOf(List<String> names, String type) {
        return type(names).startsWith(type);
    }

    private static Column type(List<String> names) {
        return schema_of_variant(try_variant_get(col(LINE), path(names), "variant"));
    }

    private static String path(List<String> names) {
        StringBuilder path = new StringBuilder("$[0]");
        names.forEach(name -> path.append("['").append(name).append("']"));
        return path.toString();
    }

    @Override
    public Column key(String column) {
        return try_variant_get(col(LINE), path(ColumnPath.parse(column).names()), "string");
    }

    /**
     * A number with an exponent or very many digits, half of a character that takes two, what is not ASCII, which not every version of
     * Spark reads in UTF-8, and all that is in a line that Spark can't parse.
     */
    @Override
    public Column isLoose(String column, Column key) {
        return type(ColumnPath.parse(column).names())
                .equalTo("DOUBLE")
                .or(key.contains("?").and(col(RECORD).rlike(HALF)))
                .or(octet_length(key).notEqual(length(key)))
                .or(col(LINE).isNull());
    }

    /** Whether it is text in UTF-8, or what else: Themis, who reads UTF-16 too, says. */
    @Override
    public Map<String, Count> counts() {
        return Map.of(OTHER_TEXT, Count.many(not(is_valid_utf8(col(RECORD))).or(col(RECORD).contains("\0"))));
    }

    @Override
    public Verdict verdict(List<Stretch> stretches) {
        if (Stretch.sum(stretches, OTHER_TEXT) > 0) {
            return Verdict.UNSURE;
        }
        long malformed = Stretch.sum(stretches, MALFORMED);
        return new Verdict(malformed == 0, malformed, false);
    }
}
