package io.themis.lake;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The search of one lake file: takes the file's bytes as they arrive and hands on the rows of the person. One class a
 * format. For one file and one thread at a time.
 */
public abstract class RowSearch extends OutputStream {

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public abstract void write(byte[] chunk, int from, int length) throws IOException;

    /**
     * Ends the search; to be called once, after the last byte.
     *
     * @throws UnreadableFileException if the file could not be read to its end
     * @throws IOException from the sink only
     */
    public abstract Searched finish() throws UnreadableFileException, IOException;
}
