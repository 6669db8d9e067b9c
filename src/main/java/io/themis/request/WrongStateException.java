package io.themis.request;

/** The request is not in a state in which this can be done; the message says why, for whoever asked. */
public class WrongStateException extends RuntimeException {

    public WrongStateException(String message) {
        super(message);
    }
}
