package io.themis.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One person's visit to one site: a page, and what was wrong on the way. */
public final class Visit implements AutoCloseable {

    private static final Set<String> CONSOLE_LEVELS = Set.of("error", "warning");

    private final List<String> sites = new ArrayList<>();
    private final URI site;
    private final String axe;
    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new ArrayList<>();

    Visit(URI site, BrowserContext context, String axe) {
        this.site = site;
        sites.add(site.toString());
        this.axe = axe;
        this.context = context;
        context.route(address -> !isOfSite(address), route -> route.abort());
        context.onRequest(request -> {
            if (!isOfSite(request.url())) {
                complain("asks for " + request.url());
            }
        });
        context.onConsoleMessage(message -> {
            if (CONSOLE_LEVELS.contains(message.type())) {
                complain(message.type() + " in the console: " + message.text());
            }
        });
        context.onWebError(error -> complain("script fails: " + error.error()));
        context.onDialog(dialog -> {
            complain("opens a dialog: " + dialog.message());
            dialog.dismiss();
        });
        context.onPage(opened -> opened.onWebSocket(socket -> {
            if (!isOfSite(socket.url().replaceFirst("^ws", "http"))) {
                complain("opens a socket to " + socket.url());
            }
        }));
        page = context.newPage();
    }

    /** Lets the visit go to another site too, where this one leads there. */
    public Visit alsoTo(URI other) {
        sites.add(other.toString());
        return this;
    }

    /** The page, empty at first. */
    public Page page() {
        return page;
    }

    /** Opens a page of the site; {@code path} is relative to the site. */
    public Page open(String path) {
        page.navigate(site.resolve(path).toString());
        return page;
    }

    /**
     * What has gone wrong so far in any page: errors and warnings in the console, scripts that failed, dialogs, and
     * requests for anything that is not of the site (they were not let through).
     */
    public List<String> complaints() {
        page.evaluate("1"); // what the browser has said before this answer is heard by then
        return List.copyOf(complaints);
    }

    /**
     * What axe-core finds against the page as it is now, one line for each element. All its rules are on, best practices
     * and experimental ones too, but one: the contrast of 7:1 of level AAA, since what matters less is meant to be softer;
     * the 4.5:1 of level AA are asked for. Style sheets are not preloaded: to axe that is a request, and the page's policy
     * forbids it.
     */
    @SuppressWarnings("unchecked")
    public List<String> accessibilityViolations() {
        page.evaluate(axe);
        return (List<String>) page.evaluate("""
                async () => {
                  const rules = axe.getRules().map(rule => rule.ruleId).filter(id => id !== 'color-contrast-enhanced');
                  const found = await axe.run({preload: false, runOnly: rules});
                  return found.violations.flatMap(rule => rule.nodes.map(
                    node => `${rule.id} (${rule.help}): ${node.html} ${node.failureSummary.replace(/\\s+/g, ' ')}`));
                }
                """);
    }

    /** By how many CSS pixels the page is wider than its window: its reader would have to scroll sideways. */
    public int sidewaysScroll() {
        return (int) page.evaluate(
                "document.documentElement.scrollWidth - Math.round(document.documentElement.clientWidth)");
    }

    private boolean isOfSite(String address) {
        return sites.stream().anyMatch(address::startsWith);
    }

    private void complain(String what) {
        complaints.add(page.url().replace(site.toString(), "") + " " + what);
    }

    @Override
    public void close() {
        context.close();
    }
}
