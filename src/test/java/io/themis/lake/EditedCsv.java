package io.themis.lake;

import static io.themis.lake.EditedFile.one;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Writes random files of CSV. */
final class EditedCsv {

    private final Random dice;
    private final Charset charset;
    private final char delimiter;
    private final char quote;
    private final List<String> columns;
    private final Map<String, Object> masks = new LinkedHashMap<>();
    private final StringBuilder before = new StringBuilder();
    private final StringBuilder after = new StringBuilder();

    private EditedCsv(Random dice) {
        this.dice = dice;
        charset = one(
                dice,
                StandardCharsets.UTF_8,
                StandardCharsets.UTF_8,
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_16BE,
                StandardCharsets.ISO_8859_1,
                Charset.forName("windows-1252"),
                Charset.forName("Shift_JIS"),
                Charset.forName("GB18030"),
                Charset.forName("Big5"),
                Charset.forName("IBM500"),
                Charset.forName("ISO-2022-JP"));
        delimiter = one(dice, ',', ';', '\t', '|');
        quote = one(dice, '"', '\'');
        List<String> names = new ArrayList<>(List.of("note", "note", "id", "Owner", "", "note"));
        names.subList(dice.nextInt(names.size() + 1), names.size()).clear();
        names.add("owner");
        Collections.shuffle(names, dice);
        columns = names;
        for (String column : List.of("owner", "note", "note (2)", "note (3)", "absent")) {
            Object mask = EditedFile.mask(dice);
            boolean isKey = column.equals("owner");
            if (dice.nextInt(isKey ? 4 : 2) == 0
                    && (mask == null || charset.newEncoder().canEncode(mask.toString()))) {
                masks.put(column, mask);
            }
        }
    }

    static EditedFile random(Random dice) {
        return new EditedCsv(dice).write();
    }

    private EditedFile write() {
        String[] lineEnds = one(
                dice, new String[] {"\n"}, new String[] {"\r\n"}, new String[] {"\r"}, new String[] {"\n", "\r\n", "\r"
                });
        boolean hasHeader = dice.nextBoolean();
        boolean isNamed = charset != StandardCharsets.UTF_8 || dice.nextBoolean();
        if (charset.name().startsWith("UTF") && dice.nextInt(3) == 0) {
            both("\uFEFF");
        }
        int rows = dice.nextInt(8);
        if (hasHeader) {
            List<String> written = new ArrayList<>();
            columns.forEach(column -> written.add(cell(column, dice.nextInt(4) == 0 || columns.size() == 1)));
            both(String.join("" + delimiter, written));
            both(rows == 0 ? one(dice, "", "\n") : one(dice, lineEnds));
        }
        String[] owners = EditedFile.owners(dice);
        long deleted = 0;
        long masked = 0;
        for (int row = 1; row <= rows; row++) {
            String whose = one(dice, owners);
            int oldFrom = before.length();
            int newFrom = after.length();
            row(whose);
            String end = row == rows ? one(dice, "", one(dice, lineEnds)) : one(dice, lineEnds);
            both(end);
            if (whose.equals(EditedFile.DELETED)) {
                deleted++;
                after.setLength(newFrom);
            } else if (!before.substring(oldFrom).equals(after.substring(newFrom))) {
                masked++;
            }
            if (!end.isEmpty() && dice.nextInt(6) == 0) {
                both(end.equals("\r") ? "\r" : "\n");
            }
        }
        Map<ColumnPath, Object> paths = new LinkedHashMap<>();
        masks.forEach((column, mask) -> paths.put(EditedFile.column(column), mask));
        CsvLayout layout = new CsvLayout(delimiter, quote, isNamed ? charset : null, hasHeader ? List.of() : unique());
        return new EditedFile(
                RowFormat.csv(layout, Set.of()),
                before.toString().getBytes(charset),
                after.toString().getBytes(charset),
                EditedFile.match(EditedFile.column("owner")),
                EditedFile.judge(EditedFile.column("owner"), paths),
                rows,
                deleted,
                masked);
    }

    private void both(String text) {
        before.append(text);
        after.append(text);
    }

    private List<String> unique() {
        List<String> unique = new ArrayList<>();
        for (String column : columns) {
            String name = column;
            for (int number = 2; unique.contains(name); number++) {
                name = column + " (" + number + ")";
            }
            unique.add(name);
        }
        return unique;
    }

    private void row(String whose) {
        List<String> names = unique();
        for (int i = 0; i < names.size(); i++) {
            both(i == 0 ? "" : "" + delimiter);
            String value = names.get(i).equals("owner") ? whose : value();
            boolean isQuoted = dice.nextInt(3) == 0 || needsQuotes(value) || value.isEmpty() && names.size() == 1;
            String cell = cell(value, isQuoted);
            before.append(cell);
            if (whose.equals(EditedFile.MASKED) && masks.containsKey(names.get(i))) {
                Object mask = masks.get(names.get(i));
                String text = mask == null ? "" : mask.toString();
                // Nothing is null, and two quotes are an empty text
                boolean isEmpty = mask == null;
                after.append(
                        isEmpty && names.size() > 1 ? "" : cell(text, text.isEmpty() || isQuoted || needsQuotes(text)));
            } else {
                after.append(cell);
            }
        }
    }

    private String value() {
        String value = one(dice, EditedFile.VALUES);
        byte[] bytes = value.getBytes(charset);
        return value.equals(new String(bytes, charset)) && !value.contains("\\") ? value : "plain";
    }

    private boolean needsQuotes(String text) {
        return text.chars().anyMatch(c -> c == delimiter || c == quote || c == '\n' || c == '\r');
    }

    private String cell(String text, boolean isQuoted) {
        return isQuoted ? quote + text.replace("" + quote, "" + quote + quote) + quote : text;
    }
}
