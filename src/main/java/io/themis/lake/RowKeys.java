package io.themis.lake;

/** Is told, while a file is scanned, where its rows begin and which keys each holds. */
public interface RowKeys {

    /**
     * A row begins.
     *
     * @param offset its first byte in the file, counted from 0; larger than that of the row before
     */
    void row(long offset);

    /** The row that began last holds this key. */
    void key(long hash);
}
