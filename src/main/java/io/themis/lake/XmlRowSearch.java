package io.themis.lake;

import com.fasterxml.aalto.AsyncByteArrayFeeder;
import com.fasterxml.aalto.AsyncXMLStreamReader;
import com.fasterxml.aalto.UncheckedStreamException;
import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;

/**
 * Searches one XML file of rows while its bytes arrive: a root element, and in it {@code <row Id="1" … />} elements that
 * have attributes only, as in the Stack Exchange data dump. UTF-8, with or without a byte order mark; XML 1.0.
 *
 * <p>Values are what the XML recommendation says they are (sections 2.11 and 3.3.3): references are resolved, and a tab or
 * line end that is written as such is a space. Comments and processing instructions are skipped.
 *
 * <p>Whatever might hide a row or change a value makes the file unreadable: a DOCTYPE, another encoding, another element
 * than {@code row}, an element in a row, text or CDATA, a prefix or namespace declaration in a row, a root element that is
 * itself called {@code row}, anything not well-formed, a missing end, and a file without any byte: nobody wrote a table of
 * that. The rest of such a file is taken in and ignored, so that a download ends as usual, and {@link #finish()} says what
 * is wrong. Rows found before stay found.
 *
 * <p>Memory: one element of the file, 16 MiB at most, and the column names. For one file and one thread at a time.
 *
 * <p>How it works: the file is cut into pieces, each from one {@code <} to before the next, and aalto's push parser gets a
 * whole piece at a time. XML has no {@code <} inside a tag and UTF-8 none inside a character, so a piece holds whole tags
 * and whole characters: neither the way a download cuts the file nor the way the parser resumes within a tag can change
 * the result. That matters, as aalto 1.4.0 changes values without an error when a character of four bytes is split (U+1F600
 * becomes U+F600). {@link XmlGuard} looks at every piece first, for what else aalto gets wrong; what remains is compared with
 * the JDK's parser in XmlRowSearchFuzzTest.
 */
public class XmlRowSearch extends RowSearch {

    private static final String NOT_WELL_FORMED = "the file is not well-formed XML";
    private static final int MARK_LENGTH = 3;

    private final RowMatch match;
    private final RowSink sink;
    private final KeyColumns keys;
    // A factory of its own: factories share a table of names, and nothing of one file should reach another
    private final AsyncXMLStreamReader<AsyncByteArrayFeeder> parser = new InputFactoryImpl().createAsyncForByteArray();
    private final XmlGuard guard = new XmlGuard();

    private byte[] held = new byte[8192];
    private int heldLength;
    private long pieceOffset;
    private int depth;
    private boolean rootClosed;
    private Map<String, Object> found;
    private long rowOpened;
    private LongConsumer rowClosed = piece -> {};

    private long bytes;
    private long rows;
    private long matched;
    private UnreadableFileException unreadable;
    private IOException sinkFailure;

    public XmlRowSearch(RowMatch match, RowSink sink) {
        this(match, KeyColumns.NONE, sink);
    }

    /** @param keys are told the keys of each row */
    XmlRowSearch(RowMatch match, KeyColumns keys, RowSink sink) {
        this.match = match;
        this.sink = sink;
        this.keys = keys;
    }

    /** @throws IOException from the sink only; every later call throws it again, as a row is lost */
    @Override
    public void write(byte[] chunk, int from, int length) throws IOException {
        bytes += length;
        if (!isReading()) {
            return;
        }
        int end = from + length;
        int start = from;
        for (int tag = indexOfTag(chunk, from, end); tag < end && isReading(); tag = indexOfTag(chunk, tag + 1, end)) {
            endPiece(chunk, start, tag);
            start = tag;
        }
        if (isReading()) {
            hold(chunk, start, end);
            if (XmlGuard.isTooLong(heldLength)) {
                fail(XmlGuard.tooLong());
            }
        }
    }

    @Override
    public Searched finish() throws UnreadableFileException, IOException {
        return finish(true);
    }

