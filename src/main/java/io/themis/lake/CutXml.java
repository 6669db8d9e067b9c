package io.themis.lake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Elements of rows, each with the white space behind it. */
final class CutXml implements CutRows {

    private static final byte[] ROOT = "<rows>".getBytes(StandardCharsets.US_ASCII);

    private final RowMatch match;
    private final RowSink sink;
    private XmlRowSearch parser;

    CutXml(RowMatch match, RowSink sink) {
        this.match = match;
        this.sink = sink;
    }

    @Override
    public boolean read(byte[] row) throws IOException {
        if (parser == null) {
            parser = new XmlRowSearch(match, sink);
            parser.piece(ROOT, 0, ROOT.length);
        }
        parser.piece(row, 0, row.length);
        boolean isRow = parser.isBetweenRows();
        if (!isRow) {
            // It takes nothing in after a fault
            parser = null;
        }
        return isRow;
    }
}
