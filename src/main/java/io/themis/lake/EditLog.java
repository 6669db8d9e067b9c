package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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
    private final NewContent target;
    private final MessageDigest digest = sha256();
    private final List<Edit> edits = new ArrayList<>();
    private final ByteBuffer startBefore = ByteBuffer.allocate(DecodedText.LONGEST_MARK);
    private final ByteBuffer startAfter = ByteBuffer.allocate(DecodedText.LONGEST_MARK);
    private int settledEdits;
    private byte[] held = new byte[2 * RowScan.AT_ONCE];
    private long heldFrom;
    private int heldLength;

    /** @param target is given the content as the edits leave it, as far as they are settled */
    EditLog(InputStream content, NewContent target) {
        this.content = content;
        this.target = target;
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
            startBefore.put(target, from, Math.min(read, startBefore.remaining()));
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

    /** Bytes that were read and may still be edited. */
    byte[] bytes(long from, long to) {
        return Arrays.copyOfRange(held, Math.toIntExact(from - heldFrom), Math.toIntExact(to - heldFrom));
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
    void settle(long to) throws IOException {
        long at = heldFrom;
        while (settledEdits < edits.size() && edits.get(settledEdits).to() <= to) {
            Edit edit = edits.get(settledEdits++);
            pass(at, edit.from());
            target.instead(edit.instead());
            note(edit.instead(), 0, edit.instead().length);
            at = edit.to();
        }
        long end = settledEdits < edits.size()
                ? Math.min(to, edits.get(settledEdits).from())
                : to;
        pass(at, end);
        int settled = Math.toIntExact(Math.max(at, end) - heldFrom);
        heldLength -= settled;
        System.arraycopy(held, settled, held, 0, heldLength);
        heldFrom += settled;
    }

    private void pass(long from, long to) throws IOException {
        if (to > from) {
            int at = Math.toIntExact(from - heldFrom);
            int length = Math.toIntExact(to - from);
            target.kept(from, held, at, length);
            note(held, at, length);
        }
    }

    private void note(byte[] bytes, int from, int length) {
        digest.update(bytes, from, length);
        startAfter.put(bytes, from, Math.min(length, startAfter.remaining()));
    }

    /**
     * To be called once, when the file has been read to its end.
     *
     * @throws UnreadableContentException if the file would begin with what tells its encoding, and does not now: all of it would be
     *     read in another way
     * @throws IOException from the target
     */
    FileEdits finish(long rows, long deleted, long masked) throws IOException {
        long length = length();
        settle(length);
        if (markLength(startBefore) != markLength(startAfter)) {
            throw new UnreadableContentException(
                    "without the rows that go, the file would begin with what looks like a byte order mark");
        }
        return new FileEdits(
                List.copyOf(edits),
                length,
                rows,
                deleted,
                masked,
                HexFormat.of().formatHex(digest.digest()));
    }

    private static int markLength(ByteBuffer start) {
        return DecodedText.markLength(Arrays.copyOf(start.array(), start.position()));
    }
}
