package io.themis.export;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A file of the package that is still to be written.
 *
 * @param atMost bytes that its content can't exceed
 * @param mediaType for the manifest; null for a file that the manifest does not list
 * @param rows records of a data file; null for other files
 */
record PlannedFile(String path, long atMost, String mediaType, Long rows, PackageZip.Body body) {

    /** A file that is made of what is in memory: writing it once to nowhere tells how long it is. */
    static PlannedFile made(String path, String mediaType, PackageZip.Body body) throws IOException {
        MeasuredOutputStream nowhere = new MeasuredOutputStream(OutputStream.nullOutputStream());
        body.writeTo(nowhere);
        return new PlannedFile(path, nowhere.bytes(), mediaType, null, body);
    }

    boolean isListed() {
        return mediaType != null;
    }
}
