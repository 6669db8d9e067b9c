package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    private void start(String own) throws Exception {
        Path file = Files.writeString(folder.resolve("own.camel.yaml"), own);
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(
                            ResourceHelper.resolveResource(camel, "classpath:routes/error-handling.camel.yaml"),
                            ResourceHelper.resolveResource(camel, "file:" + file));
            new CompanyRoutes().beforeApplicationStart(camel);
            camel.start();
        }
    }
}
