package io.themis.request;

import java.time.Duration;

/** A step waits for something else; it is tried again soon, and the attempt does not count. */
public class NotYetException extends RuntimeException {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final transient Duration wait;

    public NotYetException(String message) {
        this(message, SOON);
    }

    /** @param wait until it is tried again, unless it is started before */
    public NotYetException(String message, Duration wait) {
        super(message);
        this.wait = wait;
    }

    Duration waitFor() {
        return wait;
    }
}
