package io.themis.index;

import java.io.IOException;

/** A run that is cut off, altered, of another version of the format, or of something else altogether. */
final class DamagedRunException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String run;

    DamagedRunException(String run, String what) {
        this(run, what, null);
    }

    DamagedRunException(String run, String what, Throwable cause) {
        super(run + ": " + what, cause);
        this.run = run;
    }

    /** Where it is stored. */
    String run() {
        return run;
    }
}
