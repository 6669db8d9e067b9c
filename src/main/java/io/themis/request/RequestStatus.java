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
    UNKNOWN_SUBJECT("unknown-subject");

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
        return this == DELIVERED || this == EXPIRED || this == UNKNOWN_SUBJECT;
    }

    static RequestStatus of(String label) {
        for (RequestStatus status : values()) {
            if (status.label.equals(label)) {
                return status;
            }
        }
        throw new IllegalArgumentException("no request status " + label);
    }
}
