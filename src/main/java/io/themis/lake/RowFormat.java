package io.themis.lake;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the rows of a file are written. A format pulls the file's bytes; {@link #search} makes a sink of it.
 *
 * <p>What is found before a place that can't be read stays found. Memory: one record, 16 Mi characters at most, and the
 * column names.
 */
public abstract class RowFormat {

    /** A longer record makes the file unreadable: it is most likely a quote or line end that is missing. */
    static final int LONGEST_RECORD = 16 * 1024 * 1024;

    /** XML files of rows, see {@link XmlRowSearch}. */
    public static RowFormat xmlRows() {
        return new XmlFormat();
    }

    /**
     * CSV as RFC 4180 has it, with the layout's characters and encoding.
     *
     * <p>Values are text. An empty cell is null and {@code ""} is an empty text, as databases write them. A record ends with
     * LF, CRLF or CR, the last one with nothing too; an empty line is no record.
     *
     * <p>Unreadable: a record with another number of cells than the header, text after a closing quote, a quote in a cell
     * that does not start with one, a quote that is never closed, bytes that are not of the encoding, a header that lacks a
     * needed column or has one twice, a file without its header. Another column that is
     * there twice is told apart by a number: {@code note}, {@code note (2)}.
     *
     * @param needed columns that the data map reads keys from or hides; with those that are matched on, they must be there
     */
    public static RowFormat csv(CsvLayout layout, Set<String> needed) {
        return new CsvFormat(layout, needed);
    }

    /**
     * JSON Lines: an object a line, in UTF-8 or as a byte order mark says. Columns to match are {@linkplain ColumnPath
     * paths}; a value there is held against keys by its {@link KeyText}.
     *
     * <p>Values are String, Long, BigInteger, BigDecimal with each digit that is written, Boolean, null, List and Map. An
     * empty line is no row, and an empty file has none.
     *
     * <p>Unreadable: a line that is not one JSON object, an object with the same name twice, and a path that meets an array or
     * any other value than an object on its way, or ends at something that can't be a key.
     *
     * @param keys paths from which the data map reads keys
     */
    public static RowFormat jsonl(Set<String> keys) {
        return new JsonlFormat(keys);
    }

    /** This format compressed: gzip, in one member or several. */
    public RowFormat gzipped() {
        return new GzippedFormat(this);
    }

    /**
     * Searches one file of this format by its full parser, which reads every row. The search must be closed or finished once
     * something was written to it.
     */
    public RowSearch search(RowMatch match, RowSink sink) {
        return parse(new PersonRows(match, sink));
    }

    /**
     * Finds the same rows in one file by looking at its bytes: only those that may be found are given to the parser, and the whole
     * file where it is written in a way that bytes do not tell. What is damaged in somebody else's row need not be noticed, if the file goes
     * on behind it.
     */
    public final RowSearch scan(RowMatch match, RowSink sink) {
        return scan(match, sink, Map.of(), null);
    }

    /**
     * The same, telling an index where keys are.
     *
     * @param indexed column to how its values are compared; has all columns of the match
     */
    public final RowSearch scan(RowMatch match, RowSink sink, Map<String, NormalForm> indexed, RowKeys index) {
        return scan(new PersonRows(match, new KeyColumns(match, indexed, index), sink));
    }

    /**
     * Searches an excerpt of a file in which rows can be read by themselves: what stands before its first row, and then some of its rows,
     * whole and in their order.
     *
     * @param rowsBegin bytes before the first row
     */
    public final RowSearch excerpt(RowMatch match, RowSink sink, long rowsBegin) {
        PersonRows rows = new PersonRows(match, new KeyColumns(match, Map.of(), null), sink);
        // What a row begins with may look like a byte order mark, and is none
        return rowsBegin == 0 ? excerpt(new byte[0], rows) : new StartedSearch(start -> excerpt(start, rows));
    }

    /**
     * What can stand for all that is before the first row of any file of this format; nothing if that is needed to read rows, as the names
     * of columns are.
     */
    Optional<byte[]> anyHead() {
        return Optional.empty();
    }

    /**
     * How the file is to be rewritten so that rows go or change, and nothing else: read by the full parser, to its end. A deleted row
     * goes with its line end. The judge is asked about each row that the match finds. Of a file that was rewritten there must be no
     * edits left, and the checksum is that of before.
     *
     * @throws UnreadableFileException if the file could not be read to its end, or is encoded in a way in which bytes can't be told
     * @throws IOException from the file
     */
    public FileEdits edits(InputStream file, RowMatch match, RowJudge judge)
            throws UnreadableFileException, IOException {
        EditLog log = new EditLog(file, NewContent.writtenTo(OutputStream.nullOutputStream()));
        try {
            return editor(log, judge).edits(match);
        } catch (UnreadableContentException e) {
            throw new UnreadableFileException(e.getMessage(), 0);
        }
    }

