package io.themis.request;

/** A caller used one Idempotency-Key for two different requests. */
public class IdempotencyKeyReusedException extends RuntimeException {

    public IdempotencyKeyReusedException() {
        super("this Idempotency-Key already names another request; use a new key");
    }
}
