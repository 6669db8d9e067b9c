package io.themis.enrichment;

import java.io.IOException;

/** Another engine has failed, and would have for anybody: it is away, does not find the lake, takes too long, or is stopped. */
public class EngineFailedException extends IOException {

    /** @param message without personal data */
    public EngineFailedException(String message) {
        super(message);
    }
}
