package io.themis.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsInViewportOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import com.microsoft.playwright.options.AriaRole;
import io.themis.Themis;
import io.themis.ThemisTest;
import io.themis.browser.Browser;
import io.themis.browser.InBrowser;
import io.themis.browser.Screen;
import io.themis.browser.Visit;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;

/** The console as operators and viewers meet it, in a browser; what it must never show is looked for in all it was told. */
@ThemisTest
@InBrowser
class ConsoleIT {

    private static final Path SCREENSHOTS = Path.of("target/screenshots/console");

    /** Hawtio asks every few seconds, and Camel counts for some. */
    private static final int PATIENCE = 120_000;

    /** Whatever the console's script is answered, shown or not. */
    private static final String REMEMBER_ANSWERS = """
        window.told = [];
        const ask = window.fetch;
        window.fetch = async (...request) => {
          const answer = await ask(...request);
          answer.clone().text().then(text => window.told.push(text));
          return answer;
        };
        """;

    private static final ContainsTextOptions IN_TIME = new ContainsTextOptions().setTimeout(PATIENCE);
    private static final HasTextOptions HAS_IN_TIME = new HasTextOptions().setTimeout(PATIENCE);
    private static final IsInViewportOptions IN_VIEW_IN_TIME = new IsInViewportOptions().setTimeout(PATIENCE);
    private static final IsVisibleOptions VISIBLE_IN_TIME = new IsVisibleOptions().setTimeout(PATIENCE);

    @LocalManagementPort
    int port;

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    CamelContext camel;

    @Autowired
    DataMap dataMap;

    @Autowired
    ObjectMapper json;

    private String person(long accountId) {
        String address = "console-" + UUID.randomUUID() + "@example.org";
        services.users()
                .load(List.of(new DevUser(address, "Cora Console", "Cora", "Console", null, null, null, accountId)));
        return address;
    }

    private Visit signIn(Browser browser, String username, String password) {
        Visit visit = browser.visit(URI.create("http://localhost:" + port + "/"), Screen.DESKTOP.options());
        Page page = visit.page();
        page.setDefaultTimeout(PATIENCE);
        page.addInitScript(REMEMBER_ANSWERS);
        visit.open("login");
        page.getByLabel("Username").fill(username);
        page.getByLabel("Password").fill(password);
        page.locator("button[type=submit]").click();
        assertThat(tree(page)).containsText("packaging", IN_TIME);
        // The first thing to be seen is the table, and not a picture of all routes.
        assertThat(page.locator("#camel-routes-table")).isVisible(VISIBLE_IN_TIME);
        return visit;
    }

    private static Locator tree(Page page) {
        return page.locator("ul#camel-tree-view");
    }

    private static void open(Page page, String... folders) {
        for (String folder : folders) {
            tree(page)
                    .locator("li[role=treeitem]")
                    .filter(new Locator.FilterOptions().setHas(exactly(page, folder)))
                    .last()
                    .locator("[class*=node-toggle]")
                    .first()
                    .click();
        }
    }

    private static Locator exactly(Page page, String text) {
        return page.getByText(text, new Page.GetByTextOptions().setExact(true));
    }

    private static void choose(Page page, String node) {
        tree(page)
                .getByText(node, new Locator.GetByTextOptions().setExact(true))
                .last()
                .click();
        assertThat(page.locator("#camel-content h1")).hasText(node, HAS_IN_TIME);
    }

