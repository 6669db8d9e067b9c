package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.yaml.snakeyaml.Yaml;

/**
 * Guards that each new route has to have as well. What they are against is in AdvisoriesIT, which tries it on those that are
 * there.
 */
class AdvisoriesTest {

    /** Where messages come from that Themis made itself. */
    private static final String OWN_ENTRY = "(step|timer):.*";

    /** A route, as YAML has it. */
    record Route(String id, String from, Map<String, Object> parameters, List<Map<String, Object>> steps) {

        @Override
        public String toString() {
            return id;
        }
    }

    /** From the REST contract, or from any component but Camel's own plumbing. */
    static Stream<Route> entries() throws IOException {
        TreeSet<String> operations = new TreeSet<>();
        try (InputStream yaml = new ClassPathResource("openapi/themis.yaml").getInputStream()) {
            Map<String, Map<String, Map<String, Map<String, Object>>>> contract = new Yaml().load(yaml);
            contract.get("paths")
                    .values()
                    .forEach(methods -> methods.values()
                            .forEach(operation -> operations.add("direct:" + operation.get("operationId"))));
        }
        return routes().stream()
                .filter(route -> operations.contains(route.from())
                        || !route.from().startsWith("direct:") && !route.from().matches(OWN_ENTRY));
    }

    @Test
    void thereAreEntriesOfAllKinds() throws IOException {
        assertThat(entries().map(Route::from))
                .contains("direct:submitRequest", "jms:queue:themis.requests", "platform-http:/hooks/event-grid");
    }

    /** CVE-2026-40453: what passes Camel's own filter in other upper and lower case. */
    @ParameterizedTest
    @MethodSource("entries")
    void anEntryFirstRemovesAllHeadersButItsOwn(Route entry) {
        Map<String, Object> first = entry.steps().get(0);
        if (entry.from().startsWith("platform-http:")) {
            assertThat(first).as("the entry hands on to an operation").containsKey("to");
            return;
        }
        if (isCaller(first)) {
            first = entry.steps().get(1);
        }

        assertThat(first).containsKey("removeHeaders");
        Map<String, String> guard = map(first.get("removeHeaders"));
        assertThat(guard.get("pattern")).isEqualTo("*");
        assertThat(guard.getOrDefault("excludePattern", ""))
                .as("names, one by one")
                .matches("(\\(\\?i\\))?[A-Za-z-]*(\\|[A-Za-z-]+)*");
    }

    private static boolean isCaller(Map<String, Object> step) {
        return step.get("setVariable") instanceof Map<?, ?> variable && "caller".equals(variable.get("name"));
    }

    /** CVE-2026-40860 and CVE-2026-43866; and a reply goes where its sender says. */
    @Test
    void aMessageIsNeitherOpenedNorAnswered() throws IOException {
        assertThat(routes())
                .filteredOn(
                        route -> route.from().startsWith("jms:") || route.from().startsWith("amqp:"))
                .isNotEmpty()
                .allSatisfy(route -> assertThat(route.parameters())
                        .containsEntry("disableReplyTo", true)
                        .containsEntry("messageConverter", "#textMessages"));
    }

    /** CVE-2026-46584, and headers that name other recipients. */
    @Test
    void aMailBeginsWithoutHeaders() throws IOException {
        List<String> mails = new ArrayList<>();
        for (Route route : routes()) {
            boolean[] clean = {false};
            for (Map<String, Object> step : route.steps()) {
                if (step.get("removeHeaders") instanceof Map<?, ?> removal) {
                    clean[0] = "*".equals(removal.get("pattern")) && removal.get("excludePattern") == null;
                } else if (step.get("to") instanceof Map<?, ?> to
                        && String.valueOf(to.get("uri")).contains("themis.mail")) {
                    mails.add(route.id());
                    assertThat(clean[0]).as(route.id()).isTrue();
                } else if (!step.containsKey("setHeader")) {
                    clean[0] = false;
                }
            }
        }
        assertThat(mails).isNotEmpty();
    }

    /** CVE-2026-60093 and CVE-2026-66906: nothing is written to a file, so nothing is written to a wrong one. */
    @Test
    void noRouteWritesAFileOrRunsAProgram() throws IOException {
        List<String> uris = new ArrayList<>();
        List<Object> operations = new ArrayList<>();
        for (Resource file : files()) {
            everyMap(load(file), map -> {
                if (map.get("uri") instanceof String uri) {
                    uris.add(uri);
                }
                if (map.get("operation") != null) {
                    operations.add(map.get("operation"));
                }
                for (String sender : List.of("to", "toD", "wireTap", "enrich", "pollEnrich")) {
                    if (map.get(sender) instanceof String uri) {
                        uris.add(uri);
                    }
                }
                assertThat(map)
                        .doesNotContainKeys("fileDir", "fileName", "allowTemplateFromHeader", "transferException");
            });
        }

        assertThat(uris)
                .isNotEmpty()
                .allSatisfy(uri -> assertThat(uri)
                        .doesNotStartWithIgnoringCase("file")
                        .doesNotStartWithIgnoringCase("ftp")
                        .doesNotStartWithIgnoringCase("sftp")
                        .doesNotStartWithIgnoringCase("exec"));
        assertThat(operations).containsOnly("getFile", "getBlob");
    }

    private static List<Route> routes() throws IOException {
        List<Route> routes = new ArrayList<>();
        for (Resource file : files()) {
            for (Object item : (List<?>) load(file)) {
                Object definition = map(item).getOrDefault("route", map(item).get("routeTemplate"));
                if (definition != null) {
                    Map<String, Object> route = map(map(definition).getOrDefault("route", definition));
                    Map<String, Object> from = map(route.get("from"));
                    routes.add(new Route(
                            (String) route.get("id"),
                            (String) from.get("uri"),
                            map(from.getOrDefault("parameters", Map.of())),
                            ((List<?>) from.get("steps"))
                                    .stream()
                                            .<Map<String, Object>>map(AdvisoriesTest::map)
                                            .toList()));
                }
            }
        }
        return routes;
    }

    private static Resource[] files() throws IOException {
        return new PathMatchingResourcePatternResolver().getResources("classpath:routes/*.camel.yaml");
    }

    private static Object load(Resource file) throws IOException {
        try (InputStream yaml = file.getInputStream()) {
            return new Yaml().load(yaml);
        }
    }

    @SuppressWarnings("unchecked")
    private static <V> Map<String, V> map(Object value) {
        return new LinkedHashMap<>((Map<String, V>) value);
    }

    private static void everyMap(Object value, Consumer<Map<String, Object>> visitor) {
        if (value instanceof Map<?, ?>) {
            visitor.accept(map(value));
            map(value).values().forEach(inner -> everyMap(inner, visitor));
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> everyMap(inner, visitor));
        }
    }
}
