package io.themis.lake;

/** What is wrong with a Parquet file, in words that hold nothing of its rows. Unchecked, as it passes through decoders. */
final class ParquetDamageException extends RuntimeException {

    ParquetDamageException(String what) {
        super(what);
    }
}