    private static void tab(Page page, String name) {
        page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName(name).setExact(true))
                .click();
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
    }

    private static void picture(Page page, String name) {
        page.screenshot(new ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
    }

    /** As a page asks that a script from elsewhere got into: with the session and its token. */
    private JsonNode jolokia(Page page, String request) throws Exception {
        return json.readTree((String) page.evaluate("""
            async request => {
              const token = document.cookie.match(/XSRF-TOKEN=([^;]+)/)[1];
              const answer = await fetch('/observe/jolokia', {method: 'POST', body: request,
                headers: {'Content-Type': 'application/json', 'X-XSRF-TOKEN': token}});
              return await answer.text();
            }
            """, request));
    }

    private JsonNode ofRoute(Page page, String route, String type, String what) throws Exception {
        return jolokia(page, """
            {"type": "%s", "mbean": "org.apache.camel:context=%s,type=routes,name=\\"%s\\"", %s}
            """.formatted(type, camel.getManagementName(), route, what));
    }

    /** Takes minutes: the console asks for the figures of all nodes of all routes again and again. */
    @Test
    @Tag("big")
    void anOperatorSeesEveryDatasetCountAndStopsAndTracesRoutesWithoutSeeingAnybody(Browser browser) throws Exception {
        String address = person(8_300_000_001L);
        try (Visit visit = signIn(browser, "operator", "dev-operator")) {
            Page page = visit.page();
            open(page, "enrichment", "packaging");
            choose(page, "dataset-posts");
            // The tab begins with switching it off, and its button says what the server does only later.
            page.waitForResponse(ConsoleIT::isSwitchOfTracing, () -> tab(page, "Trace"));
            page.waitForResponse(ConsoleIT::isSwitchOfTracing, button(page, "Start Tracing")::click);
            assertThat(camel.getTracer().isEnabled()).isTrue();

            themis.await(themis.ask(address), "delivered");

            Locator steps = page.locator("#route-message-table-body tbody");
            assertThat(steps).containsText(Pattern.compile("[0-9A-F]+-[0-9A-F]+.*\\d+ms", Pattern.DOTALL), IN_TIME);
            picture(page, "trace");
            page.waitForResponse(ConsoleIT::isSwitchOfTracing, button(page, "Stop Tracing")::click);
            assertThat(camel.getTracer().isEnabled()).isFalse();

            tab(page, "Route Diagram");
            assertThat(page.locator(".react-flow__node").first()).isVisible(VISIBLE_IN_TIME);
            assertThat(page.locator(".react-flow__node .number").first())
                    .hasText(Pattern.compile("[1-9]\\d*"), HAS_IN_TIME);
            picture(page, "dataset-posts");
            for (Dataset dataset : dataMap.datasets()) {
                assertThat(ofRoute(page, "dataset-" + dataset.name(), "read", "\"attribute\": \"ExchangesCompleted\"")
                                .path("value")
                                .asInt())
                        .as(dataset.name())
                        .isPositive();
            }
            choose(page, "build-package");
            assertThat(page.locator(".react-flow__node .number").first())
                    .hasText(Pattern.compile("[1-9]\\d*"), HAS_IN_TIME);
            picture(page, "build-package");
            assertNobodyWasShown(page, address);
        }
    }

    private static boolean isSwitchOfTracing(Response answer) {
        String asked = answer.request().postData();
        return asked != null && asked.contains("setEnabled") && !asked.contains("canInvoke");
    }

    @Test
    void anOperatorStopsAndStartsARoute(Browser browser) {
        String route = "getCertificateKeys";
        try (Visit visit = signIn(browser, "operator", "dev-operator")) {
            Page page = visit.page();
            Locator row = rowOf(page, route);
            row.getByRole(AriaRole.CHECKBOX).click();
            button(page, "Stop").click();
            assertThat(row).containsText("Stopped", IN_TIME);
            picture(page, "routes");
            assertThat(camel.getRouteController().getRouteStatus(route).isStopped())
                    .isTrue();

            button(page, "Start").click();
            assertThat(row).containsText("Started", IN_TIME);
            assertThat(camel.getRouteController().getRouteStatus(route).isStarted())
                    .isTrue();
        }
    }

    private static Locator rowOf(Page page, String route) {
        Locator row = page.locator("#camel-routes-table tbody tr")
                .filter(new Locator.FilterOptions().setHasText(Pattern.compile("^" + route)));
        assertThat(row).isVisible(VISIBLE_IN_TIME);
        return row;
    }

    @Test
    void anOperatorSeesWhyAMessageWasPutAsideAndNotWhatItSays(Browser browser) {
        String address = person(8_300_000_002L);
        try (JMSContext jms = services.broker().connectionFactory().createContext();
                Visit visit = signIn(browser, "operator", "dev-operator")) {
            Queue dead = jms.createQueue("themis.requests.dead");
            Queue requests = jms.createQueue("themis.requests");
            jms.createProducer().send(requests, "Please erase " + address + ", Cora Console");
            jms.createProducer().send(requests, jms.createMapMessage());
            Page page = visit.page();
            open(page, "MBeans", "services");
            choose(page, "DeadLetters");
            assertThat(page.locator("#camel-content-main")).containsText("the body is not JSON", IN_TIME);
            assertThat(page.locator("#camel-content-main")).containsText("neither text nor bytes", IN_TIME);
            picture(page, "dead-letters");
            JMSConsumer consumer = jms.createConsumer(dead);
            consumer.receive(20_000);
            consumer.receive(20_000);

            choose(page, "SearchesUnderWay");
            assertThat(page.locator("#camel-content-main")).containsText("Searches", IN_TIME);
            picture(page, "searches");
            assertNobodyWasShown(page, address);
        }
    }

    private static void assertNobodyWasShown(Page page, String address) {
        assertThat((int) page.evaluate("told.filter(answer => answer.includes('org.apache.camel')).length"))
                .isPositive();
        assertThat(page.evaluate(
                        "address => told.filter(answer => answer.includes(address) || answer.includes('Cora'))",
                        address))
                .isEqualTo(List.of());
    }

    @Test
    void aViewerSeesTheSameAndHasNoButtonThatWorks(Browser browser) throws Exception {
        String route = "getCertificateKeys";
        try (Visit visit = signIn(browser, "viewer", "dev-viewer")) {
            Page page = visit.page();
            rowOf(page, route).getByRole(AriaRole.CHECKBOX).click();
            assertThat(button(page, "Stop")).isDisabled();
            assertThat(button(page, "Start")).isDisabled();
            picture(page, "routes-viewer");

            open(page, "packaging");
            choose(page, "build-package");
            Locator tabs = page.locator("nav[aria-label='Camel Nav']");
            assertThat(tabs).containsText("Route Diagram");
            assertThat(tabs).not().containsText("Trace");
            assertThat(page.locator(".react-flow__node").last()).isInViewport(IN_VIEW_IN_TIME);
            picture(page, "build-package-viewer");

            assertThat(ofRoute(page, route, "exec", "\"operation\": \"stop()\"")
                            .path("status")
                            .asInt())
                    .isEqualTo(403);
            assertThat(camel.getRouteController().getRouteStatus(route).isStarted())
                    .isTrue();
        }
    }
}
