package io.themis.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where in a row of nested objects a value stands, such as {@code user.id}: the names from the outside in, with a dot
 * between two. A dot or a backslash that belongs to a name has a backslash before it: {@code first\.name}.
 *
 * <p>A path leads through objects only. It does not go into an array, since a row with one element of the person's and one
 * of somebody else's is not the person's to have.
 */
public record ColumnPath(List<String> names) {

    /** @throws IllegalArgumentException if this is not such a path; the message says what to write */
    public static ColumnPath parse(String path) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '\\') {
                i++;
                if (i == path.length() || path.charAt(i) != '.' && path.charAt(i) != '\\') {
                    throw wrong(path, "\\ stands only before a dot or a backslash that belongs to a name");
                }
                name.append(path.charAt(i));
            } else if (c == '.') {
                names.add(name.toString());
                name.setLength(0);
            } else {
                name.append(c);
            }
        }
        names.add(name.toString());
        if (names.contains("")) {
            throw wrong(path, "there is a name missing beside a dot; write for example  user.id");
        }
        return new ColumnPath(List.copyOf(names));
    }

    private static IllegalArgumentException wrong(String path, String advice) {
        return new IllegalArgumentException("The path \"%s\" can't be used: %s".formatted(path, advice));
    }

    /**
     * What stands there; null if nothing does.
     *
     * @throws IllegalArgumentException if the path meets something that is neither an object nor null on its way
     */
    public Object of(Map<String, ?> row) {
        Object value = row;
        for (int i = 0; i < names.size() && value != null; i++) {
            if (!(value instanceof Map<?, ?> object)) {
                throw new IllegalArgumentException("no object at \"%s\", where the path %s leads through"
                        .formatted(String.join(".", names.subList(0, i)), this));
            }
            value = object.get(names.get(i));
        }
        return value;
    }

    /** What stands there; nothing if the path does not lead through objects. */
    Optional<Object> find(Map<String, ?> row) {
        try {
            return Optional.ofNullable(of(row));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return String.join(
                ".",
                names.stream()
                        .map(name -> name.replace("\\", "\\\\").replace(".", "\\."))
                        .toList());
    }
}