    /** @param isWhole whether the root element must have ended */
    Searched finish(boolean isWhole) throws UnreadableFileException, IOException {
        if (isReading()) {
            // After a blank and a CR at the very end aalto waits for more; an LF makes it the same line end, complete
            boolean endsInCr = heldLength > 0 && held[heldLength - 1] == '\r';
            endPiece(new byte[] {'\n'}, 0, endsInCr ? 1 : 0);
        }
        if (isReading() && isWhole) {
            checkEnd();
        }
        if (unreadable != null) {
            throw unreadable;
        }
        return new Searched(bytes, rows, matched);
    }

    /** Takes the piece that is next, whole. */
    void piece(byte[] piece, int start, int length) throws IOException {
        bytes += length;
        if (isReading()) {
            search(piece, start, length);
        }
    }

    /** Passes over a piece that is next and one row. */
    void skipRow(int length) {
        bytes += length;
        pieceOffset += length;
        rows++;
    }

    /** Whether a row may come next, and is one if it looks like one. */
    boolean isBetweenRows() {
        return unreadable == null && depth == 1 && !rootClosed;
    }

    /** Where the element of the last row begins, while it is handed over: bytes from the start of the file. */
    long rowOpened() {
        return rowOpened;
    }

    /** Is told, for each row's element, where the piece begins in which it ends. */
    void onRowClosed(LongConsumer listener) {
        rowClosed = listener;
    }

    /** Where the piece begins that has not been read. */
    long nextPiece() {
        return pieceOffset;
    }

    boolean isRootClosed() {
        return rootClosed;
    }

    boolean isUnreadable() {
        return unreadable != null;
    }

    /** Rows so far. */
    long rows() {
        return rows;
    }

    /** Rows of the person so far. */
    long matched() {
        return matched;
    }

    private boolean isReading() throws IOException {
        if (sinkFailure != null) {
            throw sinkFailure;
        }
        return unreadable == null;
    }

    private static int indexOfTag(byte[] chunk, int from, int end) {
        int i = from;
        while (i < end && chunk[i] != '<') {
            i++;
        }
        return i;
    }

    /** Searches the piece that ends before {@code end}; one that lies within a chunk is not copied. */
    private void endPiece(byte[] chunk, int start, int end) throws IOException {
        if (heldLength == 0) {
            search(chunk, start, end - start);
        } else {
            hold(chunk, start, end);
            int length = heldLength;
            heldLength = 0;
            search(held, 0, length);
        }
    }

    private void hold(byte[] chunk, int start, int end) {
        int length = heldLength + end - start;
        if (length > held.length) {
            held = Arrays.copyOf(held, Math.max(length, 2 * held.length));
        }
        System.arraycopy(chunk, start, held, heldLength, end - start);
        heldLength = length;
    }

    private void search(byte[] piece, int start, int length) throws IOException {
        if (pieceOffset == 0 && length >= MARK_LENGTH && isMark(piece, start)) {
            pieceOffset = MARK_LENGTH;
            search(piece, start + MARK_LENGTH, length - MARK_LENGTH);
            return;
        }
        if (depth == 0 && !rootClosed) {
            guard.faultOfProlog(piece, start, length, pieceOffset == 0).ifPresent(this::fail);
        }
        guard.fault(piece, start, length).ifPresent(this::fail);
        if (unreadable == null) {
            parse(piece, start, length);
            pieceOffset += length;
        }
        if (found != null) {
            Map<String, Object> row = found;
            found = null;
            handOver(row);
        }
    }

    private void parse(byte[] piece, int start, int length) {
        try {
            parser.getInputFeeder().feedInput(piece, start, length);
        } catch (XMLStreamException e) {
            throw new IllegalStateException("the parser has not taken in all of the piece before", e);
        }
        int event = next();
        while (event != AsyncXMLStreamReader.EVENT_INCOMPLETE && unreadable == null) {
            if (event == XMLStreamConstants.START_ELEMENT && XmlGuard.hasEmptyReference(piece, start, length)) {
                fail(NOT_WELL_FORMED);
            } else {
                take(event);
            }
            event = next();
        }
    }

    private int next() {
        try {
            return parser.next();
        } catch (XMLStreamException | RuntimeException e) {
            // aalto has no type of its own for some faults, such as a prefix called xmlns
            fail(NOT_WELL_FORMED);
            return AsyncXMLStreamReader.EVENT_INCOMPLETE;
        }
    }

