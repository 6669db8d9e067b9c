package io.themis.export;

import java.io.IOException;

/** A package does not hold what its manifest or its checksums say; the message names the file. */
public class PackageDamagedException extends IOException {

    private static final long serialVersionUID = 1L;

    PackageDamagedException(String file, String problem) {
        super("The package is damaged: " + file + " " + problem);
    }
}
