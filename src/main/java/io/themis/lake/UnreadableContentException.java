package io.themis.lake;

import java.io.IOException;

/**
 * What a reader throws at the place where a file turns out not to be what the data map says; {@link RowFormat} makes an
 * {@link UnreadableFileException} of it. The message holds no content of the file.
 */
final class UnreadableContentException extends IOException {

    UnreadableContentException(String message) {
        super(message);
    }
}