    private boolean isBlank() {
        try {
            return parser.isWhiteSpace();
        } catch (UncheckedStreamException e) {
            // Only now the text is read
            fail(NOT_WELL_FORMED);
            return false;
        }
    }

    private void take(int event) {
        switch (event) {
            case XMLStreamConstants.START_ELEMENT -> startElement();
            case XMLStreamConstants.END_ELEMENT -> {
                rootClosed = --depth == 0;
                if (depth == 1) {
                    rowClosed.accept(pieceOffset);
                }
            }
            case XMLStreamConstants.CHARACTERS -> {
                if (!isBlank()) {
                    fail("there is text outside of the rows' attributes");
                }
            }
            case XMLStreamConstants.START_DOCUMENT -> {
                if ("1.1".equals(parser.getVersion())) {
                    fail("the file is XML 1.1, whose values read differently from XML 1.0");
                }
            }
            case XMLStreamConstants.CDATA, XMLStreamConstants.ENTITY_REFERENCE ->
                fail("there is text outside of the rows' attributes");
            case XMLStreamConstants.COMMENT, XMLStreamConstants.PROCESSING_INSTRUCTION -> {}
            default -> fail(NOT_WELL_FORMED);
        }
    }

    private void startElement() {
        boolean isRow = parser.getLocalName().equals("row");
        depth++;
        if (depth == 1 && isRow) {
            fail("the root element is itself a row");
        } else if (depth == 2 && !isRow) {
            fail("there is an element under the root that is not a row");
        } else if (depth == 2 && usesPrefix()) {
            fail("there is a namespace prefix or declaration in a row");
        } else if (depth == 2) {
            takeRow();
        } else if (depth > 2) {
            fail("there is an element inside a row");
        }
    }

    private boolean usesPrefix() {
        boolean prefixed = parser.getNamespaceCount() > 0 || !parser.getPrefix().isEmpty();
        for (int i = 0; i < parser.getAttributeCount() && !prefixed; i++) {
            prefixed = !parser.getAttributePrefix(i).isEmpty();
        }
        return prefixed;
    }

    private void takeRow() {
        rows++;
        rowOpened = pieceOffset;
        int columns = parser.getAttributeCount();
        for (int i = 0; i < columns && found == null; i++) {
            String column = parser.getAttributeLocalName(i);
            if (match.reads(column) && match.matches(column, parser.getAttributeValue(i))) {
                found = new LinkedHashMap<>(2 * columns);
            }
        }
        try {
            for (int i = 0; i < columns; i++) {
                keys.takeIfKey(parser.getAttributeLocalName(i), parser.getAttributeValue(i));
            }
        } catch (RuntimeException e) {
            throw lost(e);
        }
        for (int i = 0; i < columns && found != null; i++) {
            found.put(parser.getAttributeLocalName(i), parser.getAttributeValue(i));
        }
    }

    private void handOver(Map<String, Object> row) throws IOException {
        matched++;
        try {
            sink.row(row);
        } catch (IOException e) {
            sinkFailure = e;
            throw e;
        } catch (RuntimeException e) {
            throw lost(e);
        }
    }

    private RuntimeException lost(RuntimeException e) {
        sinkFailure = new IOException("A row could not be handed over", e);
        return e;
    }

    private static boolean isMark(byte[] piece, int start) {
        return piece[start] == (byte) 0xEF && piece[start + 1] == (byte) 0xBB && piece[start + 2] == (byte) 0xBF;
    }

    private void checkEnd() {
        if (bytes == 0) {
            fail("the file is empty");
        } else if (!rootClosed) {
            fail(
                    depth == 0
                            ? "the file ends before its root element"
                            : "the file ends before its root element is closed");
        } else {
            parser.getInputFeeder().endOfInput();
            if (next() != XMLStreamConstants.END_DOCUMENT) {
                fail("the file ends in the middle of what follows its root element");
            }
        }
    }

    /** Only the first failure tells where the file went wrong. */
    private void fail(String what) {
        if (unreadable == null) {
            unreadable = new UnreadableFileException(what, Math.min(pieceOffset, bytes), rows);
            held = new byte[0];
            heldLength = 0;
        }
    }
}
