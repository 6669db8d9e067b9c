package io.themis.index;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where the index is kept. It holds personal keys, if only as hashes: whoever may not read the lake may not read it.
 *
 * <p>Every failure of the store is an {@link IOException}.
 */
public interface IndexStore {

    /**
     * What is stored.
     *
     * @param size in bytes
     */
    record Stored(String name, long size) {}

    /** Writes what is to be stored. */
    @FunctionalInterface
    interface Content {

        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Stores all of the content, or nothing if it throws. Nobody sees a part of it, and it is there for everybody when this
     * returns.
     *
     * @param name segments of letters, digits, {@code .}, {@code _} and {@code -}, separated by {@code /}
     */
    void put(String name, Content content) throws IOException;

    /**
     * Begins to read; several reads go on at the same time, if the store can.
     *
     * @return these bytes, fewer if what is stored ends before; fails with {@link java.nio.file.NoSuchFileException} if
     *     nothing is stored under the name
     */
    CompletableFuture<byte[]> read(String name, long from, int length);

    /** All whose name begins so; what was put or deleted before is seen. */
    List<Stored> list(String prefix) throws IOException;

    /** Does nothing if it is not there. */
    void delete(String name) throws IOException;
}
