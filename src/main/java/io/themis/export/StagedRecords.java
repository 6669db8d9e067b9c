package io.themis.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.themis.request.Part;
import java.io.Closeable;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Reads the staged rows of a data file, one record at a time, and holds each part to what was recorded of it. */
final class StagedRecords<C> implements Closeable {

    /** Rows are the company's own and were read once already; only the nesting stays limited. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final PartStore store;
    private final CellReader<C> reader;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Iterator<Part> parts;
    private Part part;
    private JsonParser json;
    private long count;

    /** Reads the value at which the parser stands, to its end. */
    @FunctionalInterface
    interface CellReader<C> {
        C read(String column, JsonParser json) throws IOException;
    }

    StagedRecords(DataFile file, PartStore store, CellReader<C> reader) {
        this.store = store;
        this.reader = reader;
        file.columns().forEach(column -> indexes.put(column, indexes.size()));
        parts = file.parts().iterator();
    }

    /**
     * The next record: a cell for each column of the file, in their order, null where the record has none. Null after the
     * last.
     *
     * @throws PartDamagedException if a part is not what was recorded of it; its text is not quoted
     */
    List<C> next() throws IOException {
        while (json != null || parts.hasNext()) {
            if (json == null) {
                part = parts.next();
                count = 0;
                json = JSON.createParser(store.open(part.name()));
            }
            try {
                if (json.nextToken() != null) {
                    return record();
                }
                StagedRows.check(part, json.currentLocation().getByteOffset(), count);
            } catch (JsonParseException e) {
                // Jackson's own message quotes the text around the error, which is the person's
                throw new PartDamagedException(
                        part.name(), "line " + e.getLocation().getLineNr() + " is not JSON");
            }
            close();
        }
        return null;
    }

    /** @throws PartDamagedException as {@link #next} does, from here to the end */
    void checkRest() throws IOException {
        while (next() != null) {
            // A part that holds more than was recorded says so at its end.
        }
    }

    private List<C> record() throws IOException {
        count++;
        if (json.currentToken() != JsonToken.START_OBJECT
                || json.currentTokenLocation().getLineNr() != count) {
            throw new PartDamagedException(part.name(), "line " + count + " is not one JSON object");
        }
        List<C> cells = new ArrayList<>(Collections.nCopies(indexes.size(), null));
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String column = json.currentName();
            Integer index = indexes.get(column);
            if (index == null) {
                throw new PartDamagedException(part.name(), "line " + count + " has a column that was not recorded");
            }
            json.nextToken();
            cells.set(index, reader.read(column, json));
        }
        return cells;
    }

    /** The object or list at which the parser stands, as compact JSON. */
    static String nested(JsonParser json) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator copy = JSON.createGenerator(text)) {
            int depth = 0;
            do {
                if (json.currentToken().isNumeric()) {
                    copy.writeNumber(json.getText()); // digit for digit; copying would go through a double
                } else {
                    copy.copyCurrentEvent(json);
                }
                depth += json.currentToken().isStructStart()
                        ? 1
                        : json.currentToken().isStructEnd() ? -1 : 0;
            } while (depth > 0 && json.nextToken() != null);
        }
        return text.toString();
    }

    /** Rows that were not read stay unchecked. */
    @Override
    public void close() throws IOException {
        if (json != null) {
            json.close();
            json = null;
        }
    }
}
