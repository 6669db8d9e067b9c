package io.themis.lake;

/**
 * Where quotes, delimiters and line ends are in a stretch of bytes: a bit for each byte, 64 of them in a number, the first byte's
 * lowest.
 */
abstract class CsvMasks {

    /** Bytes of a stretch at most. */
    static final int LENGTH = 8192;

    static CsvMasks of(byte quote, byte delimiter) {
        return Vectors.ARE_FAST ? new VectorCsvMasks(quote, delimiter) : new WordCsvMasks(quote, delimiter);
    }

    /** @param length {@value #LENGTH} at most; bits beyond it are zero */
    abstract void look(byte[] buffer, int from, int length);

    abstract long quotes(int block);

    abstract long delimiters(int block);

    abstract long lineEnds(int block);
}
