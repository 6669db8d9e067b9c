package io.themis.lake;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** See {@link RowFormat#csv}. */
final class CsvFormat extends RowFormat {

    private final CsvLayout layout;
    private final Set<String> needed;

    CsvFormat(CsvLayout layout, Set<String> needed) {
        this.layout = layout;
        this.needed = Set.copyOf(needed);
    }

    @Override
    Optional<RowScan> scanner(byte[] start, PersonRows rows) {
        Charset encoding = DecodedText.encoding(start, layout.encoding());
        boolean isAsNamed = layout.encoding() == null || encoding.equals(layout.encoding());
        return isAsNamed && CsvRowScan.isScannable(layout, encoding)
                ? Optional.of(new CsvRowScan(this, layout, start, rows))
                : Optional.empty();
    }

    @Override
    FileEditor editor(EditLog log, RowJudge judge) {
        return new CsvEditor(log, judge, this, layout);
    }

    /** In other encodings than UTF-8 nobody cuts. */
    @Override
    public Optional<CutRows> cutRows(byte[] head, RowMatch match, RowSink sink) {
        try {
            List<String> header = header(first(head), match);
            return isInUtf8() ? Optional.of(new CutCsv(this, header, match, sink)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<List<String>> columns(byte[] head) {
        try {
            List<String> names = layout.header().isEmpty() ? first(head) : layout.header();
            return isInUtf8() && names != null ? Optional.of(unique(names)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private boolean isInUtf8() {
        return layout.encoding() == null || layout.encoding().equals(StandardCharsets.UTF_8);
    }

    private List<String> first(byte[] head) throws IOException {
        return head.length == 0 ? null : record(new String(head, StandardCharsets.UTF_8));
    }

    @Override
    void read(InputStream file, PersonRows rows) throws IOException {
        LimitedReader text = new LimitedReader(new DecodedText(file, layout.encoding()));
        Records records = new Records(text);
        CloseableIterator<List<String>> iterator = reader(records, text).iterator();
        List<String> header = header(layout.header().isEmpty() ? next(iterator, records) : null, rows.match());
        for (List<String> record = next(iterator, records); record != null; record = next(iterator, records)) {
            take(header, record, records.line(), rows);
        }
    }

    private CsvReader<List<String>> reader(Records records, Reader text) {
        return CsvReader.builder()
                .fieldSeparator(layout.delimiter())
                .quoteCharacter(layout.quote())
                .allowUnclosedQuote(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                // more than the text's own limit, which also counts a record of many cells
                .maxBufferSize(2 * LONGEST_RECORD)
                .build(records, text);
    }

    /** Reads records that are cut already, by one parser, as to make one takes longer than to read a short record. */
    final class Cut {

        private final Given given = new Given();
        private final LimitedReader text = new LimitedReader(given);
        private final Records records = new Records(text);
        private final CloseableIterator<List<String>> iterator =
                reader(records, text).iterator();

        /**
         * The cells of one record.
         *
         * @param record without its line end, and not empty
         * @param line where it begins
         */
        List<String> cells(String record, long line) throws IOException {
            given.begin(record);
            List<String> cells;
            try {
                cells = next(iterator, records);
            } catch (UnreadableContentException e) {
                throw record.contains("\0\0") ? hole(line) : brokenQuote(line);
            }
            if (cells == null || !given.isRead()) {
                // To the parser it is not one record, and its cells are not those of this one
                throw brokenQuote(line);
            }
            return cells;
        }
    }

    /** One record at a time, with a line end. */
    private static final class Given extends Reader {

        private String record = "";
        private int at;

        private void begin(String text) {
            record = text;
            at = 0;
        }

        private boolean isRead() {
            return at > record.length();
        }

        @Override
        public int read(char[] target, int from, int length) {
            if (isRead()) {
                return -1;
            }
            if (at == record.length()) {
                target[from] = '\n';
                at++;
                return 1;
            }
            int count = Math.min(length, record.length() - at);
            record.getChars(at, at + count, target, from);
            at += count;
            return count;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    /** The cells of a text that is one record. */
    List<String> record(String text) throws IOException {
        LimitedReader limited = new LimitedReader(new StringReader(text));
        Records records = new Records(limited);
        return next(reader(records, limited).iterator(), records);
    }

    /**
     * The names of the columns.
     *
     * @param first record of the file, which has them if the layout does not; null if there is none
     */
    List<String> header(List<String> first, RowMatch match) throws UnreadableContentException {
        List<String> header = layout.header();
        if (header.isEmpty()) {
            if (first == null) {
                throw new UnreadableContentException("the file is empty: it has no header");
            }
            header = columns(first, match);
        }
        checkNeeded(header, match);
        return header;
    }

    void take(List<String> header, List<String> record, long line, PersonRows rows) throws IOException {
        if (record.size() != header.size()) {
            throw wrongCells(line, record.size(), header.size());
        }
        rows.count();
        for (int i = 0; i < header.size(); i++) {
            if (record.get(i) != null) {
                rows.columns().takeIfKey(header.get(i), record.get(i));
            }
        }
        if (isOwn(header, record, rows.match())) {
            rows.handOver(row(header, record));
        }
    }

    static UnreadableContentException wrongCells(long line, int cells, int columns) {
        return new UnreadableContentException(
                "the record at line %d has %d cells, and there are %d columns".formatted(line, cells, columns));
    }

    /** The next record, or null after the last. */
    private static List<String> next(CloseableIterator<List<String>> iterator, Records records) throws IOException {
        try {
            return iterator.hasNext() ? iterator.next() : null;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CsvParseException e) {
            // It wraps whatever is thrown, also where memory ends, which is no fault of the file
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw records.hasHole ? hole(records.line()) : brokenQuote(records.line());
        }
    }

    /**
     * Zeros side by side are what a store leaves in the place of text that it has lost, and with it goes where rows begin and end. A
     * single one is how some programs write an empty text.
     */
    static UnreadableContentException hole(long line) {
        return new UnreadableContentException("the record at line %d has a hole, filled with zeros".formatted(line));
    }

    static UnreadableContentException brokenQuote(long line) {
        return new UnreadableContentException("the record at line %d has a broken quote".formatted(line));
    }

    private List<String> columns(List<String> first, RowMatch match) throws UnreadableContentException {
        for (int i = 0; i < first.size(); i++) {
            String name = first.get(i) == null ? "" : first.get(i);
            if (first.indexOf(first.get(i)) < i && isNeeded(name, match)) {
                throw new UnreadableContentException("the header has the column \"%s\" twice".formatted(name));
            }
        }
        return unique(first);
    }

    private static List<String> unique(List<String> first) {
        Set<String> names = new LinkedHashSet<>();
        for (String cell : first) {
            String name = cell == null ? "" : cell;
            String unique = name;
            for (int number = 2; !names.add(unique); number++) {
                unique = "%s (%d)".formatted(name, number);
            }
        }
        return List.copyOf(names);
    }

    private boolean isNeeded(String column, RowMatch match) {
        return needed.contains(column) || match.columns().containsKey(column);
    }

    private void checkNeeded(List<String> header, RowMatch match) throws UnreadableContentException {
        Set<String> all = new HashSet<>(needed);
        all.addAll(match.columns().keySet());
        all.removeAll(Set.copyOf(header));
        if (!all.isEmpty()) {
            throw new UnreadableContentException("the header does not have the column \"%s\""
                    .formatted(String.join("\", \"", all.stream().sorted().toList())));
        }
    }

    private static boolean isOwn(List<String> header, List<String> record, RowMatch match) {
        for (int i = 0; i < header.size(); i++) {
            String cell = record.get(i);
            if (cell != null && match.reads(header.get(i)) && match.matches(header.get(i), cell)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, Object> row(List<String> header, List<String> record) {
        Map<String, Object> row = new LinkedHashMap<>(2 * header.size());
        for (int i = 0; i < header.size(); i++) {
            row.put(header.get(i), record.get(i));
        }
        return row;
    }

    /** Collects the cells of one record at a time. */
    private final class Records extends AbstractBaseCsvCallbackHandler<List<String>> {

        private final LimitedReader text;
        private List<String> cells;
        private boolean hasHole;

        private Records(LimitedReader text) {
            this.text = text;
        }

        private long line() {
            return getStartingLineNumber();
        }

        @Override
        protected void handleBegin(long line) {
            text.begin();
            cells = new ArrayList<>(cells == null ? 16 : cells.size());
        }

        @Override
        protected void handleField(int index, char[] buffer, int from, int length, boolean quoted) {
            if (!quoted && contains(buffer, from, length, layout.quote())) {
                throw new CsvParseException("a quote in a cell that does not start with one");
            }
            if (hasHole(buffer, from, length)) {
                hasHole = true;
                throw new CsvParseException("zeros in a cell");
            }
            cells.add(length == 0 && !quoted ? null : new String(buffer, from, length));
        }

        private static boolean contains(char[] buffer, int from, int length, char wanted) {
            for (int i = from; i < from + length; i++) {
                if (buffer[i] == wanted) {
                    return true;
                }
            }
            return false;
        }

        private static boolean hasHole(char[] buffer, int from, int length) {
            for (int i = from + 1; i < from + length; i++) {
                if (buffer[i] == 0 && buffer[i - 1] == 0) {
                    return true;
                }
            }
            return false;
        }

        @Override
        protected List<String> buildRecord() {
            return cells;
        }
    }

    /** Ends a record that does not end by itself; what is read ahead counts as the record's. */
    private static final class LimitedReader extends FilterReader {

        private long ofRecord;

        private LimitedReader(Reader text) {
            super(text);
        }

        private void begin() {
            ofRecord = 0;
        }

        @Override
        public int read(char[] target, int from, int length) throws IOException {
            if (ofRecord > LONGEST_RECORD) {
                throw new UnreadableContentException(
                        "a record is longer than %d Mi characters".formatted(LONGEST_RECORD >> 20));
            }
            int read = super.read(target, from, length);
            ofRecord += Math.max(0, read);
            return read;
        }
    }
}
