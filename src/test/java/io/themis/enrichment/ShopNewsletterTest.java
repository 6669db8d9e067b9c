package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.datamap.DataMapLoader;
import io.themis.devservices.NewsletterService;
import io.themis.devservices.NewsletterService.Trouble;
import io.themis.devservices.SampleShop;
import io.themis.enrichment.OneDataset.Outcome;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The example of a source, {@code examples/shop/newsletter.camel.yaml}. */
class ShopNewsletterTest extends DatasetRouteContract {

    private static final Path MAP = Path.of("examples/shop/datamap.yaml");
    private static final Path ROUTE = Path.of("examples/shop/newsletter.camel.yaml");
    private static final int OFTEN = 100_000;

    private final SampleShop shop = new SampleShop();
    private NewsletterService service;

    @Override
    protected Path dataMap() {
        return MAP;
    }

    @Override
    protected String datasetName() {
        return "newsletter";
    }

    @Override
    protected List<Path> routes() {
        return List.of(ROUTE);
    }

    @Override
    protected Map<String, String> settings() {
        return settings(service, OFTEN);
    }

    private static Map<String, String> settings(NewsletterService service, int requestsASecond) {
        return Map.of(
                "newsletter.url", service.url(),
                "newsletter.token", service.token(),
                "newsletter.requests-per-second", String.valueOf(requestsASecond),
                "newsletter.response-timeout", "2000");
    }

    @Override
    protected void startService() {
        service = new NewsletterService(shop.letters(), OFTEN);
    }

    @Override
    protected void stopService() {
        service.close();
    }

    @Override
    protected void breakService(int answers, Failure failure) {
        service.breakAfter(answers, Trouble.valueOf(failure.name()));
    }

    @Override
    protected void mendService() {
        service.mend();
    }

    @Override
    protected List<String> received() {
        return service.received();
    }

    @Override
    protected Person somebody() {
        return person("o'brien+tea@example.org");
    }

    @Override
    protected Person somebodyElse() {
        return person(shop.samplePerson().email());
    }

    @Override
    protected Person nobody() {
        return person("no.subscriber@example.org");
    }

    private Person person(String address) {
        return new Person(
                address,
                Map.of(),
                shop.letters().stream()
                        .filter(letter -> letter.subscriber().equals(address))
                        .map(letter ->
                                "{\"id\":%d,\"subscriber\":\"%s\",\"subject\":\"%s\",\"sent\":\"%s\",\"opened\":%s,\"seconds\":%s}"
                                        .formatted(
                                                letter.id(),
                                                letter.subscriber(),
                                                letter.subject()
                                                        .replace("\"", "\\\"")
                                                        .replace("\t", "\\t"),
                                                letter.sent(),
                                                letter.opened(),
                                                letter.seconds()))
                        .toList());
    }

    /** No answers either: a page elsewhere, a page that is gone while others were there, and none at all. */
    @Test
    void aPageThatIsMovedOrGoneOrNeverComesIsAFailure() throws Exception {
        for (Trouble trouble : List.of(Trouble.MOVED, Trouble.GONE, Trouble.SILENCE)) {
            try (NewsletterService broken = new NewsletterService(shop.letters(), OFTEN);
                    OneDataset dataset = newsletter(settings(broken, OFTEN))) {
                broken.breakAfter(1, trouble);

                Outcome outcome = dataset.ask(somebody().emailAddress(), Map.of(), Map.of());

                assertThat(outcome.failure()).as("%s", trouble).isNotNull().hasStackTraceContaining(".http");
                assertThat(broken.received()).noneMatch(call -> call.contains("somebody"));
            }
        }
    }

    @Test
    void theServiceIsNotAskedMoreOftenThanItAllows() throws Exception {
        SampleShop.Letter one = shop.letters().get(0);
        List<SampleShop.Letter> many = IntStream.range(0, 90)
                .mapToObj(i -> new SampleShop.Letter(
                        i + 1L, one.subscriber(), one.subject(), one.sent(), one.opened(), one.seconds()))
                .toList();
        try (NewsletterService strict = new NewsletterService(many, 12);
                OneDataset dataset = newsletter(settings(strict, 10))) {
            Outcome outcome = dataset.ask(one.subscriber(), Map.of(), Map.of());

            assertThat(outcome.failure()).isNull();
            assertThat(outcome.findings().rows()).isEqualTo(90);
            assertThat(strict.received()).hasSize(30);
        }
    }

    private static OneDataset newsletter(Map<String, String> settings) throws Exception {
        try (InputStream yaml = Files.newInputStream(MAP)) {
            return new OneDataset(
                    DataMapLoader.load("datamap.yaml", yaml), "newsletter", null, List.of("file:" + ROUTE), settings);
        }
    }
}
