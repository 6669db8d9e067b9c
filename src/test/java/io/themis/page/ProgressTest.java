package io.themis.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

    @ParameterizedTest
    @CsvSource({
        // answered, datasets, bytes done, bytes, share
        "0, 7,   0,   0, 0",
        "2, 7,   0,   0, 0.286",
        "2, 7,   0, 100, 0",
        "2, 7,  25, 100, 0.25",
        "7, 7, 100, 100, 1",
        "0, 0,   0,   0, 0",
    })
    void theBarShowsTheBytesOrElseTheDatasets(long answered, long datasets, long done, long bytes, double share) {
        assertThat(new Progress(answered, datasets, done, bytes, null).share()).isEqualTo(share);
    }

    /** The first datasets are small and quickly read, and how large the next are is not known yet. */
    @ParameterizedTest
    @CsvSource({"1, 7, 0.286", "2, 7, 0.429", "6, 7, 1"})
    void theBarIsNotFullWhileDatasetsHaveNotAnswered(long answered, long datasets, double share) {
        assertThat(new Progress(answered, datasets, 100, 100, null).share()).isEqualTo(share);
    }
}
