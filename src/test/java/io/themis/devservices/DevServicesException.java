package io.themis.devservices;

/** A part does not start, or what it should be filled with is wrong. The message says what to do. */
public class DevServicesException extends RuntimeException {

    DevServicesException(String message) {
        super(message);
    }

    DevServicesException(String message, Throwable cause) {
        super(message, cause);
    }
}
