package io.themis.lake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Edits of a file of XML rows. A row that stands alone on its line goes with its line; of a line with other things on it only the
 * element goes.
 */
final class XmlEditor extends FileEditor {

    private XmlRowSearch parser;
    private RowVerdict verdict;
    private long opened;

    XmlEditor(EditLog log, RowJudge judge) {
        super(log, judge);
    }

    @Override
    PersonRows read(RowMatch match) throws UnreadableFileException, IOException {
        parser = new XmlRowSearch(match, KeyColumns.NONE, this::found);
        PersonRows rows = new PersonRows(match, null);
        Searched searched = feed(parser);
        rows.add(searched.rows(), searched.matched());
        return rows;
    }

    /** Also of a file that bytes do not tell about: its scan gives all of it to the parser. */
    @Override
    PersonRows scan(RowFormat format, byte[] start, RowMatch match) throws UnreadableFileException, IOException {
        PersonRows rows = new PersonRows(match, new KeyColumns(match, Map.of(), null), this::found);
        XmlRowScan scan = new XmlRowScan(rows, true);
        parser = scan.parser();
        feed(scan);
        return rows;
    }

    private Searched feed(RowSearch search) throws UnreadableFileException, IOException {
        parser.onRowClosed(this::closed);
        byte[] chunk = new byte[RowScan.AT_ONCE];
        for (int read = log().read(chunk); read >= 0 && !parser.isUnreadable(); read = log().read(chunk)) {
            search.write(chunk, 0, read);
            // With one byte more, which tells whether a line begins
            log().settle(Math.max(log().from(), lineStart(verdict == null ? parser.nextPiece() : opened) - 1));
        }
        return search.finish();
    }

    /** The row is handed over before its element is known to end, or after, where it ends in its only tag. */
    private void found(Map<String, Object> row) throws IOException {
        RowVerdict found = judge(row);
        checkCanBeWritten(found);
        opened = parser.rowOpened();
        if (parser.isBetweenRows()) {
            edit(found, opened);
        } else {
            verdict = found;
        }
    }

    private void closed(long closing) {
        if (verdict != null) {
            edit(verdict, closing);
            verdict = null;
        }
    }

    /** Goes back over blanks, as they go with the row behind them. */
    private long lineStart(long offset) {
        long start = Math.max(log().from(), Math.min(offset, log().length()));
        while (start > log().from() && isBlank(log().at(start - 1))) {
            start--;
        }
        return start;
    }

    /** @param closing where the piece begins in which the row's element ends */
    private void edit(RowVerdict found, long closing) {
        if (found.isDeleted()) {
            delete(tagEnd(closing));
        } else if (!found.replaced().isEmpty()) {
            mask(found.replaced());
        }
    }

    private void delete(long end) {
        long lineStart = lineStart(opened);
        long lineEnd = end;
        while (lineEnd < log().length() && isBlank(log().at(lineEnd))) {
            lineEnd++;
        }
        boolean isFirst = lineStart > log().from() && isLineEnd(log().at(lineStart - 1));
        boolean isLast = lineEnd < log().length() && isLineEnd(log().at(lineEnd));
        if (isFirst && isLast) {
            boolean isPair = log().at(lineEnd) == '\r' && lineEnd + 1 < log().length() && log().at(lineEnd + 1) == '\n';
            log().edit(lineStart, lineEnd + (isPair ? 2 : 1), new byte[0]);
        } else {
            log().edit(opened, end, new byte[0]);
        }
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isLineEnd(byte c) {
        return c == '\n' || c == '\r';
    }

    /** Behind the {@code >} that ends the tag which begins there. */
    private long tagEnd(long tag) {
        byte quote = 0;
        for (long i = tag; ; i++) {
            byte c = log().at(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return i + 1;
            }
        }
    }

    private void mask(Map<ColumnPath, Object> replaced) {
        long i = opened + 1;
        while (!isSpace(i) && !isTagEnd(i)) {
            i++;
        }
        while (true) {
            long blanks = i;
            while (isSpace(i)) {
                i++;
            }
            if (isTagEnd(i)) {
                return;
            }
            long name = i;
            while (!isSpace(i) && log().at(i) != '=') {
                i++;
            }
            String column = text(name, i);
            while (isSpace(i) || log().at(i) == '=') {
                i++;
            }
            byte quote = log().at(i);
            long value = ++i;
            while (log().at(i) != quote) {
                i++;
            }
            ColumnPath path = new ColumnPath(List.of(column));
            if (replaced.containsKey(path)) {
                Object instead = replaced.get(path);
                if (instead == null) {
                    log().edit(blanks, i + 1, new byte[0]);
                } else {
                    log().edit(value, i, escaped(instead.toString()));
                }
            }
            i++;
        }
    }

    private boolean isSpace(long offset) {
        byte c = log().at(offset);
        return isBlank(c) || isLineEnd(c);
    }

    private boolean isTagEnd(long offset) {
        return log().at(offset) == '>' || log().at(offset) == '/';
    }

    private String text(long from, long to) {
        byte[] bytes = new byte[Math.toIntExact(to - from)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = log().at(from + i);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void checkCanBeWritten(RowVerdict verdict) throws UnreadableContentException {
        for (Object value : verdict.replaced().values()) {
            if (value != null && !value.toString().codePoints().allMatch(XmlEditor::isCharacter)) {
                throw new UnreadableContentException(
                        "a value that is to be written has a character that XML does not allow");
            }
        }
    }

    /** XML 1.0 section 2.2. */
    private static boolean isCharacter(int c) {
        return c >= ' ' && c < Character.MIN_SURROGATE
                || c == '\t'
                || c == '\n'
                || c == '\r'
                || c > Character.MAX_SURROGATE && c < 0xFFFE
                || c > 0xFFFF;
    }

    /** XML 1.0 section 3.3.3: a tab or line end that is written as such would be read as a space. */
    private static byte[] escaped(String value) {
        StringBuilder text = new StringBuilder();
        for (char c : value.toCharArray()) {
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&apos;");
                case '\t', '\n', '\r' -> text.append("&#").append((int) c).append(';');
                default -> text.append(c);
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
