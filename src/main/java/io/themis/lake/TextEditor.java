package io.themis.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.Map;
import java.util.Optional;

/** Finds the edits of text in which a line end ends a record. */
abstract class TextEditor extends FileEditor {

    private final Charset named;
    private RowScan scan;
    private CharsetEncoder encoder;

    /** @param named encoding, or null */
    TextEditor(EditLog log, RowJudge judge, Charset named) {
        super(log, judge);
        this.named = named;
    }

    @Override
    final PersonRows scan(RowFormat format, byte[] start, RowMatch match) throws UnreadableFileException, IOException {
        PersonRows rows = new PersonRows(match, new KeyColumns(match, Map.of(), null), this::found);
        Optional<RowScan> scanner = format.scanner(start, rows);
        if (scanner.isEmpty()) {
            return read(match);
        }
        scan = scanner.get();
        encoder = DecodedText.encoding(start, named).newEncoder();
        byte[] chunk = new byte[RowScan.AT_ONCE + 1];
        for (int read = read(chunk); read >= 0 && !scan.isStopped(); read = read(chunk)) {
            scan.write(chunk, 0, read);
            log().settle(scan.offset());
        }
        scan.finish();
        return rows;
    }

    /** Never ends between a CR and the LF that belongs to it, so that the whole line end is there when its row is found. */
    private int read(byte[] chunk) throws IOException {
        int read = log().read(chunk, 0, RowScan.AT_ONCE);
        return read > 0 && chunk[read - 1] == '\r' ? read + Math.max(0, log().read(chunk, read, 1)) : read;
    }

    private void found(Map<String, Object> row) throws IOException {
        edit(row, record());
    }

    private EditedRecord record() throws UnreadableContentException {
        long end = scan.rowEnd();
        byte[] bytes = log().bytes(scan.rowFrom(), end);
        String text = new String(bytes, encoder.charset());
        ByteBuffer again = EditedRecord.encoded(encoder, text.toCharArray(), text.length(), scan.rowLine());
        EditedRecord.check(again.equals(ByteBuffer.wrap(bytes)), scan.rowLine());
        int lineEnd = has('\n', end) ? 1 : !has('\r', end) ? 0 : has('\n', end + 1) ? 2 : 1;
        return new EditedRecord(log(), encoder, scan.rowFrom(), end + lineEnd, text, scan.rowLine());
    }

    private boolean has(char c, long offset) {
        return offset < log().length() && log().at(offset) == c;
    }

    /** @param row that the record is */
    final void edit(Map<String, Object> row, EditedRecord record) throws IOException {
        RowVerdict verdict = judge(row);
        if (verdict.isDeleted()) {
            record.delete();
        } else if (!verdict.replaced().isEmpty()) {
            mask(verdict.replaced(), row, record);
        }
    }

    abstract void mask(Map<ColumnPath, Object> replaced, Map<String, Object> row, EditedRecord record)
            throws IOException;
}
