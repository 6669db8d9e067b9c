package io.themis.lake;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where quotes, delimiters and line ends are in a stretch of bytes: a bit for each byte, 64 of them in a number, the first byte's
 * lowest. The loops are written for the JIT compiler as those of {@link Sieve} are.
 */
final class CsvMasks {

    /** Bytes of a stretch at most. */
    static final int LENGTH = 8192;

    private static final long LOWS = 0x7F7F7F7F7F7F7F7FL;
    /** Brings the lowest bits of eight bytes together in the highest byte, the first byte's lowest. */
    private static final long GATHER = 0x0102040810204080L;

    private final long[] words = new long[LENGTH / Long.BYTES];
    private final long[] bits = new long[LENGTH / Long.BYTES];
    private final long[] quotes = new long[LENGTH / Long.SIZE];
    private final long[] delimiters = new long[LENGTH / Long.SIZE];
    private final long[] lineEnds = new long[LENGTH / Long.SIZE];
    private final long quote;
    private final long delimiter;
    private final long lineFeed = Words.repeat((byte) '\n');
    private final long carriageReturn = Words.repeat((byte) '\r');

    CsvMasks(byte quote, byte delimiter) {
        this.quote = Words.repeat(quote);
        this.delimiter = Words.repeat(delimiter);
    }

    /** @param length {@value #LENGTH} at most; bits beyond it are zero */
    void look(byte[] buffer, int from, int length) {
        int whole = length / Long.BYTES;
        ByteBuffer.wrap(buffer, from, length)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(words, 0, whole);
        int count = (length + Long.SIZE - 1) / Long.SIZE * Byte.SIZE;
        for (int i = whole; i < count; i++) {
            words[i] = 0;
        }
        for (int i = whole * Long.BYTES; i < length; i++) {
            words[whole] |= (buffer[from + i] & 0xFFL) << Byte.SIZE * (i % Long.BYTES);
        }
        gather(words, bits, quote, quote, count);
        join(bits, quotes, count);
        gather(words, bits, delimiter, delimiter, count);
        join(bits, delimiters, count);
        gather(words, bits, lineFeed, carriageReturn, count);
        join(bits, lineEnds, count);
    }

    private static void gather(long[] words, long[] bits, long one, long other, int count) {
        for (int i = 0; i < count; i++) {
            long unlike = words[i] ^ one;
            long unlikeOther = words[i] ^ other;
            long differs = ((unlike & LOWS) + LOWS | unlike) & ((unlikeOther & LOWS) + LOWS | unlikeOther);
            bits[i] = ((~differs & Words.HIGHS) >>> 7) * GATHER >>> 56;
        }
    }

    private static void join(long[] bits, long[] masks, int count) {
        for (int i = 0, j = 0; j < count; i++, j += 8) {
            masks[i] = bits[j]
                    | bits[j + 1] << 8
                    | bits[j + 2] << 16
                    | bits[j + 3] << 24
                    | bits[j + 4] << 32
                    | bits[j + 5] << 40
                    | bits[j + 6] << 48
                    | bits[j + 7] << 56;
        }
    }

    long quotes(int block) {
        return quotes[block];
    }

    long delimiters(int block) {
        return delimiters[block];
    }

    long lineEnds(int block) {
        return lineEnds[block];
    }
}
