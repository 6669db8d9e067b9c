package io.themis.lake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.themis.lake.RowMatch.Wanted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the lines of a file, see {@link RowFormat#jsonl}, and tells which are found. */
final class JsonlRows {

    private final List<ColumnPath> keys;
    private final Map<ColumnPath, Wanted> match;
    private final Map<ColumnPath, Wanted> review;
    private final KeyColumns columns;
    // A factory of its own: factories share a table of names, and nothing of one file should reach another
    private final JsonFactory json = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(RowFormat.LONGEST_RECORD)
                    .maxNameLength(RowFormat.LONGEST_RECORD)
                    .build())
            .build();

    /**
     * @param keys paths from which the data map reads keys
     * @param columns are told the keys of each row that is read
     */
    JsonlRows(RowMatch match, Set<String> keys, KeyColumns columns) {
        this.match = paths(match.columns());
        this.review = paths(match.review());
        this.keys = keys.stream().map(ColumnPath::parse).toList();
        this.columns = columns;
    }

    /**
     * One line.
     *
     * @param number counted from 1
     */
    record Line(char[] text, int start, int length, long number) {

        UnreadableContentException fault(String what) {
            return new UnreadableContentException("line %d %s".formatted(number, what));
        }
    }

    /** Whether a row is the person's, or shows their name. */
    boolean isFound(Map<String, Object> row, Line line) throws UnreadableContentException {
        if (!isOwn(row, match, line)) {
            return showsName(row, review);
        }
        for (ColumnPath path : keys) {
            key(row, path, line);
        }
        return true;
    }

    /** Looks at every column, so that one which matches does not hide another that is not what the map says. */
    private static boolean isOwn(Map<String, Object> row, Map<ColumnPath, Wanted> match, Line line)
            throws UnreadableContentException {
        boolean own = false;
        for (Map.Entry<ColumnPath, Wanted> column : match.entrySet()) {
            String key = key(row, column.getKey(), line);
            own |= key != null && column.getValue().has(key);
        }
        return own;
    }

    private static Map<ColumnPath, Wanted> paths(Map<String, Wanted> columns) {
        Map<ColumnPath, Wanted> paths = new LinkedHashMap<>();
        columns.forEach((column, wanted) -> paths.put(ColumnPath.parse(column), wanted));
        return paths;
    }

    /** What is no text is no name, and no reason not to read the person's own rows. */
    private static boolean showsName(Map<String, Object> row, Map<ColumnPath, Wanted> review) {
        return review.entrySet().stream()
                .anyMatch(column -> column.getKey()
                        .find(row)
                        .flatMap(KeyText::of)
                        .filter(column.getValue()::has)
                        .isPresent());
    }

    private static String key(Map<String, Object> row, ColumnPath path, Line line) throws UnreadableContentException {
        Object value;
        try {
            value = path.of(row);
        } catch (IllegalArgumentException e) {
            throw line.fault("has " + e.getMessage());
        }
        if (value != null && KeyText.of(value).isEmpty()) {
            throw line.fault("holds something else than a key in " + path);
        }
        return value == null ? null : KeyText.of(value).get();
    }

    /** The line's object, or null if the line is empty. */
    Map<String, Object> parse(Line line) throws UnreadableContentException {
        try (JsonParser parser = json.createParser(line.text(), line.start(), line.length())) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return null;
            }
            if (first != JsonToken.START_OBJECT) {
                throw line.fault("is not a JSON object");
            }
            Map<String, Object> row = object(parser, line);
            if (parser.nextToken() != null) {
                throw line.fault("is more than one JSON object");
            }
            columns.takeKeys(row);
            return row;
        } catch (UnreadableContentException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Jackson's own message quotes the line
            throw line.fault("is not JSON");
        }
    }

    private static Map<String, Object> object(JsonParser parser, Line line) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (object.containsKey(name)) {
                throw line.fault("has the same name twice in one object");
            }
            parser.nextToken();
            object.put(name, value(parser, line));
        }
        return object;
    }

    private static Object value(JsonParser parser, Line line) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, line);
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser, line));
                }
                yield items;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? parser.getBigIntegerValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }
}
