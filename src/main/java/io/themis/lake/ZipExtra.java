package io.themis.lake;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A field that a header of a zip has beyond the usual ones (APPNOTE.TXT, 4.5).
 *
 * @param from where its content begins in the header
 * @param to behind the content
 */
record ZipExtra(int from, int to) {

    private static final int HEAD = 4;
    private static final int PADDING = 0;

    /**
     * Those of one header by their kind. Up to three bytes that are left are padding.
     *
     * @throws UnreadableContentException if a kind is there twice, or a field does not end within the header
     */
    static Map<Integer, ZipExtra> all(ByteBuffer header, int from, int length) throws UnreadableContentException {
        Map<Integer, ZipExtra> all = new HashMap<>();
        for (int at = from; at + HEAD <= from + length; ) {
            int kind = header.getShort(at) & 0xFFFF;
            ZipExtra extra = new ZipExtra(at + HEAD, at + HEAD + (header.getShort(at + 2) & 0xFFFF));
            if (extra.to() > from + length || all.put(kind, extra) != null && kind != PADDING) {
                throw new UnreadableContentException("the zip has a damaged entry");
            }
            at = extra.to();
        }
        return all;
    }
}
