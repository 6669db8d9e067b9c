package io.themis.rest;

/** The caller has not shown who it is. */
public class UnauthorizedException extends RuntimeException {

    public UnauthorizedException(String message) {
        super(message);
    }
}
