package io.themis.export;

import java.io.IOException;
import java.io.OutputStream;

/** Where the zips of a package go. */
@FunctionalInterface
public interface VolumeStore {

    /**
     * @param name see {@link io.themis.request.Volume#name}; an earlier zip of that name is replaced
     * @return where the zip's bytes go; closing it says that the zip is whole, so only what is gets closed
     */
    OutputStream create(String name) throws IOException;
}
