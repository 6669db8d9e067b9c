package io.themis.request;

/** What a person asks for. */
public enum RequestType {
    /** A copy of all personal data: GDPR Art. 15 and 20. */
    ACCESS("access"),
    /** The right to be forgotten: GDPR Art. 17. */
    ERASURE("erasure");

    private final String label;

    RequestType(String label) {
        this.label = label;
    }

    /** As the REST contract and the database write it. */
    public String label() {
        return label;
    }

    static RequestType of(String label) {
        for (RequestType type : values()) {
            if (type.label.equals(label)) {
                return type;
            }
        }
        throw new IllegalArgumentException("no request type " + label);
    }
}
