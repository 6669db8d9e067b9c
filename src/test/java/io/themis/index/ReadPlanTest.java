package io.themis.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.lake.ByteRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadPlanTest {

    private static final long MIB = 1 << 20;

    @Test
    void rangesThatAreNearAreReadTogether() {
        assertThat(plan(
                        1_000 * MIB,
                        new ByteRange(100 * MIB, 100 * MIB + 10),
                        new ByteRange(50, 60),
                        new ByteRange(55, 70),
                        new ByteRange(MIB, MIB + 5)))
                .isEqualTo(new FileAnswer.Within(
                        7, List.of(new ByteRange(50, MIB + 5), new ByteRange(100 * MIB, 100 * MIB + 10))));
    }

    @Test
    void nothingIsNowhere() {
        assertThat(plan(0)).isEqualTo(new FileAnswer.Nowhere());
    }

    @Test
    void aSmallFileIsReadAsAWholeOnlyIfThatIsLess() {
        assertThat(plan(100, new ByteRange(0, 99))).isInstanceOf(FileAnswer.Within.class);
        assertThat(plan(100, new ByteRange(0, 100))).isEqualTo(new FileAnswer.Anywhere());
    }

    @Test
    void aPersonWithVeryManyRowsGetsAScan() {
        List<ByteRange> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(new ByteRange(10 * MIB * i, 10 * MIB * i + 16_000));
        }
        assertThat(ReadPlan.of(rows, 0, 1_000 * MIB)).isInstanceOf(FileAnswer.Within.class);
        assertThat(ReadPlan.of(rows, 0, 99 * 10 * MIB + 16_000)).isInstanceOf(FileAnswer.Within.class);
        List<ByteRange> closer = rows.stream()
                .map(range -> new ByteRange(range.from() / 5, range.from() / 5 + MIB))
                .toList();
        assertThat(ReadPlan.of(closer, 0, 199 * MIB)).isEqualTo(new FileAnswer.Anywhere());
    }

    @Test
    void theHeaderIsReadToo() {
        List<ByteRange> row = List.of(new ByteRange(2 * MIB, 2 * MIB + 1000));
        assertThat(ReadPlan.of(row, 0, 2 * MIB + 1000)).isInstanceOf(FileAnswer.Within.class);
        assertThat(ReadPlan.of(row, MIB, 2 * MIB + 1000)).isEqualTo(new FileAnswer.Anywhere());
    }

    private static FileAnswer plan(long fileLength, ByteRange... ranges) {
        return ReadPlan.of(List.of(ranges), 7, fileLength);
    }
}
