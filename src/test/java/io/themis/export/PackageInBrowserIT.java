package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import com.microsoft.playwright.options.ScreenshotScale;
import io.themis.WarmJvm;
import io.themis.browser.Browser;
import io.themis.browser.InBrowser;
import io.themis.browser.Screen;
import io.themis.browser.Visit;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Part;
import io.themis.request.Shortfall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The package as the person has it: unpacked in a folder, every page opened in a browser, nothing else within reach. */
@WarmJvm
@InBrowser
class PackageInBrowserIT {

    private static final ColorScheme[] LIGHT_AND_DARK = {ColorScheme.LIGHT, ColorScheme.DARK};
    private static final ColorScheme[] JUST_LIGHT = {ColorScheme.LIGHT};
    private static final int PAPER = 680; // CSS pixels of A4 between margins of 15 mm
    private static final String EVIL = "<script>alert(1)</script><img src=//a.example onerror=alert(2)> "
            + "\"'&`${1} javascript:alert(3) \u202Ereversed\u202C שלום 数据 \uD83D\uDC69\u200D\uD83D\uDC67 "
            + "neverending".repeat(40);

    /** Runs as HTML, as SVG and as XHTML. */
    private static final String SCRIPTS = """
            <svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script>
            <script xmlns="http://www.w3.org/1999/xhtml">alert(2)</script></svg>""";

    @TempDir
    private static Path disk;

    enum Sample {
        ENGLISH {
            @Override
            SamplePackage make() {
                return SamplePackage.full();
            }
        },
        GERMAN {
            @Override
            SamplePackage make() {
                SamplePackage sample = SamplePackage.full();
                sample.language = Locale.GERMAN;
                return sample;
            }
        },
        INCOMPLETE {
            @Override
            SamplePackage make() {
                SamplePackage sample = new SamplePackage();
                for (String name : List.of("posts", "comments")) {
                    sample.add(
                            SamplePackage.dataset(name, "Everything among the " + name, Dataset.Kind.LAKE),
                            partial(name, "tea.stackexchange.com/Posts.xml ends in the middle of a row."));
                }
                sample.add("votes", "Votes", Dataset.Kind.SQL);
                return sample;
            }
        },
        EMPTY {
            @Override
            SamplePackage make() {
                return new SamplePackage().notes();
            }
        },
        FILES {
            @Override
            SamplePackage make() {
                SamplePackage sample = new SamplePackage();
                AttachmentNames names = new AttachmentNames("letters");
                return sample.letters(Stream.of("Überweisung 100%.txt", "scripts.html", "scripts.svg", "CON.xhtml")
                        .map(name -> sample.parts.stageFile(
                                names.of("12/" + name), "text/html", SCRIPTS.getBytes(StandardCharsets.UTF_8)))
                        .toArray(Part[]::new));
            }
        },
        EVIL_TEXTS {
            @Override
            SamplePackage make() throws IOException {
                SamplePackage sample = new SamplePackage();
                sample.controller = new Controller(EVIL, EVIL, EVIL, EVIL, EVIL);
                List<Dataset> datasets = evilDatasets();
                String row = new ObjectMapper().writeValueAsString(Map.of(EVIL, EVIL));
                Part part = sample.parts.stage(EVIL, List.of(EVIL), row);
                sample.add(datasets.get(0), SamplePackage.findings("found", part));
                sample.add(datasets.get(1), partial("partial", EVIL));
                sample.add(datasets.get(2), SamplePackage.findings("nothing"));
                return sample;
            }
        };

        private Path folder;

        abstract SamplePackage make() throws IOException;

        List<String> pages() throws IOException {
            try (Stream<Path> files = Files.walk(folder)) {
                List<String> pages = files.filter(file -> file.toString().endsWith(".html"))
                        .map(file -> folder.toUri().relativize(file.toUri()).toString())
                        .sorted()
                        .toList();
                assertThat(pages).hasSizeGreaterThan(1);
                return pages;
            }
        }

        private static DatasetFindings partial(String dataset, String reason) {
            return new DatasetFindings(
                    dataset,
                    Status.PARTIAL,
                    List.of(
                            new Shortfall(Shortfall.Kind.UNREADABLE, reason),
                            new Shortfall(Shortfall.Kind.REFUSED, reason)),
                    1,
                    1_234_567,
                    0,
                    Set.of(),
                    List.of(),
                    SamplePackage.ASKED,
                    new Review(3, List.of(), List.of()));
        }

