package io.themis.index;

/**
 * Rows of one version of a file that follow each other, of which a run knows every key.
 *
 * @param from where it begins: 0, or where the piece before ends
 * @param rowsBegin where its first row begins
 * @param to the byte after it
 * @param isLast whether the file ends with it
 * @param isRanged whether the file can be read from any of its bytes; if not, the piece is one group, and offsets are those
 *     of the bytes that the file unpacks to
 * @param groups into how many groups of rows it is cut
 */
record Piece(FileVersion file, long from, long rowsBegin, long to, boolean isLast, boolean isRanged, int groups) {

    private static final int LAST = 1;
    private static final int RANGED = 2;

    void write(SectionWriter out) {
        out.text(file.name());
        out.text(file.etag());
        out.number(file.length());
        out.number(from);
        out.number(rowsBegin - from);
        out.number(to - rowsBegin);
        out.number((isLast ? LAST : 0) | (isRanged ? RANGED : 0));
        out.number(groups);
    }

    static Piece read(SectionReader in) {
        FileVersion file = new FileVersion(in.text(), in.text(), in.number());
        long from = in.number();
        long rowsBegin = from + in.number();
        long to = rowsBegin + in.number();
        long flags = in.number();
        return new Piece(file, from, rowsBegin, to, (flags & LAST) != 0, (flags & RANGED) != 0, in.smallNumber());
    }
}
