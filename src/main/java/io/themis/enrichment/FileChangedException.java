package io.themis.enrichment;

import java.io.IOException;

/** A lake file is no longer what it was when it was listed, or not what an index said of it. */
public class FileChangedException extends IOException {

    FileChangedException() {
        super("a lake file changed while it was searched");
    }
}
