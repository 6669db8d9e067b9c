package io.themis.export;

import io.themis.request.HopelessException;
import io.themis.request.Part;

/** A staged part does not hold what was recorded of it. Only gathering it again helps. */
public class PartDamagedException extends HopelessException {

    private static final long serialVersionUID = 1L;

    public PartDamagedException(Part part, String problem) {
        super("Staged part %s is damaged: %s; restart the request".formatted(part.name(), problem));
    }
}
