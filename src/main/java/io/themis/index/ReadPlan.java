package io.themis.index;

import io.themis.lake.ByteRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How to get at ranges of a file in the least time. */
final class ReadPlan {

    /**
     * To ask a store for bytes takes as long as to receive, and scan, this many: 10 to 20 milliseconds in a data centre at
     * 50 to 100 MB/s.
     */
    private static final long A_READ = 1L << 20;

    private ReadPlan() {}

    /**
     * Near ranges are read together with what is between them, and the whole file if that is cheaper.
     *
     * @param ranges whole rows, in any order; they may overlap
     */
    static FileAnswer of(List<ByteRange> ranges, long rowsBegin, long fileLength) {
        if (ranges.isEmpty()) {
            return new FileAnswer.Nowhere();
        }
        List<ByteRange> withHeader = new ArrayList<>(ranges);
        if (rowsBegin > 0) {
            withHeader.add(new ByteRange(0, rowsBegin));
        }
        return cost(together(withHeader)) < A_READ + fileLength
                ? new FileAnswer.Within(rowsBegin, together(ranges))
                : new FileAnswer.Anywhere();
    }

    private static List<ByteRange> together(List<ByteRange> ranges) {
        List<ByteRange> reads = new ArrayList<>();
        ByteRange last = null;
        for (ByteRange range : ranges.stream()
                .sorted(Comparator.comparingLong(ByteRange::from))
                .toList()) {
            if (last != null && areNear(last, range)) {
                last = new ByteRange(last.from(), Math.max(last.to(), range.to()));
                reads.set(reads.size() - 1, last);
            } else {
                last = range;
                reads.add(range);
            }
        }
        return List.copyOf(reads);
    }

    private static long cost(List<ByteRange> reads) {
        return reads.size() * A_READ
                + reads.stream().mapToLong(ByteRange::length).sum();
    }

    static boolean areNear(ByteRange before, ByteRange after) {
        return after.from() - before.to() < A_READ;
    }
}
