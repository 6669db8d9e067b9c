package io.themis.enrichment;

import java.io.OutputStream;

/** Takes the rows of possible homonyms, apart from all that goes into a package. */
@FunctionalInterface
public interface HomonymSink {

    /**
     * @param name the same in every attempt; an earlier list of that name is replaced
     * @return where the list's bytes go; closing it says that the list is whole, so close only what is
     */
    OutputStream create(String name);
}
