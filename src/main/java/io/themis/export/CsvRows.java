package io.themis.export;

import com.fasterxml.jackson.core.JsonParser;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * Writes a data file's rows as CSV for spreadsheets: RFC 4180, UTF-8 with a byte order mark (without it Excel reads the
 * machine's own encoding), formula cells neutralised by {@link SpreadsheetCell}. A nested value is its JSON text; an
 * empty text is {@code ""}, null and a missing column are nothing at all.
 */
final class CsvRows {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final DataFile file;
    private final PartStore store;

    CsvRows(DataFile file, PartStore store) {
        this.file = file;
        this.store = store;
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
        try (StagedRecords<String> records = new StagedRecords<>(file, store, (column, json) -> cell(json))) {
            for (List<String> cells = records.next(); cells != null; cells = records.next()) {
                if (cells.size() == 1 && cells.get(0) == null) {
                    cells.set(0, ""); // an empty line would not be a row
                }
                csv.writeRecord(cells);
            }
        }
        csv.flush();
    }

    private static String cell(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> SpreadsheetCell.of(json.getText());
            case START_OBJECT, START_ARRAY -> StagedRecords.nested(json);
            default -> json.getText();
        };
    }
}
