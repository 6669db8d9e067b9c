package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Seconds of a made-up clock, and bytes at each. */
class RecentRateTest {

    private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");

    private final RecentRate rate = new RecentRate(BEGIN, 500);

    @Test
    void inTheFirstSecondThereIsNone() {
        add(0.9, 90_500);
        assertThat(rate.perSecond()).isNull();
    }

    @Test
    void itIsWhatWasAddedByTheTimeThatItTook() {
        add(1, 1_500);
        assertThat(rate.perSecond()).isEqualTo(1_000);
        add(4, 8_500);
        assertThat(rate.perSecond()).isEqualTo(2_000);
    }

    @Test
    void onlyTheLastTenSecondsCount() {
        for (int second = 1; second <= 60; second++) {
            add(second, 500 + second * 1_000_000L);
        }
        for (int second = 61; second <= 70; second++) {
            add(second, 60_000_500 + (second - 60) * 10L);
        }
        assertThat(rate.perSecond()).isEqualTo(10);
    }

    @Test
    void whereNobodyLookedForLongerTheWholeTimeCounts() {
        add(20, 40_500);
        assertThat(rate.perSecond()).isEqualTo(2_000);
    }

    @Test
    void itGoesDownAsSoonAsNothingComes() {
        add(1, 9_500);
        add(3, 9_500);
        assertThat(rate.perSecond()).isEqualTo(3_000);
        assertThat(rate.isSilent()).isFalse();
    }

    @Test
    void afterTenSecondsWithoutAnythingThereIsNone() {
        for (int second = 1; second <= 12; second++) {
            add(second, second < 2 ? 500 : 9_500);
            assertThat(rate.isSilent()).as("second %d", second).isEqualTo(second == 12);
        }
        assertThat(rate.perSecond()).isNull();
    }

    @Test
    void theSlowestIsOneByteASecondAndNotNone() {
        add(9, 501);
        assertThat(rate.perSecond()).isEqualTo(1);
    }

    @Test
    void aClockThatIsSetBackGivesNone() {
        add(-5, 9_500);
        assertThat(rate.perSecond()).isNull();
    }

    private void add(double second, long total) {
        rate.add(BEGIN.plusMillis(Math.round(second * 1000)), total);
    }
}
