package io.themis.erasure;

/** A file of the lake is as it was, and why. The message is a sentence for operators, without personal data. */
final class FileNotReplacedException extends Exception {

    private final Reason reason;

    enum Reason {
        /** Somebody has written it meanwhile: it is to be read again. */
        CHANGED("the file was changed meanwhile"),
        /** Blocks of somebody who writes still, or who ended in the middle: the store drops them a week after the last one. */
        HALF_WRITTEN("another writer has sent a part of the file and not ended"),
        GONE("the file is gone"),
        /** Somebody holds a lease, and nobody else may write. */
        LEASED("another writer holds a lease on the file"),
        /** By a policy of the store, a legal hold, its tier or the rights of this application. */
        REFUSED("the store does not let the file be changed"),
        NO_ROOM("the store has no room left");

        private final String sentence;

        Reason(String sentence) {
            this.sentence = sentence;
        }
    }

    /** @param code the store's own word for it */
    FileNotReplacedException(Reason reason, String code) {
        super("%s (%s)".formatted(reason.sentence, code));
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
