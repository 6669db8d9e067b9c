package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** See {@link RowFormat#jsonl}. */
final class JsonlFormat extends RowFormat {

    private final Set<String> keys;

    JsonlFormat(Set<String> keys) {
        this.keys = keys;
    }

    @Override
    Optional<RowScan> scanner(byte[] start, PersonRows rows) {
        boolean isUtf8 = DecodedText.encoding(start, null).equals(StandardCharsets.UTF_8);
        return isUtf8 && JsonlRowScan.isScannable(rows.columns())
                ? Optional.of(new JsonlRowScan(new JsonlRows(rows.match(), keys, rows.columns()), rows))
                : Optional.empty();
    }

    @Override
    Optional<byte[]> anyHead() {
        return Optional.of(new byte[0]);
    }

    @Override
    public Optional<CutRows> cutRows(byte[] head, RowMatch match, RowSink sink) {
        return Optional.of(new CutJsonl(match, keys, sink));
    }

    @Override
    FileEditor editor(EditLog log, RowJudge judge) {
        return new JsonlEditor(log, judge, keys);
    }

    @Override
    void read(InputStream file, PersonRows rows) throws IOException {
        JsonlRows parser = new JsonlRows(rows.match(), keys, rows.columns());
        Lines lines = new Lines(new DecodedText(file, null));
        while (lines.next()) {
            Map<String, Object> row = parser.parse(lines.line());
            if (row != null) {
                rows.count();
                if (parser.isFound(row, lines.line())) {
                    rows.handOver(row);
                }
            }
        }
    }

    /** Cuts a text at its line feeds; the line stands in the buffer, as copying it would cost. */
    private static final class Lines {

        private static final int PIECE = 8192;

        private final Reader in;
        private char[] text = new char[2 * PIECE];
        private int start;
        private int end;
        private int filled;
        private long number;

        private Lines(Reader in) {
            this.in = in;
            end = -1;
        }

        private JsonlRows.Line line() {
            return new JsonlRows.Line(text, start, end - start, number);
        }

        /** False after the last line; one without a line feed at its end is a line, too. */
        private boolean next() throws IOException {
            start = end + 1;
            int scanned = start;
            number++;
            while (true) {
                for (; scanned < filled; scanned++) {
                    if (text[scanned] == '\n') {
                        end = scanned;
                        return true;
                    }
                }
                if (filled - start > LONGEST_RECORD) {
                    throw line().fault("is longer than %d Mi characters".formatted(LONGEST_RECORD >> 20));
                }
                scanned -= makeRoom();
                int read = in.read(text, filled, text.length - filled);
                if (read < 0) {
                    end = filled;
                    return end > start;
                }
                filled += read;
            }
        }

        /** @return by how much the line has moved to the front */
        private int makeRoom() {
            int moved = Math.min(start, filled);
            if (text.length - filled < PIECE) {
                System.arraycopy(text, moved, text, 0, filled - moved);
                filled -= moved;
                start -= moved;
                if (text.length - filled < PIECE) {
                    text = Arrays.copyOf(text, 2 * text.length);
                }
                return moved;
            }
            return 0;
        }
    }
}
