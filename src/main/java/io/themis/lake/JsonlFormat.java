package io.themis.lake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.themis.lake.RowMatch.Wanted;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** See {@link RowFormat#jsonl}. */
final class JsonlFormat extends RowFormat {

    private final List<ColumnPath> keys;
    // A factory of its own: factories share a table of names, and nothing of one file should reach another
    private final JsonFactory json = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_RECORD)
                    .maxNameLength(LONGEST_RECORD)
                    .build())
            .build();

    JsonlFormat(Set<String> keys) {
        this.keys = keys.stream().map(ColumnPath::parse).toList();
    }

    @Override
    void read(InputStream file, PersonRows rows) throws IOException {
        Map<ColumnPath, Wanted> match = paths(rows.match().columns());
        Map<ColumnPath, Wanted> review = paths(rows.match().review());
        Lines lines = new Lines(new DecodedText(file, null));
        while (lines.next()) {
            Map<String, Object> row = parse(lines);
            if (row != null) {
                rows.count();
                if (isOwn(row, match, lines)) {
                    for (ColumnPath path : keys) {
                        key(row, path, lines);
                    }
                    rows.handOver(row);
                } else if (showsName(row, review)) {
                    rows.handOver(row);
                }
            }
        }
    }

    /** Looks at every column, so that one which matches does not hide another that is not what the map says. */
    private static boolean isOwn(Map<String, Object> row, Map<ColumnPath, Wanted> match, Lines lines)
            throws UnreadableContentException {
        boolean own = false;
        for (Map.Entry<ColumnPath, Wanted> column : match.entrySet()) {
            String key = key(row, column.getKey(), lines);
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

    private static String key(Map<String, Object> row, ColumnPath path, Lines lines) throws UnreadableContentException {
        Object value;
        try {
            value = path.of(row);
        } catch (IllegalArgumentException e) {
            throw lines.fault("has " + e.getMessage());
        }
        if (value != null && KeyText.of(value).isEmpty()) {
            throw lines.fault("holds something else than a key in " + path);
        }
        return value == null ? null : KeyText.of(value).get();
    }

    /** The line's object, or null if the line is empty. */
    private Map<String, Object> parse(Lines lines) throws UnreadableContentException {
        try (JsonParser parser = json.createParser(lines.text, lines.start, lines.length())) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return null;
            }
            if (first != JsonToken.START_OBJECT) {
                throw lines.fault("is not a JSON object");
            }
            Map<String, Object> row = object(parser, lines);
            if (parser.nextToken() != null) {
                throw lines.fault("is more than one JSON object");
            }
            return row;
        } catch (UnreadableContentException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Jackson's own message quotes the line
            throw lines.fault("is not JSON");
        }
    }

    private static Map<String, Object> object(JsonParser parser, Lines lines) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (object.containsKey(name)) {
                throw lines.fault("has the same name twice in one object");
            }
            parser.nextToken();
            object.put(name, value(parser, lines));
        }
        return object;
    }

    private static Object value(JsonParser parser, Lines lines) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, lines);
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser, lines));
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

    /** Cuts a text at its line feeds; the line stands in the buffer, as copying it would cost. */
    private static final class Lines {

        private static final int PIECE = 8192;

        private final Reader in;
        private char[] text = new char[2 * PIECE];
        private int start;
        private int end;
        private int filled;
        private long number;

        private Lines(Reader in) {
            this.in = in;
            end = -1;
        }

        private int length() {
            return end - start;
        }

        private UnreadableContentException fault(String what) {
            return new UnreadableContentException("line %d %s".formatted(number, what));
        }

        /** False after the last line; one without a line feed at its end is a line, too. */
        private boolean next() throws IOException {
            start = end + 1;
            int scanned = start;
            number++;
            while (true) {
                for (; scanned < filled; scanned++) {
                    if (text[scanned] == '\n') {
                        end = scanned;
                        return true;
                    }
                }
                if (filled - start > LONGEST_RECORD) {
                    throw fault("is longer than %d Mi characters".formatted(LONGEST_RECORD >> 20));
                }
                scanned -= makeRoom();
                int read = in.read(text, filled, text.length - filled);
                if (read < 0) {
                    end = filled;
                    return length() > 0;
                }
                filled += read;
            }
        }

        /** @return by how much the line has moved to the front */
        private int makeRoom() {
            int moved = Math.min(start, filled);
            if (text.length - filled < PIECE) {
                System.arraycopy(text, moved, text, 0, filled - moved);
                filled -= moved;
                start -= moved;
                if (text.length - filled < PIECE) {
                    text = Arrays.copyOf(text, 2 * text.length);
                }
                return moved;
            }
            return 0;
        }
    }
}
