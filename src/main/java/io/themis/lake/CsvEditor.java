package io.themis.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Edits of CSV: a deleted row goes with its line end, and of a masked one cells are replaced. */
final class CsvEditor extends TextEditor {

    private final CsvFormat format;
    private final CsvLayout layout;

    CsvEditor(EditLog log, RowJudge judge, CsvFormat format, CsvLayout layout) {
        super(log, judge, layout.encoding());
        this.format = format;
        this.layout = layout;
    }

    @Override
    PersonRows read(RowMatch match) throws IOException {
        TextRecords records = TextRecords.csv(log(), layout);
        List<String> header = layout.header().isEmpty() ? null : format.header(null, match);
        PersonRows rows = new PersonRows(match, row -> edit(row, records.edited()));
        CsvFormat.Cut cut = format.new Cut();
        while (records.next()) {
            String text = records.content();
            if (!text.isEmpty()) {
                List<String> cells = cut.cells(text, records.line());
                if (header == null) {
                    header = format.header(cells, match);
                } else {
                    format.take(header, cells, records.line(), rows);
                }
            }
            records.settle();
        }
        if (header == null) {
            format.header(null, match);
        }
        return rows;
    }

    @Override
    void mask(Map<ColumnPath, Object> replaced, Map<String, Object> row, EditedRecord record) throws IOException {
        String text = record.text();
        List<String> header = List.copyOf(row.keySet());
        List<Integer> borders = borders(text);
        for (int i = 0; i < header.size(); i++) {
            ColumnPath column = new ColumnPath(List.of(header.get(i)));
            if (replaced.containsKey(column)) {
                int start = borders.get(i);
                int stop = borders.get(i + 1) - 1;
                boolean isQuoted = start < stop && text.charAt(start) == layout.quote();
                record.replace(start, stop, written(replaced.get(column), isQuoted, header.size() == 1));
            }
        }
    }

    /** Where each cell begins, and one behind the delimiter that would follow the last. */
    private List<Integer> borders(String text) {
        List<Integer> borders = new ArrayList<>(List.of(0));
        boolean isInQuotes = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == layout.quote()) {
                isInQuotes = !isInQuotes;
            } else if (c == layout.delimiter() && !isInQuotes) {
                borders.add(i + 1);
            }
        }
        borders.add(text.length() + 1);
        return borders;
    }

    /** @param isOnly whether nothing at all would be an empty line, which is no record */
    private String written(Object value, boolean isQuoted, boolean isOnly) {
        String quote = String.valueOf(layout.quote());
        String text = value == null ? "" : value.toString();
        boolean needsQuotes = text.isEmpty()
                ? value != null || isOnly
                : isQuoted || text.chars().anyMatch(this::isSyntax);
        return needsQuotes ? quote + text.replace(quote, quote + quote) + quote : text;
    }

    private boolean isSyntax(int c) {
        return c == layout.delimiter() || c == layout.quote() || c == '\n' || c == '\r';
    }
}