        /** Three datasets of a data map (JSON is YAML) with nothing but evil words. */
        private static List<Dataset> evilDatasets() throws IOException {
            Map<String, Object> article15 = Map.of(
                    "purposes", List.of(EVIL, EVIL),
                    "categories", List.of(EVIL),
                    "recipients", List.of(EVIL),
                    "retention", EVIL,
                    "origin", EVIL);
            List<Map<String, Object>> datasets = Stream.of("found", "partial", "nothing")
                    .map(name -> Map.of(
                            "name",
                            name,
                            "title",
                            EVIL,
                            "kind",
                            "sql",
                            "dataSource",
                            "users",
                            "query",
                            "SELECT * FROM notes WHERE address = :#emailAddress",
                            "erasure",
                            Map.of(
                                    "action",
                                    "delete",
                                    "statements",
                                    List.of("DELETE FROM notes WHERE address = :#emailAddress")),
                            "article15",
                            article15))
                    .toList();
            byte[] map = new ObjectMapper()
                    .writeValueAsBytes(Map.of("subject", Map.of("key", "emailAddress"), "datasets", datasets));
            return DataMapLoader.load("evil.yaml", new ByteArrayInputStream(map))
                    .datasets();
        }
    }

    @BeforeAll
    static void unpack() throws Exception {
        for (Sample sample : Sample.values()) {
            sample.folder = disk.resolve("Meine Daten (März) #1 100%").resolve(sample.name());
            for (Map.Entry<String, byte[]> file :
                    UnzippedPackage.of(sample.make().write()).files.entrySet()) {
                Path path = sample.folder.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
        }
    }

    /** Pictures for a person to look at lie in {@code target/screenshots}. */
    @ParameterizedTest
    @EnumSource
    void everyPageIsWellOnEveryScreenAndInTheDark(Sample sample, Browser browser) throws Exception {
        SoftAssertions wrong = new SoftAssertions();
        for (Screen screen : Screen.values()) {
            // All samples have the colours of one style sheet, and the full ones every kind of page.
            for (ColorScheme scheme : sample == Sample.ENGLISH ? LIGHT_AND_DARK : JUST_LIGHT) {
                try (Visit visit = browser.visit(sample.folder, screen.options().setColorScheme(scheme))) {
                    for (String name : sample.pages()) {
                        String where = "%s of %s on a %s, %s".formatted(name, sample, screen, scheme);
                        Page page = visit.open(name);

                        wrong.assertThat(page.locator("h1").innerText())
                                .as(where)
                                .isNotBlank();
                        wrong.assertThat(visit.accessibilityViolations())
                                .as(where)
                                .isEmpty();
                        wrong.assertThat(visit.sidewaysScroll())
                                .as("too wide: %s", where)
                                .isZero();
                        page.screenshot(new ScreenshotOptions()
                                .setFullPage(true)
                                .setScale(ScreenshotScale.CSS)
                                .setPath(Path.of(
                                        "target/screenshots",
                                        "%s-%s-%s"
                                                .formatted(sample, screen, scheme)
                                                .toLowerCase(Locale.ROOT),
                                        name.replace('/', '-').replace(".html", ".png"))));
                    }
                    wrong.assertThat(visit.complaints()).isEmpty();
                }
            }
        }
        wrong.assertAll();
    }

    @ParameterizedTest
    @EnumSource
    void everyLinkLeadsToAFileOrAPlaceAndEveryPageIsReached(Sample sample, Browser browser) throws Exception {
        try (Visit visit = browser.visit(sample.folder, Screen.DESKTOP.options())) {
            Set<String> reached = new LinkedHashSet<>(List.of("index.html"));
            Deque<String> next = new ArrayDeque<>(reached);
            while (!next.isEmpty()) {
                String name = next.pop();
                for (String address : links(visit.open(name))) {
                    URI link = URI.create(address);
                    URI target = sample.folder.toUri().relativize(URI.create(address.replaceFirst("#.*", "")));
                    assertThat(target.isAbsolute())
                            .as("%s leads out of the package: %s", name, link)
                            .isFalse();
                    assertThat(sample.folder.resolve(target.getPath()))
                            .as("%s in %s", link, name)
                            .isRegularFile();
                    if (link.getFragment() != null) {
                        visit.page().navigate(address);
                        assertThat(visit.page().locator(":target").count())
                                .as("%s in %s", link, name)
                                .isOne();
                    }
                    if (target.getPath().endsWith(".html") && reached.add(target.toString())) {
                        next.add(target.toString());
                    }
                }
            }
            assertThat(reached).containsExactlyInAnyOrderElementsOf(sample.pages());
            assertThat(visit.complaints()).isEmpty();
        }
    }

    @Test
    void noScriptOfAnAttachmentRuns(Browser browser) throws Exception {
        try (Visit visit = browser.visit(Sample.FILES.folder, Screen.DESKTOP.options())) {
            List<String> files = links(visit.open("tables/letters/1.html")).stream()
                    .filter(link -> link.contains("/files/"))
                    .toList();
            assertThat(files).hasSize(4);
            for (String file : files) {
                visit.page().navigate(file);

                assertThat(text(visit.page())).as(file).contains("<script>alert(1)</script>");
            }
            assertThat(visit.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyOtherPageHasALinkBackToTheOverview(Sample sample, Browser browser) throws Exception {
        try (Visit visit = browser.visit(sample.folder, Screen.PHONE.options())) {
            String overview = visit.open("index.html").url();
            for (String name : sample.pages()) {
                if (!name.equals("index.html")) {
                    visit.open(name).locator("a[href$='index.html']").first().tap();

                    visit.page().waitForURL(overview);
                }
            }
            assertThat(visit.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theTabKeyReachesEveryLinkOfEveryPage(Sample sample, Browser browser) throws Exception {
        try (Visit visit = browser.visit(sample.folder, Screen.DESKTOP.options())) {
            for (String name : sample.pages()) {
                Page page = visit.open(name);
                Set<String> expected = new TreeSet<>(links(page));
                Set<String> reached = new TreeSet<>();
                for (int presses = 2 * page.locator("a").count() + 20;
                        presses > 0 && !reached.containsAll(expected);
                        presses--) {
                    page.keyboard().press("Tab");
                    String address = (String) page.evaluate("document.activeElement.href ?? ''");
                    reached.add(address);
                }
                assertThat(reached).as(name).containsAll(expected);
            }
        }
    }

    @Test
    void theFocusIsSeenOnEveryLink(Browser browser) throws Exception {
        for (ColorScheme scheme : LIGHT_AND_DARK) {
            try (Visit visit = browser.visit(
                    Sample.ENGLISH.folder, Screen.DESKTOP.options().setColorScheme(scheme))) {
                for (String name : Sample.ENGLISH.pages()) {
                    Page page = visit.open(name);
                    page.keyboard().press("Tab"); // focus that comes by the keyboard is shown
                    for (Locator link : page.locator("a[href]:visible").all()) {
                        link.focus();
                        byte[] focused = around(link);
                        link.blur();

                        assertThat(focused)
                                .as("%s in %s, %s", link.textContent(), name, scheme)
                                .isNotEqualTo(around(link));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPageReadsTheSameWithoutJavaScript(Sample sample, Browser browser) throws Exception {
        try (Visit with = browser.visit(sample.folder, new NewContextOptions());
                Visit without = browser.visit(sample.folder, new NewContextOptions().setJavaScriptEnabled(false))) {
            for (String name : sample.pages()) {
                assertThat(text(without.open(name))).as(name).isNotBlank().isEqualTo(text(with.open(name)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPagePrintsWithAllItsWordsWithinThePaper(Sample sample, Browser browser) throws Exception {
        SoftAssertions wrong = new SoftAssertions();
        try (Visit visit = browser.visit(sample.folder, Screen.DESKTOP.options().setViewportSize(PAPER, 1000))) {
            for (String name : sample.pages()) {
                Page page = visit.open(name);
                List<String> onScreen = text(page).lines().toList();

                page.emulateMedia(new EmulateMediaOptions().setMedia(Media.PRINT));
                wrong.assertThat(text(page).lines().toList()).as(name).containsAll(onScreen);
                wrong.assertThat(visit.sidewaysScroll())
                        .as("too wide: %s", name)
                        .isZero();
                wrong.assertThat(visit.accessibilityViolations()).as(name).isEmpty();
                wrong.assertThat(new String(page.pdf(), 0, 5)).isEqualTo("%PDF-");
                page.emulateMedia(new EmulateMediaOptions().setMedia(Media.SCREEN));
            }
            wrong.assertThat(visit.complaints()).isEmpty();
        }
        wrong.assertAll();
    }

    /** Absolute addresses of all links of a page that can be seen. */
    @SuppressWarnings("unchecked")
    private static List<String> links(Page page) {
        return (List<String>) page.locator("a[href]:visible").evaluateAll("all => all.map(link => link.href)");
    }

    private static String text(Page page) {
        return page.locator("body").innerText();
    }

    /** A picture of a link with a little of what is around it. */
    private static byte[] around(Locator link) {
        BoundingBox box = link.boundingBox();
        return link.page()
                .screenshot(new ScreenshotOptions().setClip(box.x - 8, box.y - 8, box.width + 16, box.height + 16));
    }
}
