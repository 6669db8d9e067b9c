package io.themis.request;

/** Where a request stands. */
public enum RequestStatus {
    RECEIVED("received"),
    GATHERING("gathering"),
    PACKAGING("packaging"),
    ANNOUNCING("announcing"),
    /** The link ended and its mail never went out; open, because nobody has been answered. */
    UNDELIVERED("undelivered"),
    DELIVERED("delivered"),
    EXPIRED("expired"),
    UNKNOWN_SUBJECT("unknown-subject"),
    /** An erasure is counted; nothing has been touched. */
    PLANNING("planning"),
    AWAITING_APPROVAL("awaiting-approval"),
    ERASING("erasing"),
    VERIFYING("verifying"),
    DONE("done"),
    /** Something that had to go is still there, or could not be looked for; open, because somebody has to see to it. */
    INCOMPLETE("incomplete"),
    /** A privacy officer declined the erasure and gave a reason (Art. 12(4)). */
    REFUSED("refused"),
    /** The person no longer wanted the erasure, before anything was touched. */
    WITHDRAWN("withdrawn");

    private final String label;

    RequestStatus(String label) {
        this.label = label;
    }

    /** As the REST contract and the database write it. */
    public String label() {
        return label;
    }

    /** Whether the request has come to its end. */
    public boolean isClosed() {
        return switch (this) {
            case DELIVERED, EXPIRED, UNKNOWN_SUBJECT, DONE, REFUSED, WITHDRAWN -> true;
            default -> false;
        };
    }

    /** Whether Themis itself is doing something for it that can be watched. */
    public boolean isWorking() {
        return switch (this) {
            case RECEIVED, GATHERING, PACKAGING, ANNOUNCING, PLANNING, ERASING, VERIFYING -> true;
            default -> false;
        };
    }

    /** @throws IllegalArgumentException if none has this label */
    public static RequestStatus of(String label) {
        for (RequestStatus status : values()) {
            if (status.label.equals(label)) {
                return status;
            }
        }
        throw new IllegalArgumentException("no request status " + label);
    }
}
