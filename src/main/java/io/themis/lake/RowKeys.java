package io.themis.lake;

/** Is told, while a file is scanned, where its rows are and which keys they hold: what an index is made of. */
public interface RowKeys {

    /**
     * A row begins.
     *
     * @param offset of its first byte in the file; each is greater than the one before
     */
    void row(long offset);

    /**
     * The row that began last holds a key. The same key may be told more than once.
     *
     * @param hash see {@link KeyHash}
     */
    void key(long hash);

    /** The rows can't be read from where they were told to be: their file is whole or nothing. */
    void withoutOffsets();
}
