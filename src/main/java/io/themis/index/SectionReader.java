package io.themis.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link SectionWriter} wrote. On anything else it throws a RuntimeException or gives other values. */
final class SectionReader {

    private final byte[] bytes;
    private final int end;
    private int at;

    SectionReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        at = from;
        end = to;
    }

    boolean hasMore() {
        return at < end;
    }

    long number() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    int smallNumber() {
        return Math.toIntExact(number());
    }

    long signed() {
        long folded = number();
        return folded >>> 1 ^ -(folded & 1);
    }

    String text() {
        return new String(bytes(smallNumber()), StandardCharsets.UTF_8);
    }

    byte[] bytes(int length) {
        byte[] copy = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return copy;
    }

    void skipNumbers(int count) {
        int left = count;
        while (left > 0) {
            if (bytes[at++] >= 0) {
                left--;
            }
        }
    }
}
