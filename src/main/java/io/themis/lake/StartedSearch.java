package io.themis.lake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Function;

/** Waits for the first bytes of a file, which tell how to search it. */
final class StartedSearch extends RowSearch {

    /** As many as a byte order mark has at most. */
    static final int LENGTH = 3;

    private final Function<byte[], RowSearch> choice;
    private final ByteArrayOutputStream start = new ByteArrayOutputStream(LENGTH);
    private RowSearch search;

    /** @param choice is given the first bytes, fewer if the file has no more */
    StartedSearch(Function<byte[], RowSearch> choice) {
        this.choice = choice;
    }

    @Override
    public void write(byte[] chunk, int from, int length) throws IOException {
        int used = search == null ? Math.min(length, LENGTH - start.size()) : 0;
        start.write(chunk, from, used);
        if (search == null && start.size() == LENGTH) {
            begin();
        }
        if (length > used) {
            search.write(chunk, from + used, length - used);
        }
    }

    private void begin() throws IOException {
        search = choice.apply(start.toByteArray());
        search.write(start.toByteArray());
    }

    @Override
    public Searched finish() throws UnreadableFileException, IOException {
        if (search == null) {
            begin();
        }
        return search.finish();
    }

    @Override
    public void close() throws IOException {
        if (search != null) {
            search.close();
        }
    }
}
