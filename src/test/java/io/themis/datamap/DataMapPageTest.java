package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/datamap.md}, from which somebody describes a company's data. */
class DataMapPageTest {

    private static final Path PAGE = Path.of("docs/datamap.md");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** What the schema has is what the loader knows; see {@link DataMapSchemaTest}. */
    @Test
    void hasARowForEveryProperty() throws IOException {
        List<String> rows = Files.readAllLines(PAGE);
        assertHasRows("", DataMapSchema.CONTENT, rows);
        assertHasRows("subject.", DataMapSchema.CONTENT.at("/properties/subject"), rows);
        assertHasRows("keys.KEY.", DataMapSchema.CONTENT.at("/properties/keys/additionalProperties"), rows);
        JsonNode dataset = DataMapSchema.CONTENT.at("/definitions/dataset");
        assertHasRows("", dataset, rows);
        assertHasRows("", DataMapSchema.CONTENT.at("/definitions/column"), rows);
        for (Map.Entry<String, JsonNode> property : dataset.path("properties").properties()) {
            assertHasRows("", property.getValue(), rows);
        }
    }

    @Test
    void hasAllOfThemUnderOneHeading() throws IOException {
        String properties =
                Files.readString(PAGE).split("\n## Every property\n")[1].split("\n##")[0];

        for (Map.Entry<String, JsonNode> property :
                DataMapSchema.CONTENT.at("/definitions/dataset/properties").properties()) {
            assertHasRows("", property.getValue(), properties.lines().toList());
        }
    }

    @Test
    void namesEveryKindAndFormat() throws IOException {
        String page = Files.readString(PAGE);
        for (String property : List.of("kind", "format")) {
            DataMapSchema.CONTENT
                    .at("/definitions/dataset/properties/" + property + "/enum")
                    .forEach(value -> assertThat(page).contains("`" + value.textValue() + "`"));
        }
    }

    @Test
    void itsExampleWorks() throws IOException {
        String yaml = YAML.matcher(Files.readString(PAGE).split("<!-- the end of the example -->")[0])
                .results()
                .map(block -> block.group(1))
                .reduce("", String::concat);

        assertThat(DataMapSchema.violations(yaml)).isEmpty();
        assertThat(DataMapLoader.load("datamap.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                        .levels())
                .extracting(level -> level.stream().map(Dataset::name).toList())
                .containsExactly(List.of("customer"), List.of("reviews"));
    }

    private static void assertHasRows(String owner, JsonNode mapping, List<String> rows) {
        mapping.path("properties")
                .fieldNames()
                .forEachRemaining(name -> assertThat(rows)
                        .as(owner + name)
                        .anyMatch(row -> row.startsWith("| `" + owner + name + "` |")));
    }
}
