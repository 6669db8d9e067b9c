package io.themis.erasure;

/** An entry of the ledger can't be opened; the message says what is missing, and nothing of the entry. */
public class LedgerException extends RuntimeException {

    LedgerException(String message) {
        super(message);
    }
}
