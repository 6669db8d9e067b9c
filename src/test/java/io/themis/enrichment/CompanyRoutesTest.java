package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.datamap.DataMapException;
import io.themis.datamap.DataMapLoader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompanyRoutesTest {

    private static final String ROUTE = """
            - route:
                id: my-crm
                from:
                  uri: direct:my-crm
                  steps:
                    - setBody: {simple: "${empty(list)}"}
            """;

    private static final String MAP = """
            subject: {key: emailAddress}
            datasets:
              - {name: notes, title: t, kind: route, uri: direct:my-crm, article15: &same {purposes: [p],
                 categories: [c], recipients: [r], retention: t, origin: o}, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}}
              - {name: more, title: t, kind: route, uri: "direct:my-crm?failIfNoConsumers=true", article15: *same, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}}
              - {name: mails, title: t, kind: route, uri: "seda:answered-elsewhere", article15: *same, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}}
            """;

    @TempDir
    Path folder;

    @Test
    void aRouteThatADatasetAsksIsTaken() {
        assertThatNoException().isThrownBy(() -> start(ROUTE));
        assertThatNoException()
                .isThrownBy(
                        () -> start("- routeConfiguration: {id: mine, errorHandler: {noErrorHandler: {}}}\n" + ROUTE));
    }

    @Test
    void anEntryFromOutsideIsRefused() {
        assertThatThrownBy(() -> start(ROUTE.replace("direct:my-crm", "timer:my-crm?period=100000")))
                .hasStackTraceContaining("own.camel.yaml: the route \"my-crm\" begins with timer:; routes of your own"
                        + " begin with direct:");
    }

    @Test
    void errorHandlingForEveryRouteIsRefused() {
        for (String configuration : new String[] {
            "onException: [onException: {exception: [java.lang.Exception], handled: {constant: \"true\"}}]",
            "intercept: [intercept: {steps: [stop: {}]}]",
            "errorHandler: {deadLetterChannel: {deadLetterUri: \"direct:my-crm\"}}"
        }) {
            assertThatThrownBy(() -> start("- routeConfiguration: {" + configuration + "}\n" + ROUTE))
                    .as(configuration)
                    .hasStackTraceContaining("a routeConfiguration without an id");
        }
    }

    @Test
    void aDatasetWhoseRouteIsMissingIsToldWithItsLine() {
        assertThatNoException().isThrownBy(() -> start(ROUTE.replace("my-crm\n", "my-crm?timeout=1000\n")));

        assertThatThrownBy(() -> start(ROUTE.replace("direct:my-crm", "direct:my-crn")))
                .isInstanceOf(DataMapException.class)
                .message()
                .contains("\nmap.yaml:3: dataset \"notes\": there is no route that begins with direct:my-crm"
                        + " (did you mean \"direct:my-crn\"?); write its file behind a comma into"
                        + " camel.main.routes-include-pattern, such as")
                .contains("\nmap.yaml:5: dataset \"more\": there is no route")
                .hasLineCount(3);
    }

    @Test
    void aMissingRouteThatWouldEraseIsToldWithItsLine() {
        String map = MAP.replaceFirst(
                "erasure: \\{action: keep[^}]*}", "erasure: {action: delete, uri: \"direct:forget-crm?timeout=1000\"}");

        assertThatThrownBy(() -> start(ROUTE, map))
                .isInstanceOf(DataMapException.class)
                .message()
                .contains("map.yaml:3: dataset \"notes\": there is no route that begins with direct:forget-crm;")
                .hasLineCount(2);
        assertThatNoException().isThrownBy(() -> start(ROUTE + ROUTE.replace("my-crm", "forget-crm"), map));
    }

    private void start(String own) throws Exception {
        start(own, MAP);
    }

    private void start(String own, String map) throws Exception {
        Path file = Files.writeString(folder.resolve("own.camel.yaml"), own);
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(
                            ResourceHelper.resolveResource(camel, "classpath:routes/error-handling.camel.yaml"),
                            ResourceHelper.resolveResource(camel, "file:" + file));
            new CompanyRoutes(DataMapLoader.load(
                            "map.yaml", new ByteArrayInputStream(map.getBytes(StandardCharsets.UTF_8))))
                    .beforeApplicationStart(camel);
            camel.start();
        }
    }
}
