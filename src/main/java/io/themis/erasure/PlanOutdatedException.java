package io.themis.erasure;

/** There are other rows of the person than those whose erasure was approved. */
public class PlanOutdatedException extends RuntimeException {

    PlanOutdatedException(String message) {
        super(message);
    }
}
