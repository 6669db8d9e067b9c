package io.themis.lake;

/** What is wrong with a Parquet file, in words that hold nothing of its rows. Unchecked, as it passes through decoders. */
final class ParquetDamageException extends RuntimeException {

    ParquetDamageException(String what) {
        super(what);
    }

    /** What a decoder failed with, in our own words: its own quote the file. */
    static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ParquetDamageException) {
                return cause.getMessage();
            }
        }
        return "the file is damaged";
    }
}
