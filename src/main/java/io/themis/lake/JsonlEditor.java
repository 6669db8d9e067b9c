package io.themis.lake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Edits of JSON Lines: a deleted row goes with its line, and of a masked one values are replaced where they stand. */
final class JsonlEditor extends TextEditor {

    private final Set<String> keys;
    private final JsonFactory json = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(RowFormat.LONGEST_RECORD)
                    .maxNameLength(RowFormat.LONGEST_RECORD)
                    .build())
            .build();

    JsonlEditor(EditLog log, RowJudge judge, Set<String> keys) {
        super(log, judge, null);
        this.keys = keys;
    }

    @Override
    PersonRows read(RowMatch match) throws IOException {
        PersonRows rows = new PersonRows(match, null);
        JsonlRows parser = new JsonlRows(match, keys, KeyColumns.NONE);
        TextRecords lines = TextRecords.lines(log());
        while (lines.next()) {
            JsonlRows.Line line = lines.json();
            Map<String, Object> row = parser.parse(line);
            if (row != null) {
                rows.count();
                if (parser.isFound(row, line)) {
                    edit(row, lines.edited());
                }
            }
            lines.settle();
        }
        return rows;
    }

    @Override
    void mask(Map<ColumnPath, Object> replaced, Map<String, Object> row, EditedRecord record) throws IOException {
        Deque<String> path = new ArrayDeque<>();
        try (JsonParser parser = json.createParser(record.text())) {
            parser.nextToken();
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.END_OBJECT) {
                    path.pollLast();
                    continue;
                }
                path.addLast(parser.currentName());
                parser.nextToken();
                ColumnPath here = new ColumnPath(List.copyOf(new ArrayList<>(path)));
                if (replaced.containsKey(here)) {
                    int start = (int) parser.currentTokenLocation().getCharOffset();
                    parser.skipChildren();
                    parser.finishToken();
                    int stop = (int) parser.currentLocation().getCharOffset();
                    record.replace(start, stop, written(replaced.get(here)));
                    path.removeLast();
                } else if (parser.currentToken() != JsonToken.START_OBJECT) {
                    parser.skipChildren();
                    path.removeLast();
                }
            }
        }
    }

    private String written(Object value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = json.createGenerator(text)) {
            if (value instanceof Number || value instanceof Boolean) {
                generator.writeRawValue(value.toString());
            } else if (value == null) {
                generator.writeNull();
            } else {
                generator.writeString(value.toString());
            }
        }
        return text.toString();
    }
}
