package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.themis.devservices.IdentityProvider;
import io.themis.devservices.SampleShop;
import io.themis.devservices.SampleShop.Customer;
import io.themis.dryrun.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.test.context.TestPropertySource;

/**
 * A second company, {@code examples/shop}, with nothing in common with the first: its packages have the rows that its
 * generator made, in value and type.
 */
@ThemisTest
@TestPropertySource(properties = "themis.dev.company=shop")
@ExtendWith(OutputCaptureExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShopIT {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final DateTimeFormatter TO_THE_SECOND = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter TO_THE_MICROSECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);

    private final SampleShop shop = new SampleShop();

    @Autowired
    Themis themis;

    @Autowired
    ConfigurableEnvironment environment;

    @Autowired
    IdentityProvider identity;

    @Test
    void everyCustomersPackageHasTheirRowsOfEverySourceAndNoOthers() throws Exception {
        for (Customer customer : shop.customers()) {
            Map<String, byte[]> files = themis.packageOf(customer.email());

            Map<String, List<String>> expected = expected(customer);
            Map<String, List<String>> found = new LinkedHashMap<>();
            files.forEach((path, content) -> {
                if (path.startsWith("data/") && path.endsWith(".jsonl")) {
                    found.put(
                            path,
                            new String(content, StandardCharsets.UTF_8).lines().toList());
                }
            });
            assertThat(found).containsExactlyInAnyOrderEntriesOf(expected);
            for (JsonNode dataset : json(new String(files.get("manifest.json"), StandardCharsets.UTF_8))
                    .required("datasets")) {
                String name = dataset.required("name").asText();
                assertThat(dataset.required("status").asText())
                        .as("%s of %s", name, customer.email())
                        .isEqualTo(
                                expected.keySet().stream().anyMatch(path -> path.startsWith("data/" + name))
                                        ? "complete"
                                        : "nothing found");
            }
        }
        assertThat(expected(shop.samplePerson())).hasSizeGreaterThan(7);
        assertThat(expected(shop.quietPerson())).hasSize(1);
    }

    @Test
    void thePagesShowTitlesAndSayWhatDatesAndCodesMean() throws Exception {
        Customer person = shop.samplePerson();
        // However the person writes their address
        Map<String, byte[]> files = themis.packageOf(person.email().toUpperCase(Locale.ROOT));

        Document customer = page(files, "tables/customer/1.html");
        assertThat(customer.select("thead th").eachText()).contains("City city", "Customer since since");
        assertThat(customer.select("time").eachText()).containsExactly("1 March 2019");
        Document newsletter = page(files, "tables/newsletter/1.html");
        assertThat(newsletter.select("time").eachText()).hasSize(8).startsWith("1 June 2023, 06:30:00 UTC");
        assertThat(newsletter.select("td[data-label=Opened by you]").eachText())
                .contains("opened (true)", "not opened (false)")
                .containsExactlyElementsOf(shop.letters().stream()
                        .filter(letter -> letter.subscriber().equals(person.email()))
                        .map(letter -> letter.opened() ? "opened (true)" : "not opened (false)")
                        .toList());
    }

    private static Document page(Map<String, byte[]> files, String path) {
        assertThat(files).containsKey(path);
        return Jsoup.parse(new String(files.get(path), StandardCharsets.UTF_8));
    }

    /** The map's first dataset says who is known; whoever is not gets neither mail nor package. */
    @Test
    void whoIsOnlyInTheNewsletterIsNotKnownToTheShop() {
        String id = themis.ask(shop.newsletterOnly());

        themis.await(id, "unknown-subject");
        assertThat(themis.mails(id, shop.newsletterOnly())).isEmpty();
    }

    @Test
    void checkAndExplainWorkOnTheShop(CapturedOutput output) {
        assertThat(run("check")).isZero();
        assertThat(output)
                .contains("The data map datamap.yaml works. Datasets: 5; \"customer\" says who is known.")
                .contains("newsletter (route, direct:newsletter)");

        assertThat(run("explain", shop.samplePerson().email())).isZero();
        assertThat(output)
                .contains("customer: complete, 1 row, ")
                .contains("orders: complete, 4 rows, ")
                .contains("invoices: complete, 6 rows, ")
                .contains("newsletter: complete, 8 rows, ")
                .doesNotContain(shop.samplePerson().email());
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void whoIsErasedLosesNameAndClicksAndTheBooksStay() throws IOException {
        Customer person = shop.samplePerson();
        Map<String, List<String>> before = expected(person);
        Erasing erasing = new Erasing(themis, identity);
        String id = erasing.ask(person.email());
        erasing.approve(id);
        erasing.await(id, "done");

        Map<String, List<Long>> certified = new LinkedHashMap<>();
        for (JsonNode dataset : erasing.certificate(id).at("/certificate/datasets")) {
            long kept = 0;
            for (JsonNode ground : dataset.path("kept")) {
                kept += ground.path("rows").asLong();
            }
            certified.put(
                    dataset.path("name").asText(),
                    List.of(
                            dataset.path("deleted").asLong(),
                            dataset.path("masked").asLong(),
                            kept));
        }
        assertThat(certified)
                .containsOnly(
                        entry("customer", List.of(0L, 1L, 0L)),
                        entry("orders", List.of(0L, 0L, rows(before, "data/orders"))),
                        entry("clicks", List.of(rows(before, "data/clicks"), 0L, 0L)),
                        entry("invoices", List.of(0L, 0L, rows(before, "data/invoices"))),
                        entry("newsletter", List.of(0L, 0L, rows(before, "data/newsletter"))));
        themis.await(themis.ask(person.email()), "unknown-subject");
    }

    private static long rows(Map<String, List<String>> files, String path) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().startsWith(path))
                .mapToLong(file -> file.getValue().size())
                .sum();
    }

    /** On the parts that the application under test has, which come as in the development run. */
    private int run(String... words) {
        PropertySource<?> parts = environment.getPropertySources().get("development parts");
        return Command.of(words)
                .orElseThrow()
                .run(application -> application.addInitializers(
                        context -> context.getEnvironment().getPropertySources().addFirst(parts)));
    }

    /** File to rows. */
    private Map<String, List<String>> expected(Customer customer) {
        Map<String, List<String>> expected = new LinkedHashMap<>();
        ObjectNode account = JSON.createObjectNode()
                .put("id", customer.id())
                .put("email", customer.email())
                .put("first_name", customer.firstName())
                .put("last_name", customer.lastName())
                .put("city", customer.city())
                .put("since", customer.since().toString());
        expected.put("data/customer.jsonl", List.of(account.toString()));
        put(
                expected,
                "data/orders.jsonl",
                shop.orders().stream()
                        .filter(order -> order.customer() == customer.id())
                        .map(order -> JSON.createObjectNode()
                                .put("number", order.number())
                                .put("customer", order.customer())
                                .put("ordered_at", order.orderedAt().format(TO_THE_SECOND))
                                .put("total", order.total())
                                .put("note", order.note()))
                        .toList());
        for (LocalDate day : shop.days()) {
            put(
                    expected,
                    "data/clicks/" + day + ".jsonl",
                    shop.clicks(day).stream()
                            .filter(click -> Long.valueOf(customer.id()).equals(click.customer()))
                            .map(click -> {
                                ObjectNode row = JSON.createObjectNode()
                                        .put("at", click.at().toString());
                                row.putObject("customer").put("id", click.customer());
                                return row.put("page", click.page()).put("ms", click.milliseconds());
                            })
                            .toList());
        }
        for (int year : shop.years()) {
            put(
                    expected,
                    "data/invoices/" + year + ".jsonl",
                    shop.invoices(year).stream()
                            .filter(invoice -> invoice.customer() == customer.id())
                            .map(ShopIT::row)
                            .toList());
        }
        put(
                expected,
                "data/newsletter.jsonl",
                shop.letters().stream()
                        .filter(letter -> letter.subscriber().equals(customer.email()))
                        .map(letter -> JSON.createObjectNode()
                                .put("id", letter.id())
                                .put("subscriber", letter.subscriber())
                                .put("subject", letter.subject())
                                .put("sent", letter.sent().toString())
                                .put("opened", letter.opened())
                                .put("seconds", letter.seconds()))
                        .toList());
        return expected;
    }

    private static ObjectNode row(SampleShop.Invoice invoice) {
        ObjectNode row = JSON.createObjectNode()
                .put("number", invoice.number())
                .put("customer", invoice.customer())
                .put("issued", TO_THE_MICROSECOND.format(invoice.issued()))
                .put("total", invoice.total());
        ArrayNode lines = row.putArray("lines");
        invoice.lines()
                .forEach(line -> lines.addObject()
                        .put("item", line.item())
                        .put("quantity", line.quantity())
                        .put("price", line.price()));
        return row;
    }

    private static void put(Map<String, List<String>> expected, String path, List<ObjectNode> rows) {
        if (!rows.isEmpty()) {
            expected.put(path, rows.stream().map(ObjectNode::toString).toList());
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
