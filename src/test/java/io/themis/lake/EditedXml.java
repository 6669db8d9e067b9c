package io.themis.lake;

import static io.themis.lake.EditedFile.one;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes random files of XML rows. */
final class EditedXml {

    // Around a row that goes, until it is known whether its line goes with it
    private static final String OPEN = "\u0001";
    private static final String CLOSE = "\u0002";

    private final Random dice;
    private final Map<ColumnPath, Object> masks = new LinkedHashMap<>();
    private final String[] owners;
    private final StringBuilder before = new StringBuilder();
    private final StringBuilder after = new StringBuilder();
    private long rows;
    private long deleted;
    private long masked;

    private EditedXml(Random dice) {
        this.dice = dice;
        owners = EditedFile.owners(dice);
        for (String column : List.of("owner", "note", "é.x", "absent")) {
            if (dice.nextInt(2) == 0) {
                masks.put(EditedFile.column(column), EditedFile.mask(dice));
            }
        }
    }

    static EditedFile random(Random dice) {
        return new EditedXml(dice).write();
    }

    private EditedFile write() {
        String[] between = one(
                dice,
                new String[] {"\n"},
                new String[] {"\r\n", "\r\n  "},
                new String[] {"\r"},
                new String[] {""},
                new String[] {"\n", "\r\n", "\r", "\n\t ", " ", "", "\n\n"});
        both(dice.nextInt(4) == 0 ? "\uFEFF" : "");
        both(one(dice, "", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<?xml version='1.0'?>\r\n<!-- > -->"));
        both(one(dice, "", "\n", "<?pi <row owner=\"1\"/>?>\n") + one(dice, "<rows a='>'>", "<rows>", "<r\n>"));
        if (before.charAt(0) == '\n') {
            before.deleteCharAt(0);
            after.deleteCharAt(0);
        }
        for (int left = dice.nextInt(8); left > 0; left--) {
            both(one(dice, between) + (dice.nextInt(5) > 0 ? "" : one(dice, " ", "\t", "  ")));
            row();
            if (dice.nextInt(6) == 0) {
                both(one(dice, "", " ", "\n")
                        + one(
                                dice,
                                "<!-- c -->",
                                "<?pi x?>",
                                "<!-- <row owner=\"1\"/> -->",
                                "<!--\n<row owner='1'/>\n-->"));
            }
            both(dice.nextInt(5) > 0 ? "" : one(dice, " ", "\t", "  "));
        }
        both(one(dice, between)
                + one(dice, "</rows>", "</rows >").replace("rows", before.indexOf("<r\n>") < 0 ? "rows" : "r"));
        both(one(dice, "", "\n", "\r\n", "<!-- end -->", " \r"));
        String left = after.toString()
                .replaceAll("(?<=[\r\n])[ \t]*" + OPEN + "[^" + CLOSE + "]*" + CLOSE + "[ \t]*(\r\n|\r|\n)", "")
                .replaceAll(OPEN + "[^" + CLOSE + "]*" + CLOSE, "");
        return new EditedFile(
                RowFormat.xmlRows(),
                before.toString().getBytes(StandardCharsets.UTF_8),
                left.getBytes(StandardCharsets.UTF_8),
                EditedFile.match(EditedFile.column("owner")),
                EditedFile.judge(EditedFile.column("owner"), masks),
                rows,
                deleted,
                masked);
    }

    private void both(String text) {
        before.append(text);
        after.append(text);
    }

    private void row() {
        rows++;
        String owner = one(dice, owners);
        List<String> columns = new ArrayList<>(List.of("note", "é.x", "id", "Owner", "owners"));
        columns.subList(dice.nextInt(columns.size() + 1), columns.size()).clear();
        if (!owner.isEmpty()) {
            columns.add("owner");
        }
        Collections.shuffle(columns, dice);
        StringBuilder old = new StringBuilder("<row");
        StringBuilder now = new StringBuilder("<row");
        for (String column : columns) {
            char quote = one(dice, '"', '\'');
            String start =
                    one(dice, " ", " ", "  ", "\n ", "\t", "\r\n") + column + one(dice, "=", "=", " = ", "\n=") + quote;
            String value = start + xml(column.equals("owner") ? owner : one(dice, EditedFile.VALUES), quote) + quote;
            old.append(value);
            if (!owner.equals(EditedFile.MASKED) || !masks.containsKey(EditedFile.column(column))) {
                now.append(value);
            } else if (masks.get(EditedFile.column(column)) != null) {
                now.append(start)
                        .append(escaped(masks.get(EditedFile.column(column)).toString()))
                        .append(quote);
            }
        }
        String end =
                one(dice, "/>", " />", "\n/>", "></row>", "> </row >", "><!-- </row>\n --></row>", ">\r\n</row\n>");
        String oldRow = old + end;
        String newRow = now + end;
        before.append(oldRow);
        if (owner.equals(EditedFile.DELETED)) {
            deleted++;
            after.append(OPEN).append(oldRow).append(CLOSE);
        } else {
            masked += newRow.equals(oldRow) ? 0 : 1;
            after.append(newRow);
        }
    }

    /** A value in one of the ways in which it can be written. */
    private String xml(String value, char quote) {
        StringBuilder text = new StringBuilder();
        value.codePoints().forEach(c -> {
            boolean isNumbered = c < ' ' || dice.nextInt(20) == 0;
            if (isNumbered) {
                text.append(dice.nextBoolean() ? "&#" + c + ";" : "&#x" + Integer.toHexString(c) + ";");
            } else if (c == '>' && dice.nextBoolean() || c == '"' && quote == '\'' || c == '\'' && quote == '"') {
                text.appendCodePoint(c);
            } else {
                text.append(escaped(Character.toString(c)));
            }
        });
        return text.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;")
                .replace("\t", "&#9;")
                .replace("\n", "&#10;")
                .replace("\r", "&#13;");
    }
}
