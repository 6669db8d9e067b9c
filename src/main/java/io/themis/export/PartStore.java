package io.themis.export;

import io.themis.request.Part;
import java.io.IOException;
import java.io.InputStream;

/** Where the staged parts are. Every part is opened up to three times: for its JSON Lines, its CSV and its pages. */
@FunctionalInterface
public interface PartStore {

    /** The part's JSON Lines from the first byte; the caller closes the stream. */
    InputStream open(Part part) throws IOException;
}
