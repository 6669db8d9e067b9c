package io.themis.enrichment;

import java.io.IOException;

/** A lake file that was read for several people could not be read to its end; each has to read it alone. */
public class SharedReadingException extends IOException {

    SharedReadingException() {
        super("a lake file that was read for several people is unreadable for one of them");
    }
}
