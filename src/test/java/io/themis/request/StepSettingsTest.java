package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepSettingsTest {

    private final StepSettings settings = new StepSettings(20, Duration.ofSeconds(5), Duration.ofHours(1));

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "4, 40", "10, 2560", "11, 3600", "12, 3600", "20, 3600", "5000, 3600"})
    void theDelayDoublesUpToItsLimitGiveOrTakeAFifth(int failures, long seconds) {
        long millis = seconds * 1_000;

        assertThat(settings.delayAfter(failures, 0)).isEqualTo(Duration.ofMillis(millis * 8 / 10));
        assertThat(settings.delayAfter(failures, 0.5)).isEqualTo(Duration.ofMillis(millis));
        assertThat(settings.delayAfter(failures, 1)).isEqualTo(Duration.ofMillis(millis * 12 / 10));
    }

    @Test
    void twentyAttemptsOutlastHalfADay() {
        Duration all = Duration.ZERO;
        for (int failures = 1; failures < 20; failures++) {
            all = all.plus(settings.delayAfter(failures, 0));
        }

        assertThat(all).isGreaterThan(Duration.ofHours(8));
    }
}
