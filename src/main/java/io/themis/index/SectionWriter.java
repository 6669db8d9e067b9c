package io.themis.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds a part of a run in memory: numbers of variable length, seven bits a byte, the lowest first. */
final class SectionWriter {

    private byte[] bytes = new byte[1024];
    private int length;

    int length() {
        return length;
    }

    void number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** Short if it is near 0, whatever its sign. */
    void signed(long value) {
        number(value << 1 ^ value >> 63);
    }

    void text(String value) {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        number(encoded.length);
        bytes(encoded);
    }

    void bytes(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /** What was written, and begins anew. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, length);
        length = 0;
        return taken;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
        }
    }
}