    /**
     * The same edits found as {@link #scan(RowMatch, RowSink)} finds rows, and the file as they leave it, unpacked if it is packed. What is damaged
     * in somebody else's row need not be noticed, and a row that only the full parser would find is missed: what the judge was
     * asked about must be held against what that has found before.
     *
     * @param target is given the new content while the old one is read
     * @throws IOException from the file or the target
     */
    public FileEdits scanEdits(InputStream file, RowMatch match, RowJudge judge, NewContent target)
            throws UnreadableFileException, IOException {
        BufferedInputStream all = new BufferedInputStream(file, RowScan.AT_ONCE);
        all.mark(StartedSearch.LENGTH);
        byte[] start = all.readNBytes(StartedSearch.LENGTH);
        all.reset();
        EditLog log = new EditLog(all, target);
        try {
            return editor(log, judge).scanEdits(this, start, match);
        } catch (UnreadableContentException e) {
            throw new UnreadableFileException(e.getMessage(), 0);
        }
    }

    /** Finds edits. */
    abstract FileEditor editor(EditLog log, RowJudge judge);

    /** What edits are of: the file, or what it unpacks to. */
    InputStream content(InputStream file) {
        return file;
    }

    /** Whether edits are of what the file unpacks to, and not of the file itself. */
    public boolean isPacked() {
        return false;
    }

    /**
     * Writes the file as the edits say.
     *
     * @throws IOException from the file or the target, and if the file is not the one that the edits were made for
     */
    public void rewrite(InputStream file, FileEdits edits, OutputStream target) throws IOException {
        long at = 0;
        for (Edit edit : edits.edits()) {
            copy(file, edit.from() - at, target);
            file.skipNBytes(edit.to() - edit.from());
            target.write(edit.instead());
            at = edit.to();
        }
        copy(file, edits.length() - at, target);
        if (file.read() >= 0) {
            throw new IOException("the file is longer than when it was read");
        }
    }

    private static void copy(InputStream file, long length, OutputStream target) throws IOException {
        byte[] chunk = new byte[RowScan.AT_ONCE];
        for (long left = length; left > 0; ) {
            int read = file.read(chunk, 0, (int) Math.min(left, chunk.length));
            if (read < 0) {
                throw new EOFException("the file is shorter than when it was read");
            }
            target.write(chunk, 0, read);
            left -= read;
        }
    }

    /** Searches the files of this format in one zip, as far as they belong to the path. */
    public RowSearch searchZip(LakePath path, LakeFile zip, EntrySink sink) {
        return new PulledRowSearch(file -> new ZipReader(this, path, zip, sink).read(file));
    }

    /**
     * Reads rows that were cut out of such files, or out of what they unpack to; nothing if there is something else before them than there
     * has to be.
     *
     * @param head what files have before their first row and its names of columns are in; empty if there is no such thing
     */
    public Optional<CutRows> cutRows(byte[] head, RowMatch match, RowSink sink) {
        return Optional.empty();
    }

    /** The names of columns that such a head gives to the rows behind it; nothing if it can't be read, or has no names. */
    public Optional<List<String>> columns(byte[] head) {
        return Optional.empty();
    }

    RowSearch scan(PersonRows rows) {
        return new StartedSearch(start -> scan(start, rows));
    }

    private RowSearch scan(byte[] start, PersonRows rows) {
        Optional<RowScan> scan = scanner(start, rows);
        return scan.isPresent() ? scan.get() : parse(rows);
    }

    /** The full parser as a sink. */
    RowSearch parse(PersonRows rows) {
        rows.columns().withoutOffsets();
        return new PulledRowSearch(file -> {
            try {
                read(file, rows);
            } catch (UnreadableContentException e) {
                throw new UnreadableFileException(e.getMessage(), rows.rows());
            }
            return rows;
        });
    }

    /**
     * A search that looks at bytes; nothing if they do not tell where rows and keys are.
     *
     * @param start the first bytes of the file, {@link StartedSearch#LENGTH} if it has as many
     */
    abstract Optional<RowScan> scanner(byte[] start, PersonRows rows);

    /** A search that does not miss what stands behind the last row. */
    RowSearch excerpt(byte[] start, PersonRows rows) {
        return scan(start, rows);
    }

    /**
     * Reads to the end of the file, every row, and leaves it open.
     *
     * @throws UnreadableContentException where the file is not of this format
     * @throws IOException from the sink, or because nobody writes any more
     */
    abstract void read(InputStream file, PersonRows rows) throws UnreadableFileException, IOException;

    /** The same, looking at bytes where they tell. */
    void scan(InputStream file, PersonRows rows) throws UnreadableFileException, IOException {
        rows.columns().withoutOffsets();
        BufferedInputStream all = new BufferedInputStream(file, RowScan.AT_ONCE);
        all.mark(StartedSearch.LENGTH);
        byte[] start = all.readNBytes(StartedSearch.LENGTH);
        all.reset();
        Optional<RowScan> scanner = scanner(start, rows);
        if (scanner.isEmpty()) {
            read(all, rows);
            return;
        }
        RowScan scan = scanner.get();
        try {
            all.transferTo(scan);
        } catch (UnreadableContentException e) {
            scan.flush();
            throw e;
        }
        scan.finish();
    }
}
