package io.themis.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import io.themis.request.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes a data file's rows as CSV for spreadsheets: RFC 4180, UTF-8 with a byte order mark (without it Excel reads the
 * machine's own encoding), formula cells neutralised by {@link SpreadsheetCell}. A nested value is its JSON text; an
 * empty text is {@code ""}, null and a missing column are nothing at all.
 */
final class CsvRows {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** Rows are the company's own and were read once already; only the nesting stays limited. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final DataFile file;
    private final PartStore store;
    private final Map<String, Integer> indexes = new HashMap<>();

    CsvRows(DataFile file, PartStore store) {
        this.file = file;
        this.store = store;
        file.columns().forEach(column -> indexes.put(column, indexes.size()));
    }

    /**
     * Bytes that the CSV can't exceed. A row has at most a separator, two quotes and an apostrophe a column and a line
     * end, besides its values; and a value is never longer than in JSON, except that quotes within nested JSON double.
     */
    static long atMost(Collection<String> columns, long rows, long bytes) {
        long header = columns.stream()
                .mapToLong(column -> 2L * column.getBytes(StandardCharsets.UTF_8).length + 4)
                .sum();
        return 3 + header + 2 + rows * (4L * columns.size() + 2) + 2 * bytes;
    }

    void writeTo(OutputStream out) throws IOException {
        try {
            write(out);
        } catch (UncheckedIOException e) {
            throw e.getCause(); // the CSV writer's
        }
    }

    private void write(OutputStream out) throws IOException {
        Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        text.write(BYTE_ORDER_MARK);
        CsvWriter csv = CsvWriter.builder().quoteStrategy(QuoteStrategies.EMPTY).build(text);
        csv.writeRecord(file.columns().stream().map(SpreadsheetCell::of).toArray(String[]::new));
        for (Part part : file.parts()) {
            try (InputStream rows = store.open(part)) {
                write(part, rows, csv);
            }
        }
        csv.flush();
    }

    private void write(Part part, InputStream rows, CsvWriter csv) throws IOException {
        String[] cells = new String[indexes.size()];
        try (JsonParser json = JSON.createParser(rows)) {
            long count = 0;
            while (json.nextToken() != null) {
                count++;
                if (json.currentToken() != JsonToken.START_OBJECT
                        || json.currentTokenLocation().getLineNr() != count) {
                    throw new PartDamagedException(part, "line " + count + " is not one JSON object");
                }
                Arrays.fill(cells, null);
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    Integer index = indexes.get(json.currentName());
                    if (index == null) {
                        throw new PartDamagedException(part, "line " + count + " has a column that was not recorded");
                    }
                    json.nextToken();
                    cells[index] = cell(json);
                }
                if (cells.length == 1 && cells[0] == null) {
                    cells[0] = ""; // an empty line would not be a row
                }
                csv.writeRecord(cells);
            }
            StagedRows.check(part, json.currentLocation().getByteOffset(), count);
        } catch (JsonParseException e) {
            // Jackson's own message quotes the text around the error, which is the person's
            throw new PartDamagedException(part, "line " + e.getLocation().getLineNr() + " is not JSON");
        }
    }

    private static String cell(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> SpreadsheetCell.of(json.getText());
            case START_OBJECT, START_ARRAY -> nested(json);
            default -> json.getText();
        };
    }

    private static String nested(JsonParser json) throws IOException {
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
}
