package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.ThemisApplication;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.SimpleBeanDefinitionRegistry;
import org.springframework.context.annotation.AnnotationBeanNameGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.util.ClassUtils;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What holds for every route file, so that a reader knows it without reading. */
class RouteRulesTest {

    private static final Path FOLDER = Path.of("src/main/resources/routes");
    private static final Path ARCHITECTURE = Path.of("docs/architecture.md");
    private static final String SUFFIX = ".camel.yaml";

    /** The console cuts the name of a box after 34 characters, seven of them {@code direct:}. */
    private static final int LONGEST_ID = 27;

    /** The console's boxes have a line for the id of a node. */
    private static final int LONGEST_NODE_ID = 20;

    /** What they have of these beside the id is an expression that is cut. */
    private static final Set<String> NODES_THAT_NEED_AN_ID = Set.of("split", "multicast", "loop", "choice");

    private static final Pattern VERB_PHRASE = Pattern.compile("[A-Z][a-z]+ .*[^.]");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{[^}]+}}|\\$\\{[^}]+}");

    /** What anybody may ask, as it says nothing about anybody. */
    private static final Set<String> PUBLIC = Set.of("getCertificateKeys");

    /** Nodes that can send to an address made from a message. */
    private static final Set<String> DYNAMIC_SENDERS =
            Set.of("toD", "recipientList", "dynamicRouter", "routingSlip", "enrich", "pollEnrich", "poll", "wireTap");

    /** What a hostile sender would name; each is some component's or the mail's. */
    private static final List<String> HOSTILE_HEADERS = List.of(
            "CamelSqlQuery",
            "camelsqlquery",
            "CAmelHttpUri",
            "To",
            "Bcc",
            "mail.smtp.host",
            "aeg-sas-key",
            "JMSReplyTo");

    private final Map<String, List<Map<String, Object>>> files = files();
    private final List<Route> routes = routes();
    private final Set<String> operations = operations();

    /** A route or the route of a template. */
    private record Route(String file, String id, Map<String, Object> fields, boolean isTemplate) {

        @SuppressWarnings("unchecked")
        Map<String, Object> from() {
            return (Map<String, Object>) fields.get("from");
        }

        String uri() {
            return (String) from().get("uri");
        }

        String scheme() {
            return uri().substring(0, uri().indexOf(':'));
        }

        boolean isReachedFromOutside(Set<String> operations) {
            return scheme().equals("direct")
                    ? operations.contains(id)
                    : !scheme().equals("step") && !scheme().equals("timer");
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> steps() {
            return (List<Map<String, Object>>) from().get("steps");
        }

        @Override
        public String toString() {
            return file + ": " + id;
        }
    }

    @Test
    void theFolderIsFlatAndHasNothingButRoutes() throws IOException {
        // A ** pattern would find routes below it in tests, and not in the packaged jar.
        try (Stream<Path> content = Files.walk(FOLDER)) {
            assertThat(content.filter(path -> !path.equals(FOLDER)))
                    .isNotEmpty()
                    .allMatch(path ->
                            path.getParent().equals(FOLDER) && path.toString().endsWith(SUFFIX));
        }
    }

    @Test
    void everyRouteSaysWhatItDoes() {
        assertThat(routes)
                .allSatisfy(route -> assertThat((String) route.fields().get("description"))
                        .as("description of %s: a verb phrase, no full stop", route)
                        .matches(VERB_PHRASE));
    }

    @Test
    void everyRouteIsInAGroupThatIsNamedAsAFile() {
        assertThat(routes)
                .allSatisfy(route -> assertThat(route.fields().get("group"))
                        .as("group of %s", route)
                        .isIn(files.keySet()));
    }

    @Test
    void everyIdIsThereOnce() {
        List<String> ids = new ArrayList<>();
        files.values()
                .forEach(content -> visit(content, (name, node) -> {
                    // That of a template's node becomes another one in each route.
                    if (node.get("id") instanceof String id && !id.startsWith("{{")) {
                        ids.add(id);
                    }
                }));
        assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(routes.size());
    }

    @Test
    void aRouteIsNamedAsItsAddress() {
        assertThat(routes)
                .filteredOn(
                        route -> !route.isTemplate() && Set.of("direct", "step").contains(route.scheme()))
                .isNotEmpty()
                .allSatisfy(route -> assertThat(route.uri()).isEqualTo(route.scheme() + ":" + route.id()));
    }

    @Test
    void theConsoleShowsEveryNameInFull() {
        assertThat(routes)
                .filteredOn(route -> !operations.contains(route.id()))
                .allSatisfy(route -> assertThat(route.id()).hasSizeLessThanOrEqualTo(LONGEST_ID));
    }

    @Test
    void theConsoleShowsWhatANodeIsForWhereItsKindDoesNotTell() {
        assertIdsOfNodes("route", "[a-z]+(-[a-z]+)*", LONGEST_NODE_ID);
    }

    /** Each dataset has the nodes of its template under ids of its own: Camel takes no id twice, and makes it of one that begins so. */
    @Test
    void theConsoleShowsWhatANodeOfADatasetIsFor() {
        assertIdsOfNodes(
                "routeTemplate", "\\{\\{dataset}}(-[a-z]+)+", "{{dataset}}".length() + LONGEST_NODE_ID / 2 + 1);
    }

    private void assertIdsOfNodes(String kind, String form, int longest) {
        List<String> ids = new ArrayList<>();
        files.values()
                .forEach(content -> content.stream()
                        .filter(entry -> entry.containsKey(kind))
                        .map(entry -> fields(entry, kind))
                        .map(route -> kind.equals("route") ? route : fields(route, "route"))
                        .forEach(route -> {
                            List<String> ofRoute = new ArrayList<>();
                            visit(route.get("from"), (name, node) -> {
                                if (NODES_THAT_NEED_AN_ID.contains(name)) {
                                    assertThat(node.get("id"))
                                            .as("id of %s %s", name, node)
                                            .isNotNull();
                                }
                                if (node.get("id") instanceof String id) {
                                    assertThat(id).matches(form).hasSizeLessThanOrEqualTo(longest);
                                    ofRoute.add(id);
                                }
                            });
                            assertThat(ofRoute).doesNotHaveDuplicates();
                            ids.addAll(ofRoute);
                        }));
        assertThat(ids).isNotEmpty();
    }

    @Test
    void whatIsSentIsReceivedAndWhatIsReceivedIsSent() {
        List<Pattern> consumers =
                routes.stream().map(route -> glob(route.uri())).toList();
        Set<String> sent = new TreeSet<>();
        forEachNode((route, name, node) -> {
            if (node.get("uri") instanceof String uri && !name.equals("from")) {
                // What is behind a dot is no other step, but a part of its work
                sent.add(uri.replaceFirst("^(step:[^.]+)\\..*", "$1"));
            }
        });
        assertThat(sent)
                .filteredOn(uri -> uri.matches("(direct|step):.*"))
                .isNotEmpty()
                .allSatisfy(uri -> assertThat(consumers)
                        .as("who receives what is sent to %s", uri)
                        .anyMatch(consumer -> consumer.matcher(sample(uri)).matches()));
        assertThat(routes)
                .filteredOn(route -> route.uri().matches("(direct|step):.*") && !operations.contains(route.id()))
                .allSatisfy(route -> assertThat(sent)
                        .as("who sends to %s", route)
                        .anyMatch(uri -> glob(uri).matcher(sample(route.uri())).matches()
                                || glob(route.uri()).matcher(sample(uri)).matches()));
    }

    @Test
    void everyOperationOfTheContractHasItsRoute() {
        assertThat(routes)
                .filteredOn(route -> operations.contains(route.id()))
                .extracting(Route::id)
                .containsExactlyInAnyOrderElementsOf(operations);
    }

    @Test
    void everyRouteThatIsReachedFromOutsideSaysWhatBecomesOfAFailure() {
        assertThat(routes)
                .filteredOn(route -> route.isReachedFromOutside(operations))
                .isNotEmpty()
                .allSatisfy(route -> assertThat(route.fields().get("routeConfigurationId"))
                        .as("routeConfigurationId of %s", route)
                        .isIn("answer-problems", "dead-letter-or-again"));
    }

    @Test
    void noHeaderFromOutsideGetsPastTheFirstNode() {
        assertThat(routes)
                .filteredOn(route -> route.isReachedFromOutside(operations))
                .isNotEmpty()
                .allSatisfy(this::assertRemovesHeadersFirst);
    }

    private void assertRemovesHeadersFirst(Route route) {
        Map<String, Object> first = route.steps().get(0);
        if (field(first, "setVariable", "name").equals("caller")) {
            // Who calls is known from the servlet request, which only the container sets.
            assertThat(fields(fields(first, "setVariable"), "method"))
                    .isEqualTo(Map.of("ref", "callers", "method", "of(${header.CamelHttpServletRequest})"));
            first = route.steps().get(1);
        }
        if (first.get("to") instanceof String next) {
            assertRemovesHeadersFirst(routes.stream()
                    .filter(other -> other.uri().equals(next))
                    .findFirst()
                    .orElseThrow());
            return;
        }
        assertThat(field(first, "removeHeaders", "pattern"))
                .as("first node of %s removes all headers", route)
                .isEqualTo("*");
        Pattern kept = Pattern.compile(field(first, "removeHeaders", "excludePattern"), Pattern.CASE_INSENSITIVE);
        assertThat(HOSTILE_HEADERS)
                .as("headers that %s keeps", route)
                .noneMatch(header -> kept.matcher(header).matches());
    }

    /**
     * Camel reads the arguments in the text of a call again when it has put the values in: it takes quotes off, makes null
     * of {@code null}, and passes nothing for a list. A header that a caller wrote is taken by the annotation of a
     * parameter, which changes nothing.
     */
    @Test
    void noHeaderFromOutsideIsAnArgumentInTheTextOfACall() {
        forEachNode((route, name, node) -> {
            if (node.get("method") instanceof String call) {
                assertThat(call.replaceAll("header\\.Camel\\w+", ""))
                        .as("call in %s", route)
                        .doesNotContain("header");
            }
        });
    }

    /** A reader sees in the route who may call it, before anything is done for the caller. */
    @Test
    void everyOperationOfTheContractChecksItsCallerBeforeItActs() {
        assertThat(operations).containsAll(PUBLIC);
        assertThat(routes)
                .filteredOn(route -> operations.contains(route.id()) && !PUBLIC.contains(route.id()))
                .hasSize(operations.size() - PUBLIC.size())
                .allSatisfy(route -> assertThat(firstAction(route))
                        .as("what %s does first", route)
                        .matches("callers\\.(may|mustBe)\\w+\\(.*|direct:check-webhook-secret"));
    }

    /** The first call that does more than look at the message, also in the route that the message goes on to. */
    private String firstAction(Route route) {
        for (Map<String, Object> step : route.steps()) {
            if (step.containsKey("bean")) {
                return field(step, "bean", "ref") + "." + field(step, "bean", "method");
            }
            if (step.get("to") instanceof String next) {
                return next.equals("direct:check-webhook-secret")
                        ? next
                        : firstAction(routes.stream()
                                .filter(other -> other.uri().equals(next))
                                .findFirst()
                                .orElseThrow());
            }
        }
        return "nothing";
    }

    @Test
    void addressesAreMadeFromMessagesOnlyWithinTheApplication() {
        forEachNode((route, name, node) -> {
            if (DYNAMIC_SENDERS.contains(name)) {
                assertThat(String.valueOf(node.get("uri")))
                        .as("%s in %s", name, route)
                        .matches("((direct|step):[a-z]|freemarker:templates/).*")
                        .doesNotContain("${header");
            }
        });
    }

    @Test
    void sqlIsWrittenInTheDataMapAndNowhereElse() {
        forEachNode((route, name, node) -> {
            if (String.valueOf(node.get("uri")).startsWith("sql")) {
                assertThat(name).isEqualTo("to");
                assertThat(fields(node, "parameters")).containsEntry("query", "{{query}}");
            }
        });
    }

    @Test
    void everyParameterOfATemplateIsDescribed() {
        List<Map<String, Object>> parameters = new ArrayList<>();
        files.values()
                .forEach(content -> content.stream()
                        .filter(entry -> entry.containsKey("routeTemplate"))
                        .forEach(
                                entry -> children(fields(entry, "routeTemplate").get("parameters"))
                                        .forEach(parameters::add)));
        assertThat(parameters)
                .isNotEmpty()
                .allSatisfy(parameter -> assertThat(String.valueOf(parameter.get("description")))
                        .as("%s", parameter)
                        .matches("[A-Z].*[^.]"));
    }

    @Test
    void everyBeanThatARouteCallsExistsAndHasTheMethod() {
        Map<String, Class<?>> beans = beans();
        forEachNode((route, name, node) -> {
            if (node.get("ref") instanceof String ref) {
                assertThat(beans).as("bean of %s", route).containsKey(ref);
                if (node.get("method") instanceof String method) {
                    assertHasMethod(beans.get(ref), method, route);
                }
            }
            node.values().stream()
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .filter(value -> value.matches("#[a-zA-Z]+"))
                    .forEach(value -> assertThat(beans).as("bean of %s", route).containsKey(value.substring(1)));
            Matcher inText =
                    Pattern.compile("\\$\\{bean:(\\w+)\\?method=(\\w+)}").matcher(String.valueOf(node.get("uri")));
            if (inText.find()) {
                assertThat(beans).as("bean of %s", route).containsKey(inText.group(1));
                assertHasMethod(beans.get(inText.group(1)), inText.group(2), route);
            }
        });
    }

    private static void assertHasMethod(Class<?> bean, String call, Object route) {
        assertThat(Arrays.stream(bean.getMethods()).map(Method::getName))
                .as("public methods of %s that %s calls", bean, route)
                .contains(call.replaceAll("\\(.*", ""));
    }

    @Test
    void everyRouteFileIsInTheArchitecture() throws IOException {
        assertThat(Files.readString(ARCHITECTURE))
                .contains(files.keySet().stream().map(name -> name + SUFFIX).toList());
    }

    private static Map<String, List<Map<String, Object>>> files() {
        try (Stream<Path> content = Files.list(FOLDER)) {
            Map<String, List<Map<String, Object>>> files = new LinkedHashMap<>();
            for (Path file : content.sorted().toList()) {
                files.put(file.getFileName().toString().replace(SUFFIX, ""), yaml(file));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Route> routes() {
        List<Route> found = new ArrayList<>();
        files.forEach((file, content) -> content.forEach(entry -> {
            if (entry.containsKey("route")) {
                Map<String, Object> route = fields(entry, "route");
                found.add(new Route(file, (String) route.get("id"), route, false));
            }
            if (entry.containsKey("routeTemplate")) {
                Map<String, Object> template = fields(entry, "routeTemplate");
                found.add(new Route(file, (String) template.get("id"), fields(template, "route"), true));
            }
        }));
        return found;
    }

    private static Set<String> operations() {
        Set<String> ids = new TreeSet<>();
        Map<String, Object> contract = yaml(Path.of("src/main/resources/openapi/themis.yaml"));
        visit(contract.get("paths"), (name, node) -> {
            if (node.get("operationId") instanceof String id) {
                ids.add(id);
            }
        });
        return ids;
    }

    private static <T> T yaml(Path file) {
        try (InputStream text = Files.newInputStream(file)) {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface NodeRule {
        void check(Object route, String name, Map<String, Object> node);
    }

    private interface Visitor {
        void visit(String name, Map<String, Object> node);
    }

    /** Every map of every file; a node that is a text alone, such as {@code to: direct:x}, is its {@code uri}. */
    private void forEachNode(NodeRule rule) {
        files.forEach((file, content) -> visit(content, (name, node) -> rule.check(file, name, node)));
    }

    @SuppressWarnings("unchecked")
    private static void visit(Object tree, Visitor visitor) {
        if (tree instanceof Collection<?> items) {
            items.forEach(item -> visit(item, visitor));
        } else if (tree instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value instanceof Map<?, ?> node) {
                    visitor.visit((String) key, (Map<String, Object>) node);
                } else if (value instanceof String text && (key.equals("to") || key.equals("toD"))) {
                    visitor.visit((String) key, Map.of("uri", text));
                }
                visit(value, visitor);
            });
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> children(Object list) {
        return (List<Map<String, Object>>) list;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> fields(Map<String, Object> node, String name) {
        return node.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    private static String field(Map<String, Object> node, String name, String field) {
        return String.valueOf(fields(node, name).getOrDefault(field, ""));
    }

    /** An address with placeholders as a pattern of the addresses it can become. */
    private static Pattern glob(String uri) {
        return Pattern.compile(
                Stream.of(PLACEHOLDER.split(uri, -1)).map(Pattern::quote).collect(Collectors.joining("[a-z-]+")));
    }

    /** One of the addresses that an address with placeholders can become. */
    private static String sample(String uri) {
        return PLACEHOLDER.matcher(uri).replaceAll("sample");
    }

    /** Name to class of every Spring bean of the application, without starting it. */
    private static Map<String, Class<?>> beans() {
        Map<String, Class<?>> beans = new HashMap<>();
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(true);
        SimpleBeanDefinitionRegistry registry = new SimpleBeanDefinitionRegistry();
        for (BeanDefinition definition : scan.findCandidateComponents(ThemisApplication.class.getPackageName())) {
            Class<?> type = ClassUtils.resolveClassName(definition.getBeanClassName(), null);
            if (isOfTheApplication(type)) {
                beans.put(AnnotationBeanNameGenerator.INSTANCE.generateBeanName(definition, registry), type);
                for (Method method : type.getDeclaredMethods()) {
                    Bean bean = method.getAnnotation(Bean.class);
                    if (bean != null) {
                        beans.put(
                                bean.value().length == 0 ? method.getName() : bean.value()[0], method.getReturnType());
                    }
                }
            }
        }
        return beans;
    }

    private static boolean isOfTheApplication(Class<?> type) {
        return type.getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .equals(ThemisApplication.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation());
    }
}
