package io.themis.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import com.microsoft.playwright.options.ScreenshotScale;
import io.themis.Themis;
import io.themis.ThemisTest;
import io.themis.browser.Browser;
import io.themis.browser.InBrowser;
import io.themis.browser.Screen;
import io.themis.browser.Visit;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page as people meet it, in a browser: a person who asks, and those who look after requests. */
@ThemisTest
@InBrowser
class PageIT extends VisitedPage {

    private static final long MOST_BYTES = 100_000;
    private static final Path SCREENSHOTS = Path.of("target/screenshots/page");

    /** Those in {@code docs/screenshots}, which the README shows, are copies of these. */
    private static final Path README = Path.of("target/screenshots/readme");

    /** As the README says. */
    private static final String NEWCOMER = "thomas.okafor@example.com";

    private static final ContainsTextOptions PATIENT = new ContainsTextOptions().setTimeout(60_000);

    @TempDir
    Path disk;

    @BeforeAll
    void makeFolders() throws IOException {
        Files.createDirectories(SCREENSHOTS);
        Files.createDirectories(README);
    }

    private String base() {
        return themis.url("/").toString();
    }

    private Visit visit(Browser browser, NewContextOptions options, String session) {
        Visit visit = browser.visit(URI.create(base()), options);
        visit.page().setDefaultTimeout(30_000);
        if (session != null) {
            visit.page().context().addCookies(List.of(new Cookie("themis", session).setUrl(base())));
        }
        return visit;
    }

    private static NewContextOptions desktop() {
        return Screen.DESKTOP.options().setLocale("en");
    }

    private static NewContextOptions forTheReadme() {
        return desktop().setViewportSize(900, 560);
    }

    private static void picture(Page page, String name) {
        page.screenshot(new ScreenshotOptions().setPath(README.resolve(name + ".png")));
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
    }

