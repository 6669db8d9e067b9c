package io.themis.lake;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A random file before and after it is rewritten, both written here piece by piece.
 *
 * @param masked rows that are written otherwise after it
 */
record EditedFile(
        RowFormat format,
        byte[] before,
        byte[] after,
        RowMatch match,
        RowJudge judge,
        long rows,
        long deleted,
        long masked) {

    /** Owners: of the first the rows go, of the second they are masked, of the third nothing happens, and of others nobody asks. */
    static final String DELETED = "1";

    static final String MASKED = "2";
    static final String KEPT = "3";
    private static final String[][] OWNERS = {
        {DELETED, MASKED, KEPT, "12", ""},
        {DELETED, MASKED, KEPT, "12", ""},
        {DELETED, "4"},
        {DELETED},
        {MASKED},
        {KEPT, ""}
    };

    static final String[] VALUES = {
        "",
        "42",
        "4 2",
        " 1",
        "é€",
        "日本😀",
        "a,b",
        "\"q\"",
        "\"\"",
        "'",
        "it's",
        "x;y|z",
        "a\tb",
        "<&>",
        "<row owner=\"1\"/>",
        "]]>",
        "-->",
        "\\",
        "\\u0031",
        "{\"owner\":1}",
        "line\nend",
        "cr\rend",
        "crlf\r\nend",
        "\n1,1,1\n",
        "null",
        "true",
        "17"
    };
    private static final Object[] MASKS = {
        null,
        null,
        "masked <\"&,;'|> é",
        "",
        "two\nlines\r\n\t",
        "plain",
        17,
        -9_000_000_000L,
        new BigDecimal("1.50"),
        true,
        false
    };

    static String[] owners(Random dice) {
        return one(dice, OWNERS);
    }

    static Object mask(Random dice) {
        return one(dice, MASKS);
    }

    static RowMatch match(ColumnPath owner) {
        return ExactMatch.of(Map.of(owner.toString(), Set.of(DELETED, MASKED, KEPT)));
    }

    static RowJudge judge(ColumnPath owner, Map<ColumnPath, Object> masks) {
        return row -> switch (KeyText.of(owner.of(row)).orElse("")) {
            case DELETED -> RowVerdict.DELETE;
            case MASKED -> new RowVerdict(false, masks);
            default -> RowVerdict.KEEP;
        };
    }

    static ColumnPath column(String name) {
        return new ColumnPath(List.of(name));
    }

    @SafeVarargs
    static <T> T one(Random dice, T... values) {
        return values[dice.nextInt(values.length)];
    }
}
