package io.themis.spark;

import io.themis.enrichment.LakeJob.Source;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * How Spark names the lake's files.
 *
 * @param lake what stands before each name
 */
record SparkFiles(URI lake) {

    /** Whether Spark takes the name for one file, and for that: to Hadoop some characters stand for others. */
    static boolean isPlain(String name) {
        return name.chars().noneMatch(c -> "{}[]*?\\".indexOf(c) >= 0)
                && !("/" + name + "/").matches("(?s).*/\\.{0,2}/.*");
    }

    /** As Spark is told it. */
    String path(Source file) {
        return lake.getScheme() + ":" + (lake.getRawAuthority() == null ? "" : "//" + lake.getRawAuthority()) + lake.getPath()
                + file.name();
    }

    /** As Spark tells it of a row. */
    String pathOfRow(Source file) {
        try {
            return new URI(lake.getScheme(), lake.getRawAuthority(), lake.getPath() + file.name(), null, null).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("a file's name makes no URI", e);
        }
    }

    /** Whether a path is the file's, however Spark has written it. */
    boolean isOf(Source file, String path) {
        return path.endsWith("/" + file.name()) || path.equals(pathOfRow(file)) || path.endsWith(pathOfRow(file).replaceFirst("^[a-z0-9]+:/*", "/"));
    }
}
