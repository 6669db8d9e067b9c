package io.themis.request;

/** No further attempt at a step can succeed: it parks at once, so that an operator sees it today. */
public class HopelessException extends RuntimeException {

    public HopelessException(String message) {
        super(message);
    }
}
