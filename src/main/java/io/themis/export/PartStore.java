package io.themis.export;

import java.io.IOException;
import java.io.InputStream;

/** Where the staged parts and files are. Every part is opened several times: for its JSON Lines, its CSV and its pages. */
@FunctionalInterface
public interface PartStore {

    /** What is staged under that name, from the first byte; the caller closes the stream. */
    InputStream open(String name) throws IOException;
}
