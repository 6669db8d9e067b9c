package io.themis.lake;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorSpecies;

/** Looks at as many bytes at once as the machine compares by one instruction: 16, 32 or 64. */
final class VectorCsvMasks extends CsvMasks {

    private static final VectorSpecies<Byte> SPECIES = ByteVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private final long[] quotes = new long[LENGTH / Long.SIZE];
    private final long[] delimiters = new long[LENGTH / Long.SIZE];
    private final long[] lineEnds = new long[LENGTH / Long.SIZE];
    // The bytes after the last block that is whole
    private final byte[] rest = new byte[Long.SIZE];
    private final byte quote;
    private final byte delimiter;

    VectorCsvMasks(byte quote, byte delimiter) {
        this.quote = quote;
        this.delimiter = delimiter;
    }

    @Override
    void look(byte[] buffer, int from, int length) {
        int blocks = length / Long.SIZE;
        mark(buffer, from, 0, blocks);
        int left = length - blocks * Long.SIZE;
        if (left > 0) {
            System.arraycopy(buffer, from + length - left, rest, 0, left);
            Arrays.fill(rest, left, rest.length, (byte) 0);
            mark(rest, 0, blocks, 1);
        }
    }

    private void mark(byte[] buffer, int from, int firstBlock, int blocks) {
        mark(buffer, from, firstBlock, blocks, quote, delimiter, quotes, delimiters, lineEnds);
    }

    private static void mark(
            byte[] buffer,
            int from,
            int firstBlock,
            int blocks,
            byte quote,
            byte delimiter,
            long[] quotes,
            long[] delimiters,
            long[] lineEnds) {
        for (int i = 0; i < blocks; i++) {
            long quoteHits = 0;
            long delimiterHits = 0;
            long lineEndHits = 0;
            for (int lane = 0; lane < Long.SIZE; lane += LANES) {
                ByteVector vector = ByteVector.fromArray(SPECIES, buffer, from + i * Long.SIZE + lane);
                quoteHits |= vector.eq(quote).toLong() << lane;
                delimiterHits |= vector.eq(delimiter).toLong() << lane;
                lineEndHits |= vector.eq((byte) '\n').or(vector.eq((byte) '\r')).toLong() << lane;
            }
            quotes[firstBlock + i] = quoteHits;
            delimiters[firstBlock + i] = delimiterHits;
            lineEnds[firstBlock + i] = lineEndHits;
        }
    }

    @Override
    long quotes(int block) {
        return quotes[block];
    }

    @Override
    long delimiters(int block) {
        return delimiters[block];
    }

    @Override
    long lineEnds(int block) {
        return lineEnds[block];
    }
}
