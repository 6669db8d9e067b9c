package io.themis.datamap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** {@code datamap.schema.json}, as an editor uses it. */
final class DataMapSchema {

    private static final ObjectMapper JSON = new ObjectMapper();

    static final JsonNode CONTENT = read();

    private static final JsonSchema SCHEMA =
            JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(CONTENT);

    private DataMapSchema() {}

    private static JsonNode read() {
        try (InputStream file = DataMapSchema.class.getResourceAsStream("/datamap.schema.json")) {
            return JSON.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> violations(String yaml) {
        Object content;
        try {
            content = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        } catch (YAMLException e) {
            return List.of(e.getMessage());
        }
        return SCHEMA.validate(JSON.valueToTree(content)).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }
}
