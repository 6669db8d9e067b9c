package io.themis.request;

/** A step waits for something else; it is tried again soon, and the attempt does not count. */
public class NotYetException extends RuntimeException {

    public NotYetException(String message) {
        super(message);
    }
}
