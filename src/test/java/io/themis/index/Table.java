package io.themis.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.lake.ByteRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The rows of a lake file, as a list that can be searched row by row. */
record Table(FileVersion file, boolean isRanged, List<Row> rows) {

    /** @param end the byte after it */
    record Row(long from, long end, Set<Long> keys) {}

    /** Rows of very different lengths, after a header or not. */
    static Table random(Random random, String name, int version, List<Long> keys) {
        int count = random.nextInt(10) == 0 ? 0 : random.nextInt(120);
        int longest = random.nextBoolean() ? 300 : random.nextBoolean() ? 9_000 : 200_000;
        long at = random.nextBoolean() ? 0 : random.nextInt(500);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long end = at + 1 + random.nextInt(longest);
            Map<Long, Boolean> held = new HashMap<>();
            for (int k = random.nextInt(4); k > 0; k--) {
                held.put(keys.get(random.nextInt(keys.size())), true);
            }
            rows.add(new Row(at, end, Set.copyOf(held.keySet())));
            at = end;
        }
        boolean isRanged = random.nextInt(5) > 0;
        long length = isRanged ? at + (count == 0 ? random.nextInt(50) : 0) : at / 3 + 20;
        return new Table(new FileVersion(name, "\"0x" + version + "\"", length), isRanged, rows);
    }

    /** Tells of its first rows, as a scan does that breaks off or not. */
    void scan(SegmentBuilder builder, int count) {
        for (Row row : rows.subList(0, count)) {
            builder.row(row.from());
            row.keys().forEach(builder::key);
        }
    }

    /** That no row is lost by it, and that it says no more than it can know. */
    void check(FileAnswer answer, Set<Long> asked) {
        List<Row> expected = rows.stream()
                .filter(row -> row.keys().stream().anyMatch(asked::contains))
                .toList();
        if (expected.isEmpty()) {
            assertThat(answer).isEqualTo(new FileAnswer.Nowhere());
        } else if (answer instanceof FileAnswer.Within within) {
            assertThat(isRanged).isTrue();
            assertThat(within.rowsBegin()).isEqualTo(rows.get(0).from());
            checkRanges(within.ranges(), expected);
        } else {
            assertThat(answer).isEqualTo(new FileAnswer.Anywhere());
        }
    }

    private void checkRanges(List<ByteRange> ranges, List<Row> expected) {
        Set<Long> begins = new HashSet<>();
        Set<Long> ends = new HashSet<>(Set.of(file.length()));
        rows.forEach(row -> {
            begins.add(row.from());
            ends.add(row.end());
        });
        long last = -1;
        for (ByteRange range : ranges) {
            assertThat(range.from()).isGreaterThan(last).isIn(begins);
            assertThat(range.to()).isGreaterThan(range.from()).isIn(ends);
            assertThat(expected).anyMatch(row -> range.from() <= row.from() && row.end() <= range.to());
            last = range.to();
        }
        assertThat(expected)
                .allMatch(row ->
                        ranges.stream().anyMatch(range -> range.from() <= row.from() && row.end() <= range.to()));
    }
}
