package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** XML takes bytes as they come; only what has to be unpacked first is pulled. */
final class XmlFormat extends RowFormat {

    @Override
    public RowSearch search(RowMatch match, RowSink sink) {
        return new XmlRowSearch(match, KeyColumns.NONE, sink);
    }

    @Override
    Optional<RowScan> scanner(byte[] start, PersonRows rows) {
        return Optional.of(new XmlRowScan(rows, true));
    }

    @Override
    RowSearch excerpt(byte[] start, PersonRows rows) {
        return new XmlRowScan(rows, false);
    }

    /** A root is a root, and what else may be there was read when the places of rows were learnt. */
    @Override
    Optional<byte[]> anyHead() {
        return Optional.of("<rows>".getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Optional<CutRows> cutRows(byte[] head, RowMatch match, RowSink sink) {
        return Optional.of(new CutXml(match, sink));
    }

    @Override
    FileEditor editor(EditLog log, RowJudge judge) {
        return new XmlEditor(log, judge);
    }

    @Override
    void read(InputStream file, PersonRows rows) throws UnreadableFileException, IOException {
        XmlRowSearch search = new XmlRowSearch(rows.match(), rows.columns(), rows.sink());
        try {
            file.transferTo(search);
        } catch (UnreadableContentException e) {
            throw new UnreadableFileException(e.getMessage(), search.rows());
        } finally {
            rows.add(search.rows(), search.matched());
        }
        search.finish();
    }
}
