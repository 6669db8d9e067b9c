package io.themis.lake;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Searches some ranges of a file, which are known to have all of its rows that can be found. Several reads are under way at the same
 * time; memory: {@value #AT_ONCE} of {@value #LARGEST_READ} bytes at most.
 */
public final class ExcerptSearch {

    private static final int AT_ONCE = 8;
    private static final int LARGEST_READ = 2 << 20;

    private final RowSearch search;
    private final Optional<byte[]> head;
    private final long rowsBegin;
    private final List<ByteRange> ranges;

    /**
     * @param rowsBegin where the first row begins; what is before it is read too, if rows can't be read without it
     * @param ranges of whole rows, in the order of the file
     */
    public ExcerptSearch(RowFormat format, RowMatch match, RowSink sink, long rowsBegin, List<ByteRange> ranges) {
        head = format.anyHead();
        search = format.excerpt(
                match, sink, head.map(bytes -> (long) bytes.length).orElse(rowsBegin));
        this.rowsBegin = rowsBegin;
        this.ranges = ranges;
    }

    /**
     * @throws UnreadableFileException if the ranges are not of whole rows, or of another file
     * @throws IOException from the sink; the store's own exceptions come through too
     */
    public Searched search(FileRanges file) throws UnreadableFileException, IOException {
        Deque<CompletableFuture<byte[]>> ahead = new ArrayDeque<>();
        try {
            if (head.isPresent()) {
                search.write(head.get());
            } else {
                read(file, new ByteRange(0, rowsBegin), ahead);
            }
            for (ByteRange range : ranges) {
                read(file, range, ahead);
            }
            while (!ahead.isEmpty()) {
                take(ahead);
            }
            Searched found = search.finish();
            return new Searched(file.length(), found.rows(), found.matched());
        } finally {
            ahead.forEach(read -> read.cancel(true));
            search.close();
        }
    }

    private void read(FileRanges file, ByteRange range, Deque<CompletableFuture<byte[]>> ahead) throws IOException {
        for (long from = range.from(); from < range.to(); from += LARGEST_READ) {
            if (ahead.size() == AT_ONCE) {
                take(ahead);
            }
            ahead.add(file.read(from, (int) Math.min(LARGEST_READ, range.to() - from)));
        }
    }

    private void take(Deque<CompletableFuture<byte[]>> ahead) throws IOException {
        search.write(AwaitedRead.bytes(ahead.remove()));
    }
}
