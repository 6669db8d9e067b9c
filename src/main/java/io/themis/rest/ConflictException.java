package io.themis.rest;

/** The thing is not in a state in which this can be done. */
public class ConflictException extends RuntimeException {

    public ConflictException(String message) {
        super(message);
    }
}