    private static Locator link(Page page, String name) {
        return page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName(name));
    }

    private static String idIn(Page page) {
        return page.url().replaceFirst(".*/requests/([0-9a-f-]{36}).*", "$1");
    }

    // ---- a person

    @Test
    void aPersonSignsInAsksWatchesDownloadsAndEndsTheLink(Browser browser) throws Exception {
        String address = NEWCOMER;
        try (Visit visit = visit(browser, forTheReadme(), null)
                .alsoTo(URI.create(identity.issuer()))
                .alsoTo(URI.create(services.azurite().endpoint()))) {
            Page page = visit.open("privacy");
            link(page, "Sign in").click();
            page.getByLabel("A person with the e-mail address").fill(address);
            button(page, "Sign in as a person").click();
            assertThat(page.locator("main")).containsText("You are signed in as " + address);

            picture(page, "ask");
            button(page, "Ask for a copy").click();
            // Nobody loads the page again: it is told when the package is there.
            assertThat(page.locator("main")).containsText("Your package is ready to download", PATIENT);
            String id = idIn(page);
            picture(page, "download");

            Download download =
                    page.waitForDownload(() -> link(page, "Download").click());
            assertThat(download.suggestedFilename()).isEqualTo("personal-data-" + id + ".zip");
            Path folder = unzip(download.path());
            assertThat(json.readTree(Files.readString(folder.resolve("manifest.json")))
                            .path("requestId")
                            .asText())
                    .isEqualTo(id);
            try (Visit unpacked = browser.visit(folder, forTheReadme())) {
                picture(unpacked.open("index.html"), "package");
            }

            themis.await(id, "delivered");
            URI mailed = Themis.link(themis.mails(id, address).get(1));
            page.reload();
            button(page, "End the link and delete the package").click();
            assertThat(page.locator("[role=status]")).containsText("The links have ended");
            themis.await(id, "expired");
            assertThat(themis.follow("GET", mailed).statusCode()).isEqualTo(404);
            page.navigate(base() + "privacy");
            assertThat(page.locator("main")).containsText("Link has ended");
            assertThat(button(page, "Ask for a copy")).isVisible();
            assertThat(visit.complaints()).isEmpty();
        }
    }

    private Path unzip(Path zip) throws IOException {
        try (InputStream bytes = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(bytes)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path file = disk.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, entries.readAllBytes());
            }
        }
        return disk;
    }

    @Test
    void signingOutLeavesNothingBehind(Browser browser) {
        String address = found.person();
        try (Visit visit =
                visit(browser, desktop(), visitor.signIn("person", address)).alsoTo(URI.create(identity.issuer()))) {
            Page page = visit.open("privacy");
            assertThat(sessionsOf(address)).isOne();
            Cookie cookie = page.context().cookies().stream()
                    .filter(each -> each.name.equals("themis"))
                    .findFirst()
                    .orElseThrow();
            button(page, "Sign out").click();
            assertThat(page.locator("h1")).hasText("You are signed out");
            assertThat(sessionsOf(address)).isZero();
            assertThat(PageVisitor.target(visitor.get("/privacy/erasure", cookie.value)))
                    .hasPath("/privacy");

            link(page, "Sign out of your account, too").click();
            assertThat(page.locator("h1")).hasText("Your personal data");
            assertThat(visit.complaints()).isEmpty();
        }
    }

    private long sessionsOf(String address) {
        return database.sql("""
                        SELECT count(*) FROM spring_session_attributes
                        WHERE attribute_name = 'emailAddress' AND position(:address::bytea IN attribute_bytes) > 0""").param("address", address).query(Long.class).single();
    }

    @Test
    void whoWantedAPageGetsItAfterTheSignIn(Browser browser) {
        String address = found.person();
        UUID id = found.insert("access", "gathering", address, Duration.ofDays(20));
        try (Visit visit = visit(browser, desktop(), null).alsoTo(URI.create(identity.issuer()))) {
            Page page = visit.open("privacy/requests/" + id);
            assertThat(page.locator("h1")).hasText("Your personal data");
            link(page, "Sign in").click();
            page.getByLabel("A person with the e-mail address").fill(address);
            button(page, "Sign in as a person").click();
            assertThat(page.locator("h1")).hasText("Copy of your data");
            assertThat(page.context().cookies())
                    .filteredOn(cookie -> cookie.name.equals("themis"))
                    .allSatisfy(cookie -> assertThat(cookie)
                            .returns(true, each -> each.httpOnly)
                            .returns(SameSiteAttribute.LAX, each -> each.sameSite));
        }
    }

    @Test
    void anErasureIsConfirmedApprovedByTwoAndCertified(Browser browser) throws IOException {
        String address = "maja.lindholm@example.org";
        String id;
        try (Visit visit = visit(browser, forTheReadme(), visitor.session("person", address))) {
            Page page = visit.open("privacy");
            link(page, "Have your data erased").click();
            page.getByLabel("Send me a copy of my data first").uncheck();
            button(page, "Ask for the erasure").click();
            assertThat(page.getByRole(AriaRole.ALERT)).containsText("Tick this box");
            assertThat(page.getByLabel("Send me a copy of my data first")).not().isChecked();
            page.getByLabel("I understand").check();
            button(page, "Ask for the erasure").click();
            assertThat(page.locator("main")).containsText("Everything has been counted", PATIENT);
            id = idIn(page);
            assertThat(visit.complaints()).allMatch(complaint -> complaint.contains("400"));
        }
        try (Visit visit = visit(browser, forTheReadme(), visitor.session(OFFICER, "ada"))) {
            Page page = visit.open("privacy/office?show=waiting");
            page.locator("a[href$='" + id + "']").click();
            assertThat(page.locator("main")).containsText("0 of 2 approvals");
            page.setViewportSize(900, 1150);
            button(page, "Approve this plan")
                    .evaluate("button => button.closest('article').scrollIntoView({block: 'end'})");
            assertThat(button(page, "Approve this plan")).isInViewport();
            picture(page, "approve");
            button(page, "Approve this plan").click();
            assertThat(page.locator("[role=status]")).containsText("Your approval is noted");
            assertThat(page.locator("main")).containsText("A second person has to approve");
            assertThat(button(page, "Approve this plan")).hasCount(0);
        }
        try (Visit visit = visit(browser, desktop(), visitor.session(OFFICER, "ben"))) {
            Page page = visit.open("privacy/office/requests/" + id);
            button(page, "Approve this plan").click();
            assertThat(page.locator("[role=status]")).containsText("Your approval is noted");
            assertThat(button(page, "Approve this plan")).hasCount(0);
            // Nobody loads the page again: it is told when the erasure is done.
            assertThat(page.locator(".standing")).containsText("erased", PATIENT);
        }
        themis.await(id, "done");
        try (Visit visit = visit(browser, forTheReadme(), visitor.session("person", address))) {
            Page page = visit.open("privacy/requests/" + id);
            assertThat(page.locator("main")).containsText("Your data has been erased");
            Download certificate =
                    page.waitForDownload(() -> link(page, "Certificate to read").click());
            assertThat(certificate.suggestedFilename()).isEqualTo("erasure-" + id + ".html");
            Files.copy(certificate.path(), disk.resolve(certificate.suggestedFilename()));
            try (Visit kept = browser.visit(disk, forTheReadme())) {
                picture(kept.open(certificate.suggestedFilename()), "certificate");
            }
        }
    }

    @Test
    void everythingThatAPersonDoesWorksWithoutScript(Browser browser) {
        String address = found.person();
        try (Visit visit = visit(browser, desktop().setJavaScriptEnabled(false), visitor.session("person", address))) {
            Page page = visit.page();
            page.navigate(base() + "privacy");
            link(page, "Have your data erased").click();
            page.getByLabel("Send me a copy of my data first").uncheck();
            page.getByLabel("I understand").check();
            button(page, "Ask for the erasure").click();
            String id = idIn(page);
            themis.await(id, "awaiting-approval");
            page.reload();
            button(page, "Withdraw the erasure").click();
            assertThat(page.locator("[role=status]")).containsText("You have withdrawn your request");
            assertThat(themis.request(id).path("status").asText()).isEqualTo("withdrawn");

            UUID watched = found.insert("access", "gathering", address, Duration.ofDays(20));
            page.navigate(base() + "privacy/requests/" + watched);
            assertThat(page.locator("meta[http-equiv=refresh]")).hasAttribute("content", "15");
            link(page, "Stop that").click();
            assertThat(page.locator("meta[http-equiv=refresh]")).hasCount(0);
        }
    }

    @Test
    void aPageThatWatchesIsToldHowFarItIsAndWhenItIsSomethingElse(Browser browser) throws Exception {
        String address = found.person();
        UUID id = found.insert("access", "gathering", address, Duration.ofDays(20));
        try (Visit visit = visit(browser, desktop(), visitor.session("person", address))) {
            Page page = visit.open("privacy/requests/" + id);
            assertThat(page.locator(".progress p")).containsText("0 of ");
            found.insertComplete(id, "profile");
            assertThat(page.locator(".progress p")).containsText("1 of ");
            database.sql("UPDATE data_subject_request SET status = 'packaging' WHERE id = :id")
                    .param("id", id)
                    .update();
            assertThat(page.locator("main")).containsText("being put into one package");
            found.insertStep(id, "a-step-of-the-test", "PARKED", "the store does not answer");
            assertThat(page.locator("main")).containsText("This takes longer than it should");
            assertThat(page.locator(".progress")).hasCount(0);
            assertThat(visit.complaints()).isEmpty();
        }
    }

    // ---- those who look after requests

    @Test
    void anOfficerExtendsRetriesResendsAndExportsTheRecord(Browser browser) throws Exception {
        String address = found.person();
        UUID open = found.insert("access", "gathering", found.person(), Duration.ofDays(20));
        found.insertStep(open, "a-step-of-the-test", "PARKED", "the lake does not answer");
        found.insertStep(open, "send-started-mail", "DONE", null);
        String delivered = themis.ask(address);
        themis.await(delivered, "delivered");
        try (Visit visit = visit(browser, desktop(), visitor.session(OFFICER, "ada"))) {
            Page page = visit.open("privacy/office/requests/" + open);
            page.getByLabel("Reason, for the person to read").fill("  ");
            button(page, "Extend the deadline").click();
            assertThat(page.locator("#reason-error")).containsText("reason is missing");
            page.getByLabel("By").selectOption("1");
            page.getByLabel("Reason, for the person to read").fill("There are very many requests.");
            button(page, "Extend the deadline").click();
            assertThat(page.locator("[role=status]")).containsText("The deadline is extended");
            assertThat(page.locator("main")).containsText("There are very many requests.");
            assertThat(button(page, "Extend the deadline")).hasCount(0);
            // While the mail of the extension goes out the page watches, and loads itself again when that is done
            assertThat(page.locator(".progress")).hasCount(0);

            button(page, "Try again: a-step-of-the-test").click();
            assertThat(page.locator("[role=status]")).containsText("The step runs again");

            page.navigate(base() + "privacy/office/requests/" + delivered);
            button(page, "Send it again").click();
            assertThat(page.locator("[role=status]")).containsText("The mail goes out again");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> themis.mails(delivered, address).size() == 3);

            Download record =
                    page.waitForDownload(() -> link(page, "Export the record").click());
            JsonNode told = json.readTree(Files.readString(record.path()));
            assertThat(told.at("/request/emailAddress").asText()).isEqualTo(address);
            assertThat(told.at("/acts/0/act").asText()).isEqualTo("resend");
            assertThat(told.at("/acts/0/actor").asText()).isEqualTo("ada");
        }
    }

    @Test
    void theListHasWhatIsLateFirstAndGoesOnPageByPage(Browser browser) {
        String crowd = UUID.randomUUID() + "@example.org";
        for (int i = 0; i < 60; i++) {
            found.insert(
                    "access",
                    "gathering",
                    "crowd-" + i + "-" + crowd,
                    Duration.ofDays(25).plusMinutes(i));
        }
        UUID late = found.insert("access", "gathering", "late-" + crowd, Duration.ofDays(-40));
        try (Visit visit = visit(browser, desktop(), visitor.session(OFFICER, "ada"))) {
            Page page = visit.open("privacy/office");
            assertThat(page.locator("tbody tr").first()).containsText("late-" + crowd);
            assertThat(page.locator("tbody tr").first()).containsText("40 days late");
            List<String> seen = new ArrayList<>();
            while (true) {
                page.locator("tbody th a").all().forEach(each -> seen.add(each.getAttribute("href")));
                if (link(page, "Next page").count() == 0) {
                    break;
                }
                link(page, "Next page").click();
            }
            assertThat(seen).doesNotHaveDuplicates().hasSizeGreaterThan(60);
            link(page, "Late").click();
            assertThat(page.locator("tbody")).containsText("late-" + crowd);
            assertThat(page.locator("tbody")).not().containsText("crowd-0-");
        }
        assertThat(late).isNotNull();
    }

    @Test
    void anOperatorSeesNoAddressAndDecidesNothing(Browser browser) {
        String address = found.person();
        UUID id = found.insert("access", "gathering", address, Duration.ofDays(20));
        try (Visit visit = visit(browser, desktop(), visitor.session("operator", "olga"))) {
            Page page = visit.open("privacy/office/requests/" + id);
            assertThat(page.locator("main")).not().containsText(address);
            assertThat(button(page, "Extend the deadline")).hasCount(0);
            assertThat(link(page, "Export the record")).hasCount(0);
        }
        assertThat(visitor.get("/privacy/office/requests/" + id + "/record.json", visitor.session("operator", "olga"))
                        .statusCode())
                .isEqualTo(404);
    }

    // ---- how it looks, and for whom

    @ParameterizedTest
    @CsvSource({"DESKTOP, en, LIGHT", "PHONE, de, DARK"})
    void everyPageIsAccessibleSmallAndNoWiderThanItsScreen(
            Screen screen, String language, ColorScheme scheme, Browser browser) throws Exception {
        String address = found.person();
        String person = visitor.session("person", address);
        String newcomer = visitor.session("person", found.person());
        String officer = visitor.session(OFFICER, "ada");
        UUID gathering = found.insert("access", "gathering", address, Duration.ofDays(20));
        UUID refused = found.insert("erasure", "unknown-subject", "gone-" + address, Duration.ofDays(20));
        database.sql("UPDATE data_subject_request SET closed_at = now() WHERE id = :id")
                .param("id", refused)
                .update();
        UUID troubled = found.insertTroubled("troubled-" + address);
        String ready = found.person();
        String delivered = themis.ask(ready);
        themis.await(delivered, "delivered");
        String leaving = found.person();
        String planned = Themis.json(themis.send(
                                "POST",
                                "/api/v1/requests",
                                "{\"type\": \"erasure\", \"emailAddress\": \"%s\"}".formatted(leaving),
                                Themis.JSON_WITH_KEY)
                        .body())
                .path("id")
                .asText();
        themis.await(planned, "awaiting-approval");

        Map<String, String[]> pages = new LinkedHashMap<>();
        pages.put("welcome", new String[] {null, "privacy"});
        pages.put("signed-out", new String[] {null, "privacy/signed-out"});
        pages.put("not-signed-in", new String[] {null, "privacy/not-signed-in"});
        pages.put("home-empty", new String[] {newcomer, "privacy"});
        pages.put("home", new String[] {person, "privacy"});
        pages.put("ask-erasure", new String[] {newcomer, "privacy/erasure"});
        pages.put("request-gathering", new String[] {person, "privacy/requests/" + gathering});
        pages.put(
                "request-delivered", new String[] {visitor.session("person", ready), "privacy/requests/" + delivered});
        pages.put("request-planned", new String[] {visitor.session("person", leaving), "privacy/requests/" + planned});
        pages.put("not-found", new String[] {person, "privacy/nothing"});
        pages.put("forbidden", new String[] {person, "privacy/office"});
        pages.put("office", new String[] {officer, "privacy/office"});
        pages.put("office-partial", new String[] {officer, "privacy/office?show=partial"});
        pages.put("office-closed", new String[] {officer, "privacy/office?show=closed"});
        pages.put("file-delivered", new String[] {officer, "privacy/office/requests/" + delivered});
        pages.put("file-planned", new String[] {officer, "privacy/office/requests/" + planned});
        pages.put("file-troubled", new String[] {officer, "privacy/office/requests/" + troubled});
        pages.put("homonyms", new String[] {officer, "privacy/office/requests/" + troubled + "/homonyms"});

        SoftAssertions softly = new SoftAssertions();
        for (Map.Entry<String, String[]> each : pages.entrySet()) {
            NewContextOptions options = screen.options().setLocale(language).setColorScheme(scheme);
            try (Visit visit = visit(browser, options, each.getValue()[0])) {
                List<Request> requests = new ArrayList<>();
                visit.page().onRequestFinished(requests::add);
                visit.open(each.getValue()[1]);
                look(softly, visit, each.getKey(), screen, language, scheme);
                for (Request request : requests) {
                    softly.assertThat(request.sizes().responseBodySize)
                            .as("bytes of %s", request.url())
                            .isLessThan((int) MOST_BYTES);
                }
            }
        }
        try (Visit visit = visit(browser, screen.options().setLocale(language).setColorScheme(scheme), newcomer)) {
            visit.open("privacy/erasure").locator("button.danger").click();
            look(softly, visit, "ask-erasure-error", screen, language, scheme);
        }
        try (Visit visit = visit(browser, screen.options().setLocale(language).setColorScheme(scheme), officer)) {
            Page page = visit.open("privacy/office");
            page.locator("#wanted").fill(ready);
            page.locator(".search button").click();
            assertThat(page.locator("tbody")).containsText(delivered.substring(0, 8));
            assertThat(page.url()).doesNotContain(ready);
            look(softly, visit, "office-found", screen, language, scheme);
        }
        softly.assertAll();
    }

    private static void look(
            SoftAssertions softly, Visit visit, String name, Screen screen, String language, ColorScheme scheme) {
        String where = "%s-%s-%s-%s".formatted(name, screen, language, scheme).toLowerCase(Locale.ROOT);
        visit.page()
                .screenshot(new ScreenshotOptions()
                        .setFullPage(true)
                        .setScale(ScreenshotScale.CSS)
                        .setPath(SCREENSHOTS.resolve(where + ".png")));
        softly.assertThat(visit.page().locator("html").getAttribute("lang"))
                .as(where)
                .isEqualTo(language);
        softly.assertThat(visit.accessibilityViolations()).as(where).isEmpty();
        softly.assertThat(visit.sidewaysScroll()).as(where).isZero();
        softly.assertThat(visit.complaints())
                .as(where)
                // The browser says of a page with another status than 200 that it failed.
                .allMatch(complaint -> complaint.contains("Failed to load resource"));
    }

    @Test
    void theLanguageIsAChoiceThatStays(Browser browser) {
        try (Visit visit = visit(browser, desktop(), visitor.session("person", found.person()))) {
            Page page = visit.open("privacy/erasure");
            link(page, "Deutsch").click();
            assertThat(page.locator("h1")).hasText("Daten löschen lassen");
            page.navigate(base() + "privacy");
            assertThat(page.locator("h1")).hasText("Ihre Daten");
            assertThat(page.url()).doesNotContain("lang");
        }
    }

    @Test
    void everythingIsReachedByKeysAndSeenToBe(Browser browser) {
        try (Visit visit = visit(browser, desktop(), visitor.session("person", found.person()))) {
            Page page = visit.open("privacy/erasure");
            page.keyboard().press("Tab");
            Locator skip = page.locator(".skip");
            assertThat(skip).isFocused();
            assertThat(skip).isInViewport();
            List<String> reached = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                page.keyboard().press("Tab");
                reached.add((String) page.evaluate("document.activeElement.id || document.activeElement.className"
                        + " || document.activeElement.textContent.trim()"));
                assertThat((String) page.evaluate("""
                                (() => { const of = getComputedStyle(document.activeElement);
                                         return document.activeElement === document.body ? 'solid' : of.outlineStyle; })()"""))
                        .as("outline of %s", reached)
                        .isEqualTo("solid");
            }
            assertThat(reached).contains("copy", "understood", "danger");
            page.locator("#understood").focus();
            page.keyboard().press("Space");
            assertThat(page.locator("#understood")).isChecked();
        }
    }
}
