package io.themis.export;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * The rows of a data file as pages that a browser opens, read on as the pages are written, one after another. The first
 * page begins anew, so that all can be written twice: once to know how long they are.
 */
final class TablePages implements Closeable {

    static final int ROWS = 100;

    /** Whoever has more than their rows reads on in the spreadsheet. */
    static final int MOST = 100;

    /** Pages named around the one that is open. */
    private static final int NEAR = 2;

    private final DataFile file;
    private final Dataset dataset;
    private final PackagePages pages;
    private final PartStore store;
    private final TableCells cells;
    private BitSet filled;
    private StagedRecords<TableCells.Cell> records;

    TablePages(DataFile file, Dataset dataset, PackagePages pages, PartStore store) {
        this.file = file;
        this.dataset = dataset;
        this.pages = pages;
        this.store = store;
        cells = new TableCells(dataset, pages.texts());
    }

    int count() {
        return (int) Math.min(MOST, (file.rows() + ROWS - 1) / ROWS);
    }

    /** @param number the page after the one that was written last, from 1 on */
    void write(int number, OutputStream out) throws IOException {
        if (number == 1) {
            begin();
        }
        Map<String, Object> model = new HashMap<>();
        model.put("title", Said.of(dataset.title(), pages.language()));
        model.put("partition", pages.label(file));
        model.put("number", number);
        model.put("pages", pages(number));
        model.put("last", count());
        model.put("from", (number - 1) * ROWS + 1);
        model.put("to", Math.min((long) number * ROWS, file.rows()));
        model.put("shown", shown());
        model.put("total", file.rows());
        model.put("root", "../".repeat(file.page(number).split("/").length - 1));
        model.put("csv", PackagePages.link(file.csv()));
        model.put("columns", labels());
        model.put("masked", masked());
        model.put("attached", dataset.format() == Format.FILE);
        model.put("rows", rows(number));
        try {
            pages.write("table.ftlh", model, out);
        } catch (UncheckedIOException e) {
            throw e.getCause(); // the store's
        }
        if (number * (long) ROWS >= file.rows()) {
            records.checkRest();
        }
    }

    private void begin() throws IOException {
        close();
        if (filled == null) {
            filled = filled();
        }
        records = new StagedRecords<>(file, store, cells);
    }

    /** The columns that have a value in one of the rows shown; the others are left out. */
    private BitSet filled() throws IOException {
        BitSet columns = new BitSet();
        try (StagedRecords<Boolean> values = new StagedRecords<>(file, store, TablePages::isValue)) {
            for (int row = 0; row < shown(); row++) {
                List<Boolean> record = values.next();
                for (int i = 0; i < record.size(); i++) {
                    if (record.get(i) != null && record.get(i)) {
                        columns.set(i);
                    }
                }
            }
        }
        return columns;
    }

    private static boolean isValue(String column, JsonParser json) throws IOException {
        json.skipChildren();
        return json.currentToken() != JsonToken.VALUE_NULL;
    }

    /** Rows on all pages together. */
    private long shown() {
        return Math.min((long) MOST * ROWS, file.rows());
    }

    /** The first, the last and those near; null for a gap. */
    private List<Integer> pages(int number) {
        List<Integer> named = new ArrayList<>();
        for (int page = 1; page <= count(); page++) {
            if (page == 1 || page == count() || Math.abs(page - number) <= NEAR) {
                named.add(page);
            } else if (named.get(named.size() - 1) != null) {
                named.add(null);
            }
        }
        return named;
    }

    private List<TableCells.Label> labels() {
        List<String> names = List.copyOf(file.columns());
        return filled.stream()
                .mapToObj(column -> cells.label(List.of(names.get(column))))
                .toList();
    }

    /** What the person calls the columns of this file in which others' data is hidden. */
    private List<TableCells.Label> masked() {
        return dataset.maskedColumns().stream()
                .filter(file::isHidden)
                .map(column -> new TableCells.Label(
                        column, Said.of(dataset.columns().get(column).title(), pages.language())))
                .toList();
    }

    /** One row of a page. */
    public record Row(long number, List<TableCells.Cell> cells) {}

    /** One at a time: a page of long values is not held. */
    private Iterator<Row> rows(int page) {
        long first = (page - 1L) * ROWS;
        return new Iterator<>() {

            private long read = first;

            @Override
            public boolean hasNext() {
                return read < Math.min(first + ROWS, file.rows());
            }

            @Override
            public Row next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                try {
                    List<TableCells.Cell> record = records.next();
                    read++;
                    return new Row(
                            read,
                            filled.stream()
                                    .mapToObj(column -> Objects.requireNonNullElse(record.get(column), TableCells.NONE))
                                    .toList());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    @Override
    public void close() throws IOException {
        if (records != null) {
            records.close();
        }
    }
}
