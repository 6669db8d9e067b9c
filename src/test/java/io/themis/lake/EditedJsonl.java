package io.themis.lake;

import static io.themis.lake.EditedFile.one;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Writes random files of JSON Lines. */
final class EditedJsonl {

    private static final String[] NAMES = {
        "note", "o", "a.b", "q\"x", "back\\slash", "é😀", "", "owners", "new\nline", "note (2)", "1"
    };

    private final Random dice;
    private final List<String> owner;
    private final Map<ColumnPath, Object> masks = new LinkedHashMap<>();
    private final StringBuilder before = new StringBuilder();
    private final StringBuilder after = new StringBuilder();

    private EditedJsonl(Random dice) {
        this.dice = dice;
        owner = one(dice, List.of("owner"), List.of("owner"), List.of("o", "owner"), List.of("a.b", "q\"x", "owner"));
        for (int i = dice.nextInt(4); i > 0; i--) {
            List<String> path = new ArrayList<>(List.of(one(dice, NAMES)));
            while (dice.nextInt(3) == 0) {
                path.add(one(dice, NAMES));
            }
            boolean leadsToOwner =
                    path.size() <= owner.size() && owner.subList(0, path.size()).equals(path);
            // What a key is read through can be nothing, and not a text
            masks.put(new ColumnPath(path), leadsToOwner ? null : EditedFile.mask(dice));
        }
        if (dice.nextInt(4) == 0) {
            masks.put(new ColumnPath(owner), one(dice, null, "gone", 17));
        }
    }

    static EditedFile random(Random dice) {
        return new EditedJsonl(dice).write();
    }

    private EditedFile write() {
        Charset charset = one(
                dice,
                StandardCharsets.UTF_8,
                StandardCharsets.UTF_8,
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_16BE);
        if (charset != StandardCharsets.UTF_8 || dice.nextInt(4) == 0) {
            both("\uFEFF");
        }
        String[] owners = EditedFile.owners(dice);
        int rows = dice.nextInt(8);
        long deleted = 0;
        long masked = 0;
        for (int row = 1; row <= rows; row++) {
            int oldFrom = before.length();
            int newFrom = after.length();
            String whose = one(dice, owners);
            both(one(dice, "", "", " ", "\t", "\r"));
            object(List.of(), whose, whose.equals(EditedFile.MASKED), 0);
            both(one(dice, "", "", " ", "\t"));
            both(row == rows ? one(dice, "", "\n", "\r\n") : one(dice, "\n", "\n", "\r\n", "\r\r\n"));
            if (whose.equals(EditedFile.DELETED)) {
                deleted++;
                after.setLength(newFrom);
            } else if (!before.substring(oldFrom).equals(after.substring(newFrom))) {
                masked++;
            }
            if (row < rows && dice.nextInt(6) == 0) {
                both(one(dice, "\n", " \r\n", "\t\n\n"));
            }
        }
        return new EditedFile(
                RowFormat.jsonl(Set.of()),
                before.toString().getBytes(charset),
                after.toString().getBytes(charset),
                EditedFile.match(new ColumnPath(owner)),
                EditedFile.judge(new ColumnPath(owner), masks),
                rows,
                deleted,
                masked);
    }

    private void both(String text) {
        before.append(text);
        after.append(text);
    }

    private String blank() {
        return dice.nextInt(4) == 0 ? one(dice, " ", "\t", "  ", "\r") : "";
    }

    /** @param path null in an array, where no path leads */
    private void object(List<String> path, String whose, boolean isMasked, int depth) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = dice.nextInt(4); i > 0; i--) {
            names.add(one(dice, NAMES));
        }
        boolean leadsToOwner = path != null
                && path.size() < owner.size()
                && owner.subList(0, path.size()).equals(path);
        String next = leadsToOwner ? owner.get(path.size()) : null;
        if (leadsToOwner) {
            names.remove(next);
            if (!whose.isEmpty() || dice.nextBoolean()) {
                names.add(next);
            }
        }
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, dice);
        both("{" + blank());
        String comma = "";
        for (String name : shuffled) {
            both(comma + blank() + string(name) + blank() + ":" + blank());
            comma = ",";
            List<String> here = null;
            if (path != null) {
                here = new ArrayList<>(path);
                here.add(name);
            }
            int newFrom = after.length();
            if (name.equals(next)) {
                if (here.size() < owner.size()) {
                    object(here, whose, isMasked, depth + 1);
                } else {
                    both(
                            whose.isEmpty()
                                    ? "null"
                                    : dice.nextBoolean()
                                            ? whose
                                            : one(dice, string(whose), whose + ".0", whose + "e0"));
                }
            } else {
                value(here, isMasked, depth);
            }
            if (isMasked && here != null && masks.containsKey(new ColumnPath(here))) {
                after.setLength(newFrom);
                Object mask = masks.get(new ColumnPath(here));
                after.append(mask instanceof String text ? plain(text) : String.valueOf(mask));
            }
            both(blank());
        }
        both("}");
    }

    private void value(List<String> path, boolean isMasked, int depth) {
        switch (depth > 3 ? 0 : dice.nextInt(8)) {
            case 1, 2 -> object(path, "", isMasked, depth + 1);
            case 3 -> {
                both("[" + blank());
                for (int i = dice.nextInt(3); i >= 0; i--) {
                    value(null, isMasked, depth + 1);
                    both(blank() + (i > 0 ? "," : ""));
                }
                both("]");
            }
            case 4 -> both(one(dice, "1.50e3", "-0", "17", "123456789012345678901234567890", "0.1", "1"));
            case 5 -> both(one(dice, "true", "false", "null", "[]", "{}", "[ ]", "{ }"));
            default -> both(string(one(dice, EditedFile.VALUES)));
        }
    }

    /** In one of the ways in which it can be written. */
    private String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        boolean isEscaped = dice.nextInt(5) == 0;
        // Half of a character can't be written without an escape
        text.codePoints().forEach(c -> {
            if (isEscaped && dice.nextBoolean()) {
                Character.toString(c).chars().forEach(half -> json.append("\\u%04x".formatted(half)));
            } else {
                String plain = plain(Character.toString(c));
                json.append(plain, 1, plain.length() - 1);
            }
        });
        return json.append('"').toString();
    }

    private static String plain(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\t", "\\t")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }
}
