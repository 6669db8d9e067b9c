package io.themis.request;

/** Where a request stands. A request is closed in the last three. */
public enum RequestStatus {
    RECEIVED("received"),
    GATHERING("gathering"),
    PACKAGING("packaging"),
    ANNOUNCING("announcing"),
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

    static RequestStatus of(String label) {
        for (RequestStatus status : values()) {
            if (status.label.equals(label)) {
                return status;
            }
        }
        throw new IllegalArgumentException("no request status " + label);
    }
}
