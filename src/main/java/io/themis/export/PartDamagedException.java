package io.themis.export;

import io.themis.request.Part;
import java.io.IOException;

/** A staged part does not hold what was recorded of it. Trying again does not help; gathering the dataset again does. */
public class PartDamagedException extends IOException {

    private static final long serialVersionUID = 1L;

    PartDamagedException(Part part, String problem) {
        super("Staged part " + part.name() + " is damaged: " + problem);
    }
}
