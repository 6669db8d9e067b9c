package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schema says to an editor what the loader says at start-up. What the loader knows is read from its messages, which
 * list it for whoever mistypes it. See {@link DataMapLoaderTest} too: what it accepts, and what it refuses, is held
 * against the schema there.
 */
class DataMapSchemaTest {

    private static final Pattern MISSING = Pattern.compile("\"(\\w+)\" is missing");
    private static final Pattern MODELINE = Pattern.compile("# yaml-language-server: \\$schema=(\\S+)");
    private static final JsonNode COLUMN = DataMapSchema.CONTENT.at("/definitions/column");
    private static final JsonNode FORM_OF_A_KEY = DataMapSchema.CONTENT.at("/properties/keys/additionalProperties");
    private static final JsonNode DATASET = DataMapSchema.CONTENT.at("/definitions/dataset");

    /** The samples, and what the tests start the application with. */
    static Stream<Path> maps() throws IOException {
        try (Stream<Path> tests = Files.list(Path.of("src/test/resources/datamap"))) {
            return Stream.concat(
                    Stream.of(Path.of("src/main/resources/datamap.yaml"), Path.of("examples/shop/datamap.yaml")),
                    tests.filter(file -> file.toString().endsWith(".yaml")).toList().stream());
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void acceptsEveryMapThatTheApplicationStartsWith(Path map) throws IOException {
        assertThat(DataMapSchema.violations(Files.readString(map))).isEmpty();
    }

    @Test
    void isASchema() {
        assertThat(JsonSchemaFactory.getInstance(VersionFlag.V7)
                        .getSchema(SchemaLocation.of(VersionFlag.V7.getId()))
                        .validate(DataMapSchema.CONTENT))
                .isEmpty();
    }

    @Test
    void isNamedInTheFirstLineOfTheSample() throws IOException {
        Path sample = Path.of("src/main/resources/datamap.yaml");
        String first = Files.readAllLines(sample).get(0);

        assertThat(first).matches(MODELINE);
        assertThat(sample.resolveSibling(MODELINE.matcher(first).replaceFirst("$1")))
                .exists();
    }

    @Test
    void knowsThePropertiesThatTheLoaderKnows() {
        assertThat(names(DataMapSchema.CONTENT)).containsExactlyInAnyOrderElementsOf(known("nonsense: 1"));
        assertThat(names(DataMapSchema.CONTENT.at("/properties/subject")))
                .containsExactlyInAnyOrderElementsOf(known("subject: {nonsense: 1}"));
        assertThat(names(FORM_OF_A_KEY))
                .containsExactlyInAnyOrderElementsOf(
                        known("{subject: {key: mail}, keys: {mail: {nonsense: 1}}, datasets: [{}]}"));
        assertThat(names(DATASET)).containsExactlyInAnyOrderElementsOf(known(dataset("nonsense: 1")));
        assertThat(names(COLUMN)).containsExactlyInAnyOrderElementsOf(known(dataset("columns: {a: {nonsense: 1}}")));
        assertThat(names(COLUMN.at("/properties/mask/anyOf/1")))
                .containsExactlyInAnyOrderElementsOf(known(dataset("columns: {a: {mask: {nonsense: 1}}}")));
        DATASET.path("properties").fields().forEachRemaining(property -> {
            if (property.getValue().has("properties")) {
                assertThat(names(property.getValue()))
                        .as(property.getKey())
                        .containsExactlyInAnyOrderElementsOf(
                                known(dataset("kind: lake, format: csv, " + property.getKey() + ": {nonsense: 1}")));
            }
        });
    }

    @Test
    void knowsTheKindsAndFormatsThatTheLoaderKnows() {
        assertThat(texts(DATASET.at("/properties/kind/enum")))
                .containsExactlyInAnyOrderElementsOf(known(dataset("kind: nonsense")));
        assertThat(texts(COLUMN.at("/properties/date/enum")))
                .containsExactlyInAnyOrderElementsOf(known(dataset("columns: {a: {date: nonsense}}")));
        assertThat(texts(DATASET.at("/properties/format/enum")))
                .containsExactlyInAnyOrderElementsOf(known(dataset("format: nonsense")));
    }

    @Test
    void knowsTheNormalFormsThatTheLoaderKnows() {
        for (String property : names(FORM_OF_A_KEY)) {
            assertThat(texts(FORM_OF_A_KEY.at("/properties/" + property + "/enum")))
                    .as(property)
                    .containsExactlyInAnyOrderElementsOf(
                            known("{subject: {key: mail}, keys: {mail: {%s: nonsense}}, datasets: [{}]}"
                                    .formatted(property)));
        }
    }

    @Test
    void requiresWhatTheLoaderRequires() {
        assertThat(texts(DataMapSchema.CONTENT.path("required"))).containsExactlyInAnyOrderElementsOf(missing("{}"));
        assertThat(texts(DataMapSchema.CONTENT.at("/properties/subject/required")))
                .containsExactlyInAnyOrderElementsOf(missing("{subject: {}, datasets: [{}]}", "\"subject\": "));
        assertThat(texts(DATASET.path("required"))).containsExactlyInAnyOrderElementsOf(missing(dataset("")));
        ofEachKind().forEach((kind, rules) -> {
            List<String> required = new ArrayList<>(missing(dataset("kind: " + kind)));
            required.removeAll(missing(dataset("")));
            assertThat(texts(rules.path("required"))).as(kind).containsExactlyInAnyOrderElementsOf(required);
        });
        assertThat(texts(DATASET.at("/properties/article15/required")))
                .containsExactlyInAnyOrderElementsOf(missing(dataset("article15: {}"), "\"article15\": "));
    }

    @Test
    void refusesInAKindWhatBelongsToOthers() {
        ofEachKind().forEach((kind, rules) -> {
            for (String property : names(DATASET)) {
                boolean belongsToOthers = problems(dataset("kind: " + kind + ", " + property + ": x")).stream()
                        .anyMatch(problem -> problem.contains("\"" + property + "\" belongs to kind"));
                JsonNode rule = rules.at("/properties/" + property);
                assertThat(rule.isBoolean() && !rule.booleanValue())
                        .as("%s in kind %s", property, kind)
                        .isEqualTo(belongsToOthers);
            }
        });
    }

    /** An editor shows it while one types. */
    @Test
    void explainsEveryProperty() {
        assertThat(List.of(
                        DataMapSchema.CONTENT,
                        DataMapSchema.CONTENT.at("/properties/subject"),
                        FORM_OF_A_KEY,
                        DATASET,
                        COLUMN,
                        DATASET.at("/properties/article15")))
                .flatExtracting(
                        mapping -> List.copyOf(mapping.path("properties").properties()))
                .allSatisfy(property -> assertThat(
                                property.getValue().path("description").asText())
                        .as(property.getKey())
                        .endsWith("."));
    }

    private static Map<String, JsonNode> ofEachKind() {
        Map<String, JsonNode> rules = new TreeMap<>();
        DATASET.path("allOf")
                .forEach(rule -> rules.put(rule.at("/if/properties/kind/const").asText(), rule.path("then")));
        assertThat(rules.keySet()).containsExactlyInAnyOrderElementsOf(known(dataset("kind: nonsense")));
        return rules;
    }

    private static String dataset(String properties) {
        return "{subject: {key: mail}, datasets: [{%s}]}".formatted(properties);
    }

    private static List<String> names(JsonNode mapping) {
        List<String> names = new ArrayList<>();
        mapping.path("properties").fieldNames().forEachRemaining(names::add);
        assertThat(names).isNotEmpty();
        return names;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.textValue()));
        return texts;
    }

    /** What may stand in the place of {@code nonsense}. */
    private static List<String> known(String yaml) {
        String problem = problems(yaml).stream()
                .filter(text -> text.contains("\"nonsense\""))
                .findFirst()
                .orElseThrow();
        return List.of(problem.replaceFirst(".*; there (is|are) ", "").split(", "));
    }

    private static List<String> missing(String yaml) {
        return missing(yaml, "");
    }

    /** @param owner what the message says of the mapping before it names the property */
    private static List<String> missing(String yaml, String owner) {
        return problems(yaml).stream()
                .map(problem -> problem.replaceFirst("^map.yaml:\\d+: (dataset \\d+: )?", ""))
                .filter(problem -> problem.startsWith(owner))
                .map(problem -> MISSING.matcher(problem.substring(owner.length())))
                .filter(Matcher::lookingAt)
                .map(matcher -> matcher.group(1))
                .toList();
    }

    private static List<String> problems(String yaml) {
        return catchThrowableOfType(
                        DataMapException.class,
                        () -> DataMapLoader.load(
                                "map.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))))
                .problems();
    }
}
