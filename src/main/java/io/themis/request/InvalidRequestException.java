package io.themis.request;

/** What was sent is not a data subject request. The message says what is wrong and never repeats a value. */
public class InvalidRequestException extends RuntimeException {

    private final String pointer;

    /** @param pointer JSON Pointer (RFC 6901) to the part that is wrong; empty for the whole body */
    public InvalidRequestException(String pointer, String detail) {
        super(detail);
        this.pointer = pointer;
    }

    public String pointer() {
        return pointer;
    }
}
