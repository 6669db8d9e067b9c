package io.themis.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import io.themis.WarmJvm;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each thing that a page must not do is seen when a page does it. */
@WarmJvm
@InBrowser
class BrowserIT {

    private static final String HEAD =
            "<!DOCTYPE html><html lang=en><meta charset=UTF-8><meta name=viewport content='width=device-width'>"
                    + "<title>A page</title>";

    @TempDir
    private Path folder;

    @Test
    void aGoodPageGivesNoReasonToComplain(Browser browser) throws Exception {
        write("other.html", "<main><h1>Other</h1></main>");
        write("page.html", "<main><h1>Words</h1><p><a href=other.html>Read on</a></p></main>");
        for (Screen screen : Screen.values()) {
            try (Visit visit = browser.visit(folder, screen.options())) {
                visit.open("page.html").click("a");

                assertThat(visit.page().url()).isEqualTo(folder.toUri() + "other.html");
                assertThat(visit.accessibilityViolations()).isEmpty();
                assertThat(visit.sidewaysScroll()).isZero();
                assertThat(visit.complaints()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<img alt='' src='http://127.0.0.1:9/pixel.png'>",
                "<img alt='' src='//pixel.example/pixel.png'>",
                "<img alt='' src='../outside.png'>",
                "<link rel=stylesheet href='https://styles.example/style.css'>",
                "<script>fetch('https://counter.example/').catch(() => {})</script>",
                "<script>new WebSocket('wss://counter.example/')</script>",
                "<script>console.warn('careful')</script>",
                "<script>throw new Error('broken')</script>",
                "<script>alert(1)</script>",
                "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><img alt='' src=own.png>"
            })
    void whatAPageMustNotDoIsNamedWithThePage(String content, Browser browser) throws Exception {
        write("page.html", content);
        try (Visit visit = browser.visit(folder, Screen.DESKTOP.options())) {
            visit.open("page.html");

            assertThat(visit.complaints()).isNotEmpty().allMatch(complaint -> complaint.startsWith("page.html "));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<main><h1>Words</h1><p style='color:#aaa'>pale</p></main> | color-contrast",
                "<main><h1>Words</h1><img src='data:,'></main>             | image-alt",
                "<main><h1>Words</h1></main><p>outside</p>                 | region",
                "<main><h3>Words</h3></main>                               | page-has-heading-one"
            })
    void whatKeepsSomebodyFromReadingIsNamed(String content, String rule, Browser browser) throws Exception {
        write("page.html", content);
        try (Visit visit = browser.visit(folder, Screen.DESKTOP.options())) {
            visit.open("page.html");

            assertThat(visit.accessibilityViolations()).anyMatch(line -> line.startsWith(rule + " "));
        }
    }

    @Test
    void aPageThatIsTooWideForAPhoneIsSeen(Browser browser) throws Exception {
        write("page.html", "<div style='width:500px'>wide</div>");
        try (Visit phone = browser.visit(folder, Screen.PHONE.options())) {
            phone.open("page.html");

            assertThat(phone.sidewaysScroll()).isGreaterThan(100);
        }
    }

    @Test
    void aSiteOnThisMachineIsReachedAndNoOther(Browser browser) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            byte[] page = (HEAD + "<p>Here</p><script>fetch('/again')</script>").getBytes();
            call.getResponseHeaders().add("Content-Type", "text/html");
            call.sendResponseHeaders(200, page.length);
            call.getResponseBody().write(page);
            call.close();
        });
        server.start();
        URI site = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        try (Visit visit = browser.visit(site, new NewContextOptions())) {
            Page page = visit.open("page");

            assertThat(page.locator("p").innerText()).isEqualTo("Here");
            assertThat(visit.complaints()).isEmpty();

            page.evaluate("() => fetch('http://localhost:9/').catch(() => {})");
            assertThat(visit.complaints()).anyMatch(complaint -> complaint.equals("page asks for http://localhost:9/"));
        } finally {
            server.stop(0);
        }
    }

    private void write(String name, String content) throws Exception {
        Files.writeString(folder.resolve(name), HEAD + content);
    }
}
