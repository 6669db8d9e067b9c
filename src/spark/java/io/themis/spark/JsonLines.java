package io.themis.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
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

    @Override
    public Column isMalformed() {
        Column isObject = isOf(List.of(), "OBJECT")
                .and(try_variant_get(col(LINE), "$[1]", "variant").isNull())
                .and(when(
                                col(RECORD).rlike("\\}[ \\t\\r]*+\\]"),
                                try_parse_json(concat(lit("{\"a\":"), col(RECORD), lit("}"))).isNotNull())
                        .otherwise(lit(true)));
        Column isRight = col(LINE).isNotNull()
                .and(isObject)
                .and(is_valid_utf8(col(RECORD)))
                .and(length(col(RECORD)).leq(LONGEST));
        for (String key : keys) {
            List<String> names = ColumnPath.parse(key).names();
            for (int i = 1; i < names.size(); i++) {
                isRight = isRight.and(isNothing(names.subList(0, i)).or(isOf(names.subList(0, i), "OBJECT")));
            }
            isRight = isRight.and(isNothing(names)
                    .or(type(names).rlike("^(STRING|BIGINT|DECIMAL.*|DOUBLE)$")));
        }
        return not(isBlank()).and(not(isRight)).and(not(hasHalf()));
    }

    /** Whether Spark can't parse the line, maybe for half of a character that takes two, which others can. */
    private static Column hasHalf() {
        return col(LINE).isNull().and(col(RECORD).rlike(HALF)).and(is_valid_utf8(col(RECORD)));
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

    /** A number with an exponent or very many digits, and half of a character that takes two. */
    @Override
    public Column isLoose(String column, Column key) {
        return type(ColumnPath.parse(column).names())
                .equalTo("DOUBLE")
                .or(key.contains("?").and(col(RECORD).rlike(HALF)))
                .or(hasHalf());
    }

    @Override
    public Map<String, Count> counts() {
        return Map.of();
    }

    @Override
    public Verdict verdict(List<Stretch> stretches) {
        long malformed = Stretch.sum(stretches, MALFORMED);
        return new Verdict(malformed == 0, malformed, false);
    }
}
