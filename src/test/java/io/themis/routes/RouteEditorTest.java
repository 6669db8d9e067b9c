package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;

/**
 * What an editor of routes, such as Kaoto, needs to open the files as they are: it holds them against the schema of
 * Camel's YAML DSL, and knows an entry by its key.
 */
class RouteEditorTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode SCHEMA = schema();
    private static final JsonSchema RULES =
            JsonSchemaFactory.getInstance(VersionFlag.V4).getSchema(SCHEMA);

    /** The kinds of entries that Kaoto draws, or keeps as they are. */
    private static final Set<String> KNOWN =
            Set.of("route", "routeTemplate", "routeConfiguration", "rest", "restConfiguration");

    static Stream<Path> files() throws IOException {
        return Files.list(Path.of("src/main/resources/routes")).sorted();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyRouteFileIsAsTheSchemaOfTheDslSays(Path file) throws IOException {
        assertThat(violations(Files.readString(file))).isEmpty();
    }

    @Test
    void whatIsNotInTheDslIsFound() {
        assertThat(violations("- route: {id: x, from: {uri: 'direct:x', steps: [{setBodi: {simple: x}}]}}"))
                .isNotEmpty();
        assertThat(violations("- route: {id: x, from: {uri: 'direct:x', steps: [{setBody: {simplex: x}}]}}"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyRouteFileIsOneDocumentInPlainYaml(Path file) throws IOException {
        List<Event> events = StreamSupport.stream(
                        new Yaml()
                                .parse(new StringReader(Files.readString(file)))
                                .spliterator(),
                        false)
                .toList();
        assertThat(events).filteredOn(DocumentStartEvent.class::isInstance).hasSize(1);
        // An editor that writes the file again would write what they stand for.
        assertThat(events).noneMatch(RouteEditorTest::hasAnchor);
        assertThat(keys(Files.readString(file))).isNotEmpty().isSubsetOf(KNOWN);
    }

    private static boolean hasAnchor(Event event) {
        return event instanceof AliasEvent
                || event instanceof ScalarEvent scalar && scalar.getAnchor() != null
                || event instanceof CollectionStartEvent collection && collection.getAnchor() != null;
    }

    private static Set<String> keys(String yaml) {
        Set<String> keys = new TreeSet<>();
        content(yaml).forEach(entry -> entry.fieldNames().forEachRemaining(keys::add));
        return keys;
    }

    private static List<String> violations(String yaml) {
        return RULES.validate(content(yaml)).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    private static JsonNode content(String yaml) {
        Object content = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        return JSON.valueToTree(content);
    }

    private static JsonNode schema() {
        try (InputStream file = RouteEditorTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JSON.readTree(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
