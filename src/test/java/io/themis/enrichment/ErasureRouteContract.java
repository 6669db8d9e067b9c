package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.datamap.DataMapLoader;
import io.themis.request.ReadableError;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * What a route of a company's own must keep that erases. Whoever writes one extends this and says where the routes are, how their
 * service (or what stands in for it) is started and broken, and who is in it. The routes run below the same templates as in the
 * application, and the dataset's own route says who is still there.
 */
@ExtendWith(OutputCaptureExtension.class)
public abstract class ErasureRouteContract {

    /** How a service fails. Each must fail the step, which is then tried again. */
    public enum Failure {
        ERROR,
        TOO_MANY_REQUESTS,
        CONNECTION_CUT
    }

    private OneDataset dataset;

    /** The data map that has the dataset, and in it {@code erasure} with the route's uri. */
    protected abstract Path dataMap() throws Exception;

    protected abstract String datasetName();

    /** The files with the route that finds and the route that erases. */
    protected abstract List<Path> routes();

    /** What the routes name in braces. Asked for after {@link #startService()}. */
    protected abstract Map<String, String> settings();

    protected abstract void startService() throws Exception;

    protected abstract void stopService() throws Exception;

    /** From now on the service fails, until it is mended, and does nothing that it is asked for. */
    protected abstract void breakService(Failure failure) throws Exception;

    protected abstract void mendService() throws Exception;

    /** Whatever the service has been sent since its start, headers too. */
    protected abstract List<String> received();

    /** Addresses of two people with records, and of one whom the service does not know. */
    protected abstract String somebody();

    protected abstract String somebodyElse();

    protected abstract String nobody();

    @BeforeEach
    void start() throws Exception {
        startService();
        Path map = dataMap();
        try (InputStream yaml = Files.newInputStream(map)) {
            dataset = new OneDataset(
                    DataMapLoader.load(map.getFileName().toString(), yaml),
                    datasetName(),
                    null,
                    routes().stream().map(file -> "file:" + file).toList(),
                    settings());
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (dataset != null) {
            dataset.close();
        }
        stopService();
    }

    @Test
    void whoIsErasedIsNotFoundAgainAndEverybodyElseIs() {
        String others = rowsOf(somebodyElse());
        assertThat(rowsOf(somebody())).isNotEmpty();

        assertThat(erase(somebody())).isNull();

        assertThat(rowsOf(somebody())).isEmpty();
        assertThat(rowsOf(somebodyElse())).isNotEmpty().isEqualTo(others);
    }

    @Test
    void whoIsNotThereOrNotAnyMoreIsNoFailure() {
        assertThat(erase(nobody())).isNull();
        assertThat(erase(somebody())).isNull();
        assertThat(erase(somebody())).isNull();

        assertThat(rowsOf(somebodyElse())).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsNeverAnErasureAndTheNextAttemptIs(Failure failure) throws Exception {
        breakService(failure);
        assertThat(erase(somebody())).as("%s", failure).isNotNull();
        assertThat(erase(nobody())).as("%s", failure).isNotNull();
        mendService();

        assertThat(rowsOf(somebody())).isNotEmpty();
        assertThat(erase(somebody())).isNull();
        assertThat(rowsOf(somebody())).isEmpty();
    }

    @Test
    void aServiceThatIsAwayIsAFailure() throws Exception {
        stopService();

        assertThat(erase(somebody())).isNotNull();
        assertThat(erase(nobody())).isNotNull();
    }

    @Test
    void headersOfTheCallerDoNotReachTheService() {
        assertThat(dataset.erase(
                        somebody(),
                        Map.of(
                                "X-Secret", "a-header-of-the-caller",
                                "CamelHttpUri", "http://127.0.0.1:1/a-header-of-the-caller",
                                "CamelHttpQuery", "a-header-of-the-caller")))
                .isNull();

        assertThat(received()).isNotEmpty().noneMatch(call -> call.contains("a-header-of-the-caller"));
    }

    @Test
    void nothingOfThePersonIsInTheLogOrInWhatOperatorsRead(CapturedOutput output) throws Exception {
        erase(nobody());
        for (Failure failure : Failure.values()) {
            breakService(failure);
            assertThat(ReadableError.of(erase(somebody()))).as("%s", failure).doesNotContain(somebody());
            mendService();
        }
        erase(somebody());

        assertThat(output.getAll()).doesNotContain(somebody(), nobody());
    }

    private Throwable erase(String emailAddress) {
        return dataset.erase(emailAddress, Map.of());
    }

    private String rowsOf(String emailAddress) {
        OneDataset.Outcome outcome = dataset.ask(emailAddress, Map.of(), Map.of());
        assertThat(outcome.failure()).isNull();
        return outcome.rows();
    }
}
