package io.themis.browser;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ServiceWorkerPolicy;
import io.themis.devservices.NodePackages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/**
 * Chromium without a window, driven by Playwright. It resolves no name but {@code localhost}, so that no page reaches
 * anything off this machine. Not for several threads at once.
 */
public final class Browser implements CloseableResource {

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final String axe;

    private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium, String axe) {
        this.playwright = playwright;
        this.chromium = chromium;
        this.axe = axe;
    }

    /**
     * Starts a browser.
     *
     * @throws io.themis.devservices.DevServicesException when npm is missing or fails; the message says what to do
     */
    static Browser start(Path program) {
        NodePackages packages = NodePackages.ofProject();
        // Playwright looks for package/cli.js here, hence that name in package.json.
        System.setProperty("playwright.cli.dir", packages.file("").toString());
        Playwright playwright =
                Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_NODEJS_PATH", "node")));
        try {
            return new Browser(
                    playwright,
                    playwright
                            .chromium()
                            .launch(
                                    new LaunchOptions()
                                            .setExecutablePath(program)
                                            .setArgs(
                                                    List.of(
                                                            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"))),
                    Files.readString(packages.file("axe-core/axe.min.js")));
        } catch (IOException e) {
            playwright.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    /** A visit to the pages of a folder, without any network. */
    public Visit visit(Path folder, NewContextOptions options) {
        return visit(folder.toUri(), options.setOffline(true));
    }

    /**
     * A visit by somebody who has never been there.
     *
     * @param site what the addresses begin with that pages may ask for; ends with a slash
     */
    public Visit visit(URI site, NewContextOptions options) {
        return new Visit(site, chromium.newContext(options.setServiceWorkers(ServiceWorkerPolicy.BLOCK)), axe);
    }

    @Override
    public void close() {
        playwright.close();
    }
}
