package io.themis.lake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records of CSV in UTF-8, each a line. */
final class CutCsv implements CutRows {

    private final CsvFormat format;
    private final List<String> header;
    private final PersonRows rows;
    private CsvFormat.Cut parser;

    CutCsv(CsvFormat format, List<String> header, RowMatch match, RowSink sink) {
        this.format = format;
        this.header = header;
        rows = new PersonRows(match, sink);
        parser = format.new Cut();
    }

    @Override
    public boolean read(byte[] row) throws IOException {
        int length = row.length > 0 && row[row.length - 1] == '\r' ? row.length - 1 : row.length;
        if (length == 0 || Utf8.firstInvalid(row, 0, length) >= 0) {
            return false;
        }
        try {
            format.take(header, parser.cells(new String(row, 0, length, StandardCharsets.UTF_8), 1), 1, rows);
            return true;
        } catch (UnreadableContentException e) {
            // It may be within a quote now
            parser = format.new Cut();
            return false;
        }
    }
}
