package io.themis.eventgrid;

/**
 * A delivery that is not what Event Grid sends. The message says what is wrong and where, and holds nothing of the
 * delivery itself. Answer 400: Event Grid would send the same again, and does not after a 400.
 */
public class MalformedEventException extends RuntimeException {

    MalformedEventException(String message) {
        super(message);
    }
}
