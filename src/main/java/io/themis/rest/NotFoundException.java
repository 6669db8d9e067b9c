package io.themis.rest;

/** There is no such thing; the message names the kind of thing and never the value asked for. */
public class NotFoundException extends RuntimeException {

    public NotFoundException(String message) {
        super(message);
    }
}
