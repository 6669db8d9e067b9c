package io.themis.export;

import io.themis.request.HopelessException;

/** A staged part does not hold what was recorded of it. Only gathering it again helps. */
public class PartDamagedException extends HopelessException {

    private static final long serialVersionUID = 1L;

    /** @param part its name in the staging store */
    public PartDamagedException(String part, String problem) {
        super("Staged part %s is damaged: %s; restart the request".formatted(part, problem));
    }
}
