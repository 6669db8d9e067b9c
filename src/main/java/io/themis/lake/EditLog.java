package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A file's content on its way to a parser, the edits that are made of it, and the checksum of the content as the edits will leave it.
 * Holds the bytes that may still be edited, and no others.
 */
final class EditLog extends InputStream {

    private final InputStream content;
    private final MessageDigest digest = sha256();
    private final List<Edit> edits = new ArrayList<>();
    private int settledEdits;
    private byte[] held = new byte[2 * RowScan.AT_ONCE];
    private long heldFrom;
    private int heldLength;

    EditLog(InputStream content) {
        this.content = content;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        int read = content.read(target, from, length);
        if (read > 0) {
            if (heldLength + read > held.length) {
                held = Arrays.copyOf(held, Math.max(heldLength + read, 2 * held.length));
            }
            System.arraycopy(target, from, held, heldLength, read);
            heldLength += read;
        }
        return read;
    }

    /** Bytes read so far. */
    long length() {
        return heldFrom + heldLength;
    }

    /** Where the first byte is that is still held. */
    long from() {
        return heldFrom;
    }

    /** A byte that was read and may still be edited. */
    byte at(long offset) {
        return held[Math.toIntExact(offset - heldFrom)];
    }

    /** Whether these bytes stand there. */
    boolean has(byte[] bytes, int length, long offset) {
        int from = Math.toIntExact(offset - heldFrom);
        return from + length <= heldLength && Arrays.equals(held, from, from + length, bytes, 0, length);
    }

    /** Edits come in their order. One that would write what stands there is none. */
    void edit(long from, long to, byte[] instead) {
        if (instead.length != to - from || !has(instead, instead.length, from)) {
            edits.add(new Edit(from, to, instead));
        }
    }

    /** How many edits there are so far. */
    int edits() {
        return edits.size();
    }

    /** Nothing before this place will be edited any more. */
    void settle(long to) {
        long at = heldFrom;
        while (settledEdits < edits.size() && edits.get(settledEdits).to() <= to) {
            Edit edit = edits.get(settledEdits++);
            digest(at, edit.from());
            digest.update(edit.instead());
            at = edit.to();
        }
        long end = settledEdits < edits.size()
                ? Math.min(to, edits.get(settledEdits).from())
                : to;
        digest(at, end);
        int settled = Math.toIntExact(Math.max(at, end) - heldFrom);
        heldLength -= settled;
        System.arraycopy(held, settled, held, 0, heldLength);
        heldFrom += settled;
    }

    private void digest(long from, long to) {
        if (to > from) {
            digest.update(held, Math.toIntExact(from - heldFrom), Math.toIntExact(to - from));
        }
    }

    /** To be called once, when the file has been read to its end. */
    FileEdits finish(long rows, long deleted, long masked) {
        long length = length();
        settle(length);
        return new FileEdits(
                List.copyOf(edits),
                length,
                rows,
                deleted,
                masked,
                HexFormat.of().formatHex(digest.digest()));
    }
}
