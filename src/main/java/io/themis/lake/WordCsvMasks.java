package io.themis.lake;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Looks at eight bytes at once, as one number. The loops are written for the JIT compiler as those of {@link WordSieve} are. */
final class WordCsvMasks extends CsvMasks {

    private static final long LOWS = 0x7F7F7F7F7F7F7F7FL;

    private final long[] words = new long[LENGTH / Long.BYTES];
    private final long[] quotes = new long[LENGTH / Long.BYTES];
    private final long[] delimiters = new long[LENGTH / Long.BYTES];
    private final long[] lineEnds = new long[LENGTH / Long.BYTES];
    private final long quote;
    private final long delimiter;
    private final long lineFeed = Words.repeat((byte) '\n');
    private final long carriageReturn = Words.repeat((byte) '\r');

    WordCsvMasks(byte quote, byte delimiter) {
        this.quote = Words.repeat(quote);
        this.delimiter = Words.repeat(delimiter);
    }

    @Override
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
        gather(words, quotes, quote, quote, count);
        gather(words, delimiters, delimiter, delimiter, count);
        gather(words, lineEnds, lineFeed, carriageReturn, count);
    }

    private static void gather(long[] words, long[] bits, long one, long other, int count) {
        for (int i = 0; i < count; i++) {
            long unlike = words[i] ^ one;
            long unlikeOther = words[i] ^ other;
            long differs = ((unlike & LOWS) + LOWS | unlike) & ((unlikeOther & LOWS) + LOWS | unlikeOther);
            bits[i] = Words.gather(~differs);
        }
    }

    private static long join(long[] bits, int block) {
        int i = block * Byte.SIZE;
        return bits[i]
                | bits[i + 1] << 8
                | bits[i + 2] << 16
                | bits[i + 3] << 24
                | bits[i + 4] << 32
                | bits[i + 5] << 40
                | bits[i + 6] << 48
                | bits[i + 7] << 56;
    }

    @Override
    long quotes(int block) {
        return join(quotes, block);
    }

    @Override
    long delimiters(int block) {
        return join(delimiters, block);
    }

    @Override
    long lineEnds(int block) {
        return join(lineEnds, block);
    }
}
