package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * The contract and the policies of API Management, as far as they can be looked at without one: what its documentation
 * says that it does not import, and what a policy must not leave out.
 */
class GatewayRulesTest {

    private static final Path FOLDER = Path.of("gateway");
    private static final Path IMPORTED = FOLDER.resolve("openapi.json");
    private static final Path RESOURCES = Path.of("azure/gateway.bicep");
    private static final Pattern NAMED_VALUE = Pattern.compile("\\{\\{([\\w-]+)}}");
    private static final Pattern CONTROLLER = Pattern.compile("(?m)^@(Rest)?Controller\\b");
    private static final Pattern PAGE = Pattern.compile("@(\\w+Mapping)\\(");
    private static final Pattern URL_PARAMETER = Pattern.compile("\\{([^}]+)}");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final JsonNode contract = contract();
    private final JsonNode imported = GatewayContract.of(contract);

    private static JsonNode contract() {
        try {
            return Manifests.tree(Files.readString(Path.of("src/main/resources/openapi/themis.yaml")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsImportedIsTheContractOfToday() throws IOException {
        String today = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(imported) + "\n";
        if (!Files.exists(IMPORTED) || !Files.readString(IMPORTED).equals(today)) {
            Files.writeString(IMPORTED, today);
            fail(IMPORTED + " was not of today's contract. It has been written anew: look at it, and commit it.");
        }
        assertThat(operations(imported).keySet()).isEqualTo(operations(contract).keySet());
    }

    @Test
    void theVersionAndTheSizeAreThoseThatAreImported() throws IOException {
        assertThat(imported.path("openapi").asText()).matches("3\\.0\\.[0-3]");
        assertThat(Files.size(IMPORTED)).isLessThan(MOST_BYTES);
    }

    /** They become names of resources, in lower case and with one hyphen for whatever is neither letter nor digit. */
    @Test
    void namesOfOperationsAreToldApart() {
        List<String> names = operations(imported).values().stream()
                .map(operation -> resourceName(operation.path("operationId").asText()))
                .toList();
        assertThat(names)
                .hasSizeGreaterThan(10)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9-]{1,76}"));
        assertThat(operations(imported).values())
                .allSatisfy(operation -> assertThat(operation.path("summary").asText())
                        .isNotBlank()
                        .hasSizeLessThanOrEqualTo(300));
    }

    private static String resourceName(String operationId) {
        return operationId.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    @Test
    void referencesAreToSchemasOfTheSameFileAndNoSchemaHasItself() {
        Set<String> schemas = new TreeSet<>();
        imported.at("/components/schemas").fieldNames().forEachRemaining(schemas::add);
        assertThat(imported.findValuesAsText("$ref"))
                .isNotEmpty()
                .allMatch(reference -> reference.startsWith("#/components/schemas/")
                        && schemas.contains(reference.substring("#/components/schemas/".length())));
        for (String schema : schemas) {
            assertThat(within(schema, new HashSet<>())).as("in " + schema).doesNotContain(schema);
        }
    }

    private Set<String> within(String schema, Set<String> seen) {
        for (String reference : imported.at("/components/schemas").path(schema).findValuesAsText("$ref")) {
            String name = reference.substring(reference.lastIndexOf('/') + 1);
            if (seen.add(name)) {
                within(name, seen);
            }
        }
        return seen;
    }

    @Test
    void aParameterOfAnAddressHasOneNameAndStandsInIt() {
        operations(imported).forEach((operation, definition) -> {
            String path = operation.substring(operation.indexOf('/'));
            List<String> named = new ArrayList<>();
            List<String> inPath = new ArrayList<>();
            for (JsonNode parameter : definition.path("parameters")) {
                assertThat(parameter.has("$ref")).isFalse();
                assertThat(parameter.path("in").asText()).isIn("path", "query", "header");
                assertThat(parameter.has("style") || parameter.has("explode") || parameter.has("allowReserved"))
                        .isFalse();
                String name = parameter.path("name").asText();
                if (parameter.path("in").asText().equals("path")) {
                    inPath.add(name);
                }
                if (!parameter.path("in").asText().equals("header")) {
                    named.add(name.toLowerCase(Locale.ROOT));
                }
            }
            assertThat(named).doesNotHaveDuplicates();
            assertThat(inPath)
                    .containsExactlyInAnyOrderElementsOf(URL_PARAMETER
                            .matcher(path)
                            .results()
                            .map(parameter -> parameter.group(1))
                            .toList());
        });
    }

    @Test
    void nothingIsThereThatTheImportWouldDrop() {
        assertThat(imported.path("components").size()).isEqualTo(1);
        assertThat(imported.has("externalDocs")).isFalse();
        operations(imported).values().forEach(operation -> {
            assertThat(operation.has("callbacks") || operation.has("servers") || operation.has("externalDocs"))
                    .isFalse();
            Stream.concat(Stream.of(operation.path("requestBody")), stream(operation.path("responses")))
                    .flatMap(message -> stream(message.path("content")))
                    .forEach(content -> assertThat(content.path("schema").has("$ref"))
                            .as("a schema by its name")
                            .isTrue());
        });
    }

    private static Stream<JsonNode> stream(JsonNode node) {
        return node.properties().stream().map(Map.Entry::getValue);
    }

    /** By method and path. */
    private static Map<String, JsonNode> operations(JsonNode contract) {
        Map<String, JsonNode> operations = new TreeMap<>();
        for (Map.Entry<String, JsonNode> path : contract.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                operations.put(operation.getKey() + " " + path.getKey(), operation.getValue());
            }
        }
        return operations;
    }

    /** All others are asked for a key or a token, by the policies of the whole API. */
    @Test
    void justTheOperationsThatTheContractOpensHavePoliciesOfTheirOwn() throws IOException {
        Set<String> open = operations(contract).values().stream()
                .filter(operation ->
                        operation.has("security") && operation.path("security").isEmpty())
                .map(operation -> resourceName(operation.path("operationId").asText()))
                .collect(Collectors.toSet());
        String list = Files.readString(RESOURCES).replaceAll("(?s).*var openOperations = \\[(.*?)].*", "$1");
        assertThat(open).isNotEmpty().isEqualTo(quoted(list));
    }

    private static Set<String> quoted(String bicep) {
        return Pattern.compile("'([^']*)'")
                .matcher(bicep)
                .results()
                .map(text -> text.group(1))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @CsvSource({
        "api, themis-unanswered, themis-problem",
        "open, themis-unanswered, themis-problem",
        "page, themis-apology, themis-apology"
    })
    void policiesLimitCallsHideWhatIsBehindThemAndAnswerProgramsWithProblemsAndPeopleWithAPage(
            String file, String unanswered, String error) throws Exception {
        Element policies = xml(FOLDER.resolve("policies/" + file + ".xml")).getDocumentElement();
        assertThat(policies.getTagName()).isEqualTo("policies");
        assertThat(elements(policies.getChildNodes()))
                .extracting(Element::getTagName)
                .containsExactly("inbound", "backend", "outbound", "on-error");
        assertThat(count(policies, "inbound", "rate-limit-by-key")).isPositive();
        assertThat(fragments(section(policies, "inbound"))).containsExactly("themis-to-backend");
        assertThat(count(policies, "backend", "forward-request")).isEqualTo(1);
        assertThat(fragments(section(policies, "outbound"))).containsExactly("themis-answer", unanswered);
        assertThat(fragments(section(policies, "on-error"))).containsExactly(error);
    }

    /** Themis knows the gateway by that key, and no caller may come to know it; nor where the gateway found Themis. */
    @Test
    void noAnswerGivesBackTheKeyNorAnythingElseThatCameWithTheCall() throws Exception {
        List<Element> all = elements(
                xml(FOLDER.resolve("fragments/answer.xml")).getDocumentElement().getChildNodes());
        assertThat(all)
                .allMatch(header -> header.getTagName().equals("set-header"), "whatever the answer is")
                .allMatch(header -> header.getAttribute("exists-action").equals("delete"))
                .extracting(header -> header.getAttribute("name"))
                .contains(
                        "Ocp-Apim-Subscription-Key",
                        "Authorization",
                        "Cookie",
                        "Forwarded",
                        "X-Forwarded-For",
                        "X-Forwarded-Host",
                        "Server",
                        "Via")
                .doesNotContain("Set-Cookie", "Location");
    }

    /** The documentation has no set-body there, and an answer of its own takes nothing over from one that had begun. */
    @ParameterizedTest
    @ValueSource(strings = {"problem", "apology"})
    void anErrorHasAnAnswerOfItsOwnInEachCase(String file) throws Exception {
        Element choice = (Element) xml(FOLDER.resolve("fragments/" + file + ".xml"))
                .getElementsByTagName("choose")
                .item(0);
        List<Element> cases = elements(choice.getChildNodes());
        assertThat(cases).last().extracting(Element::getTagName).isEqualTo("otherwise");
        assertThat(cases).hasSizeGreaterThan(1).allSatisfy(each -> {
            assertThat(elements(each.getChildNodes()))
                    .extracting(Element::getTagName)
                    .containsExactly("return-response");
            assertThat(header(each, "Content-Type").getTextContent().strip())
                    .isEqualTo(file.equals("problem") ? "application/problem+json" : "text/html; charset=utf-8");
            assertThat(each.getElementsByTagName("set-status").getLength()).isEqualTo(1);
            assertThat(each.getElementsByTagName("set-body").getLength()).isEqualTo(1);
        });
    }

    /** Who reads it has no key of a request, and may not know English. It works when Themis is away. */
    @Test
    void aPersonIsToldInHtmlInBothLanguagesAndWithoutAnythingThatThemisHasToBring() throws Exception {
        List<Element> bodies =
                elements(xml(FOLDER.resolve("fragments/apology.xml")).getElementsByTagName("set-body"));
        assertThat(bodies).hasSize(2);
        for (Element body : bodies) {
            String html = body.getTextContent();
            assertThat(html).startsWith("<!DOCTYPE html>").doesNotContain("Idempotency-Key");
            Element root = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(html)))
                    .getDocumentElement();
            assertThat(root.getAttribute("lang")).isEqualTo("en");
            assertThat(elements(root.getElementsByTagName("div")))
                    .singleElement()
                    .satisfies(german -> assertThat(german.getAttribute("lang")).isEqualTo("de"));
            assertThat(elements(root.getElementsByTagName("a")))
                    .hasSize(2)
                    .allMatch(link -> link.getAttribute("href").equals("/privacy"));
            for (String brought : List.of("link", "script", "img", "style", "form")) {
                assertThat(root.getElementsByTagName(brought).getLength())
                        .as(brought)
                        .isZero();
            }
        }
        assertThat(bodies.get(1).getTextContent())
                .as("what was sent may have arrived")
                .contains("it may have arrived", "kann trotzdem angekommen sein");
    }

    /** A proxy's answer is for nobody; those of Themis itself are pages already, and stay. */
    @Test
    void thePageIsThemisOwnUnlessAProxyAnsweredInItsPlace() throws Exception {
        Element outbound = section(xml(FOLDER.resolve("policies/page.xml")).getDocumentElement(), "outbound");
        Element when = (Element) outbound.getElementsByTagName("when").item(0);
        assertThat(when.getAttribute("condition"))
                .contains("context.Response.StatusCode >= 502 &&", "!context.Response.Headers", "\"text/html\"");
        assertThat(fragments(when)).containsExactly("themis-apology");
    }

    @Test
    void whoCallsHasATokenThatIsGoodOrASubscriptionAndTheBackEndsKeyGoesWithTheSubscriptionOnly() throws Exception {
        Element inbound = section(xml(FOLDER.resolve("policies/api.xml")).getDocumentElement(), "inbound");
        Element callers = (Element) inbound.getElementsByTagName("choose").item(0);
        List<Element> cases = elements(callers.getChildNodes());
        assertThat(cases).extracting(Element::getTagName).containsExactly("when", "when", "otherwise");

        Element token = cases.get(0);
        assertThat(token.getAttribute("condition")).contains("ContainsKey(\"Authorization\")");
        Element validation =
                (Element) token.getElementsByTagName("validate-jwt").item(0);
        assertThat(validation.getAttribute("require-scheme")).isEqualTo("Bearer");
        assertThat(validation.getAttribute("require-signed-tokens")).isEqualTo("true");
        assertThat(validation.getAttribute("require-expiration-time")).isEqualTo("true");
        assertThat(validation.getElementsByTagName("audience").getLength()).isEqualTo(1);
        assertThat(key(token).getAttribute("exists-action")).isEqualTo("delete");

        Element subscription = cases.get(1);
        assertThat(subscription.getAttribute("condition")).isEqualTo("@(context.Subscription != null)");
        assertThat(key(subscription).getAttribute("exists-action")).isEqualTo("override");
        assertThat(key(subscription).getTextContent().strip()).isEqualTo("{{themis-gateway-key}}");

        assertThat(cases.get(2).getElementsByTagName("return-response").getLength())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "page"})
    void whatIsOpenPassesNeitherKeyNorToken(String file) throws Exception {
        Element inbound =
                section(xml(FOLDER.resolve("policies/" + file + ".xml")).getDocumentElement(), "inbound");
        assertThat(inbound.getElementsByTagName("base").getLength()).isZero();
        assertThat(key(inbound).getAttribute("exists-action")).isEqualTo("delete");
        assertThat(header(inbound, "Authorization").getAttribute("exists-action"))
                .isEqualTo("delete");
    }

    /** People come through API Management, too: signed in by a cookie, to the paths that the page has. */
    @Test
    void thePageHasAWayInThatKeepsItsPathItsCookieAndItsStream() throws Exception {
        String bicep = Files.readString(RESOURCES);
        assertThat(bicep)
                .containsPattern(
                        "name: 'themis-page'\\s+properties: \\{[^}]*path: 'privacy'[^}]*subscriptionRequired: false");
        Set<String> operations = Pattern.compile("method: '(\\w+)'\\s+urlTemplate: '([^']+)'")
                .matcher(bicep)
                .results()
                .map(operation -> operation.group(1) + " " + operation.group(2))
                .collect(Collectors.toSet());
        assertThat(operations).containsExactlyInAnyOrder("GET /", "GET /*", "POST /*");
        assertThat(pages())
                .extracting(file -> file.getFileName().toString())
                .contains("Assets.java", "PersonPages.java");
        for (Path file : pages()) {
            for (String mapping : PAGE.matcher(Files.readString(file))
                    .results()
                    .map(mapping -> mapping.group(1))
                    .toList()) {
                assertThat(mapping).as("of " + file).matches("GetMapping|PostMapping|RequestMapping");
            }
        }

        Element policies = xml(FOLDER.resolve("policies/page.xml")).getDocumentElement();
        Element path = (Element)
                section(policies, "inbound").getElementsByTagName("rewrite-uri").item(0);
        assertThat(path.getAttribute("template"))
                .as("API Management takes the API's path away")
                .isEqualTo("@(context.Request.OriginalUrl.Path)");
        Element forward =
                (Element) policies.getElementsByTagName("forward-request").item(0);
        assertThat(forward.getAttribute("buffer-response")).isEqualTo("false");
        assertThat(forward.getAttribute("follow-redirects")).isEqualTo("false");
        assertThat(policies.getElementsByTagName("validate-jwt").getLength()).isZero();
        for (Path file : files()) {
            assertThat(elements(xml(file).getElementsByTagName("set-header")))
                    .extracting(header -> header.getAttribute("name"))
                    .doesNotContain("Set-Cookie");
        }
        for (Path inbound : List.of(FOLDER.resolve("policies/page.xml"), FOLDER.resolve("fragments/to-backend.xml"))) {
            assertThat(elements(xml(inbound).getElementsByTagName("set-header")))
                    .extracting(header -> header.getAttribute("name"))
                    .doesNotContain("Cookie");
        }
    }

    /** Whatever answers below the page's path, style sheets too. */
    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/themis/page"))) {
            for (Path file : files.toList()) {
                if (CONTROLLER.matcher(Files.readString(file)).find()) {
                    pages.add(file);
                }
            }
        }
        return pages;
    }

    /** An answer that got lost on the way says nothing about what was done; the key makes a second try the same request. */
    @ParameterizedTest
    @ValueSource(strings = {"unanswered", "problem"})
    void whereNoAnswerCameNothingIsSaidAboutWhatWasAccepted(String file) throws IOException {
        assertThat(Files.readString(FOLDER.resolve("fragments/" + file + ".xml")))
                .containsPattern("it is not known whether [^\"]*; send it again with the same Idempotency-Key")
                .doesNotContain("nothing was accepted");
        assertThat(imported.toString()).contains("\"Idempotency-Key\"");
    }

    /** The listener of the Gateway takes its own host name alone, and its certificate has no address. */
    @Test
    void theBackEndIsCalledByTheNameOfTheListenerWhichLeadsToTheGatewayInTheNetwork() throws IOException {
        String bicep = Files.readString(RESOURCES);
        assertThat(bicep)
                .contains("url: 'https://${hostName}'\n", "validateCertificateName: true")
                .containsPattern("privateDnsZones@[\\d-]+' = \\{\\s+name: hostName\\s")
                .containsPattern(
                        "(?s)privateDnsZones/A@[\\d-]+' = \\{\\s+parent: zone\\s+name: '@'.*?ipv4Address: gatewayAddress")
                .containsPattern(
                        "(?s)name: 'themis'\\s+properties: \\{\\s+url: .*?dependsOn: \\[\\s+link\\s+address\\s+]")
                .doesNotContainPattern("https://\\d");
        String listener = Manifests.tree(Files.readString(Path.of("k8s/base/gateway.yaml")))
                .at("/spec/listeners/0/hostname")
                .asText();
        assertThat(bicep).contains("hostName=" + listener + " ");
    }

    /** Entra ID makes tokens for an application's id. */
    @Test
    void theAudienceIsNoName() throws IOException {
        assertThat(Files.readString(RESOURCES)).doesNotContain("api://");
    }

    @Test
    void everyFragmentAndNamedValueIsDefinedAndUsed() throws Exception {
        String bicep = Files.readString(RESOURCES);
        Set<String> used = new TreeSet<>();
        Set<String> values = new TreeSet<>();
        for (Path file : files()) {
            used.addAll(fragments(xml(file).getDocumentElement()));
            values.addAll(NAMED_VALUE
                    .matcher(Files.readString(file))
                    .results()
                    .map(value -> value.group(1))
                    .collect(Collectors.toSet()));
        }
        assertThat(names(bicep, "policyFragments")).isEqualTo(used).hasSize(5);
        assertThat(names(bicep, "namedValues")).isEqualTo(values).hasSize(3);
        assertThat(names(bicep, "backends")).containsExactly("themis");
        for (Path file : files()) {
            assertThat(bicep).contains("'../" + file.toString().replace('\\', '/') + "'");
        }
    }

    private static Set<String> names(String bicep, String type) {
        return Pattern.compile("'Microsoft\\.ApiManagement/service/" + type
                        + "@[^']+' = \\{\\s+parent: \\w+\\s+name: '([^']+)'")
                .matcher(bicep)
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void noSecretIsInAPolicy() throws Exception {
        for (Path file : files()) {
            assertThat(Files.readString(file))
                    .doesNotContainPattern("[A-Za-z0-9+/]{32,}")
                    .doesNotContainPattern("(?i)(password|secret|pwd)\\s*=\\s*\"[^{@\"]");
        }
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".xml"))
                    .sorted()
                    .toList();
        }
    }

    private static Document xml(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static List<Element> elements(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast)
                .toList();
    }

    private static Element section(Element policies, String name) {
        return (Element) policies.getElementsByTagName(name).item(0);
    }

    private static int count(Element policies, String section, String policy) {
        return section(policies, section).getElementsByTagName(policy).getLength();
    }

    private static List<String> fragments(Element element) {
        return elements(element.getElementsByTagName("include-fragment")).stream()
                .map(fragment -> fragment.getAttribute("fragment-id"))
                .toList();
    }

    private static Element key(Element element) {
        return header(element, "Ocp-Apim-Subscription-Key");
    }

    private static Element header(Element element, String name) {
        return elements(element.getElementsByTagName("set-header")).stream()
                .filter(header -> header.getAttribute("name").equals(name))
                .findFirst()
                .orElseThrow();
    }
}
