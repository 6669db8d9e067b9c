package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.themis.datamap.DataMapLoader;
import io.themis.enrichment.OneDataset.Outcome;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.ReadableError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * What a route of a company's own must keep as a source, a dataset of kind {@code route}. Whoever writes one extends this
 * and says where the route is, how its service (or what stands in for it) is started and broken, and who is in it; every
 * test is made from that. The route runs below the same templates as in the application.
 */
@ExtendWith(OutputCaptureExtension.class)
public abstract class DatasetRouteContract {

    /** How a service fails. Each must fail the step, which is then tried again. */
    public enum Failure {
        /** Status 500, or what is like it. */
        ERROR,
        /** Status 429, or what is like it. */
        TOO_MANY_REQUESTS,
        /** The connection ends before the answer does. */
        CONNECTION_CUT,
        /** An answer that is whole as a message, and whose content breaks off. */
        HALF_AN_ANSWER
    }

    /**
     * @param keys more that is known of the person, by the names in the data map; the e-mail address is always known
     * @param records what the dataset must answer, in its order, each as a JSON object with every column
     */
    public record Person(String emailAddress, Map<String, String> keys, List<String> records) {}

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final int AT_THE_SAME_TIME = 8;

    private OneDataset dataset;

    /** The data map that has the dataset. */
    protected abstract Path dataMap();

    protected abstract String datasetName();

    /** The files with its routes. */
    protected abstract List<Path> routes();

    /** What the routes name in braces, such as the service's address. Asked for after {@link #startService()}. */
    protected abstract Map<String, String> settings();

    protected abstract void startService() throws Exception;

    protected abstract void stopService() throws Exception;

    /** From now on the service answers as many calls as that, and fails after those until it is mended. */
    protected abstract void breakService(int answers, Failure failure) throws Exception;

    protected abstract void mendService() throws Exception;

    /** Whatever the service has been sent since its start, headers too. */
    protected abstract List<String> received();

    /** Somebody with records on three pages at least. */
    protected abstract Person somebody();

    /** Somebody else with records. */
    protected abstract Person somebodyElse();

    /** Whom the service does not know. */
    protected abstract Person nobody();

    @BeforeEach
    void start() throws Exception {
        startService();
        try (InputStream yaml = Files.newInputStream(dataMap())) {
            dataset = new OneDataset(
                    DataMapLoader.load(dataMap().getFileName().toString(), yaml),
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
    void everyRecordOfEveryPageComesWithItsValuesInItsOrder() {
        assertThatAllIsFound(somebody(), ask(somebody()));
        assertThatAllIsFound(somebodyElse(), ask(somebodyElse()));
        assertThat(received().size())
                .as("calls for two people, one of whom has three pages")
                .isGreaterThan(3);
    }

    @Test
    void nobodysAnswerIsEmptyAndNoFailure() {
        Outcome outcome = ask(nobody());

        assertThat(outcome.failure()).isNull();
        assertThat(outcome.findings().status()).isEqualTo(Status.NOTHING_FOUND);
        assertThat(outcome.rows()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsNeverAnAnswerWhicheverPageItComesOn(Failure failure) throws Exception {
        for (int page = 0; page < 3; page++) {
            breakService(page, failure);
            assertThatItFails(ask(somebody()), "%s on page %d".formatted(failure, page));
            mendService();
        }
        // That there is nobody may be said without content, of which there is no half.
        if (failure != Failure.HALF_AN_ANSWER) {
            breakService(0, failure);
            assertThatItFails(ask(nobody()), failure.toString());
            mendService();
        }
        assertThatAllIsFound(somebody(), ask(somebody()));
    }

    @Test
    void aServiceThatIsAwayIsAFailure() throws Exception {
        stopService();

        assertThat(ask(somebody()).failure()).isNotNull();
        assertThat(ask(nobody()).failure()).isNotNull();
    }

    @Test
    void peopleAtTheSameTimeGetTheirOwn() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_THE_SAME_TIME);
        try {
            List<Future<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < AT_THE_SAME_TIME; i++) {
                Person person = i % 2 == 0 ? somebody() : somebodyElse();
                outcomes.add(threads.submit(() -> ask(person)));
            }
            for (int i = 0; i < AT_THE_SAME_TIME; i++) {
                assertThatAllIsFound(
                        i % 2 == 0 ? somebody() : somebodyElse(),
                        outcomes.get(i).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void nothingOfACallReachesTheNext() {
        assertThatAllIsFound(somebody(), ask(somebody()));
        int before = received().size();
        ask(nobody());
        assertThatAllIsFound(somebodyElse(), ask(somebodyElse()));

        assertThat(received().subList(before, received().size()))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call).doesNotContain(names(somebody())));
    }

    @Test
    void headersOfTheCallerDoNotReachTheService() {
        Outcome outcome = dataset.ask(
                somebody().emailAddress(),
                somebody().keys(),
                Map.of(
                        "X-Secret", "a-header-of-the-caller",
                        "Authorization", "a-header-of-the-caller",
                        "CamelHttpUri", "http://127.0.0.1:1/a-header-of-the-caller",
                        "CAmelHttpPath", "a-header-of-the-caller",
                        "CamelHttpQuery", "a-header-of-the-caller",
                        "CamelHttpMethod", "DELETE"));

        assertThatAllIsFound(somebody(), outcome);
        assertThat(received()).isNotEmpty().noneMatch(call -> call.contains("a-header-of-the-caller"));
    }

    @Test
    void nothingOfThePersonIsInTheLogOrInWhatOperatorsRead(CapturedOutput output) throws Exception {
        ask(somebody());
        ask(nobody());
        for (Failure failure : Failure.values()) {
            breakService(1, failure);
            assertThat(ReadableError.of(ask(somebody()).failure()))
                    .as("%s", failure)
                    .doesNotContain(names(somebody()));
            mendService();
        }

        assertThat(output.getAll())
                .doesNotContain(names(somebody()))
                .doesNotContain(names(nobody()))
                .doesNotContain(somebody().records());
    }

    @Test
    void theSameQuestionHasTheSameAnswer() {
        String first = ask(somebody()).rows();

        assertThat(first).isNotEmpty();
        assertThat(ask(somebody()).rows()).isEqualTo(first);
    }

    private Outcome ask(Person person) {
        return dataset.ask(person.emailAddress(), person.keys(), Map.of());
    }

    private static void assertThatItFails(Outcome outcome, String why) {
        assertThat(outcome.failure()).as(why).isNotNull();
        assertThat(outcome.findings()).as(why).isNull();
        assertThat(outcome.rows()).as(why).isEmpty();
    }

    private static void assertThatAllIsFound(Person person, Outcome outcome) {
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.findings().status()).isEqualTo(Status.COMPLETE);
        assertThat(outcome.rows().lines().map(DatasetRouteContract::json))
                .containsExactlyElementsOf(person.records().stream()
                        .map(DatasetRouteContract::json)
                        .toList());
        assertThat(outcome.findings().rows()).isEqualTo(person.records().size());
    }

    /** The person's keys, also as they are in an address. */
    private static List<String> names(Person person) {
        List<String> names = new ArrayList<>(List.of(person.emailAddress()));
        names.addAll(person.keys().values());
        List.copyOf(names).forEach(name -> names.add(URLEncoder.encode(name, StandardCharsets.UTF_8)));
        return names;
    }

    /** Written in one way; 1.10 and 1.1 are two numbers. */
    private static String json(String text) {
        try {
            return JSON.readTree(text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
