package io.themis.request;

import java.time.Instant;
import java.util.UUID;

/**
 * How far the search of one lake dataset has come for one request. A file that has been dealt with counts whole, whether it
 * was read, could be left out or could not be had.
 *
 * @param run of the request
 * @param begunAt when this search began; a dataset that is asked again has another
 * @param files to deal with, as far as they are known
 * @param bytes of these files
 * @param bytesPerSecond done in the recent past; null if that is not known, or none were
 * @param notedAt when it was like this
 */
public record SearchProgress(
        UUID requestId,
        int run,
        String dataset,
        Instant begunAt,
        long files,
        long filesDone,
        long bytes,
        long bytesDone,
        Long bytesPerSecond,
        Instant notedAt) {

    boolean isDone() {
        return filesDone == files && bytesDone == bytes;
    }
}
