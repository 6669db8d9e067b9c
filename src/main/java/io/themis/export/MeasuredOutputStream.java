package io.themis.export;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Measures what passes: bytes, lines (LF), SHA-256. Closing it flushes the stream beneath but leaves it open, so that
 * writers can be closed on an entry of a zip, and the zip on a stream that the caller commits.
 */
final class MeasuredOutputStream extends FilterOutputStream {

    private final MessageDigest digest;
    private long bytes;
    private long lines;
    private byte last = '\n';

    MeasuredOutputStream(OutputStream out) {
        super(out);
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        out.write(buffer, offset, length);
        digest.update(buffer, offset, length);
        bytes += length;
        for (int i = offset; i < offset + length; i++) {
            if (buffer[i] == '\n') {
                lines++;
            }
        }
        last = buffer[offset + length - 1];
    }

    @Override
    public void close() throws IOException {
        flush();
    }

    long bytes() {
        return bytes;
    }

    long lines() {
        return lines;
    }

    /** False in the middle of a line. */
    boolean atLineStart() {
        return last == '\n';
    }

    /** To be asked once, at the end. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
