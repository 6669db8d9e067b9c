package io.themis.lake;

import java.io.IOException;
import java.io.OutputStream;

/** Takes the content of a file as its edits leave it, from its start to its end, while the file is still being read. */
public interface NewContent {

    /**
     * Bytes that stay as they are. Only {@link #instead} comes between bytes that were not next to each other.
     *
     * @param offset of the first one in the old content
     */
    void kept(long offset, byte[] bytes, int from, int length) throws IOException;

    /** @param bytes that come in the place of others; none, if those are only to go */
    void instead(byte[] bytes) throws IOException;

    /** All of it is written, wherever it comes from. */
    static NewContent writtenTo(OutputStream target) {
        return new NewContent() {
            @Override
            public void kept(long offset, byte[] bytes, int from, int length) throws IOException {
                target.write(bytes, from, length);
            }

            @Override
            public void instead(byte[] bytes) throws IOException {
                target.write(bytes);
            }
        };
    }
}
