package io.themis.enrichment;

import java.io.OutputStream;

/** Takes the rows and files found, as parts of a package to be. */
@FunctionalInterface
public interface PartSink {

    /**
     * @param name the same in every attempt; an earlier part of that name is replaced
     * @return where the part's bytes go; closing it says that the part is whole, so close only what is
     */
    OutputStream create(String name);

    /** Bytes from which on a part takes no further row; no end, if not said. */
    default long fullAt() {
        return Long.MAX_VALUE;
    }
}
