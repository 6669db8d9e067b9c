package io.themis.enrichment;

import io.themis.devservices.NewsletterService;
import io.themis.devservices.NewsletterService.Trouble;
import io.themis.devservices.SampleShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The example of a route that erases, {@code examples/shop/erase-newsletter.camel.yaml}. */
class EraseNewsletterTest extends ErasureRouteContract {

    private static final Path SHOP = Path.of("examples/shop");
    private static final int OFTEN = 100_000;

    @TempDir
    private Path folder;

    private final SampleShop shop = new SampleShop();
    private NewsletterService service;

    /** That of the shop, which keeps its newsletter, without its ground. */
    @Override
    protected Path dataMap() throws IOException {
        String map = Files.readString(SHOP.resolve("datamap.yaml"));
        int newsletter = map.indexOf("- name: newsletter");
        String kept = map.substring(map.indexOf("    erasure:", newsletter));
        String ground = kept.substring(0, kept.indexOf("    article15:"));
        return Files.writeString(
                folder.resolve("datamap.yaml"),
                map.replace(ground, "    erasure: {action: delete, uri: direct:forget-subscriber}\n"));
    }

    @Override
    protected String datasetName() {
        return "newsletter";
    }

    @Override
    protected List<Path> routes() {
        return List.of(SHOP.resolve("newsletter.camel.yaml"), SHOP.resolve("erase-newsletter.camel.yaml"));
    }

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "newsletter.url", service.url(),
                "newsletter.token", service.token(),
                "newsletter.requests-per-second", String.valueOf(OFTEN),
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
    protected void breakService(Failure failure) {
        service.breakAfter(0, Trouble.valueOf(failure.name()));
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
    protected String somebody() {
        return "o'brien+tea@example.org";
    }

    @Override
    protected String somebodyElse() {
        return shop.samplePerson().email();
    }

    @Override
    protected String nobody() {
        return "no.subscriber@example.org";
    }
}
