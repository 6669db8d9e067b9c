package io.themis.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The contract in the form that API Management imports. It knows no shared parameters or responses, so they stand in each
 * operation; and no schemas in operations, so those get names. Which callers an operation has, the policies say.
 */
final class GatewayContract {

    private final ObjectNode contract;

    private GatewayContract(JsonNode contract) {
        this.contract = contract.deepCopy();
    }

    static JsonNode of(JsonNode contract) {
        GatewayContract copy = new GatewayContract(contract);
        copy.operations().forEach(copy::flatten);
        copy.contract.remove(List.of("security", "servers", "tags"));
        ((ObjectNode) copy.contract.path("components")).retain("schemas");
        return copy.contract;
    }

    private List<ObjectNode> operations() {
        List<ObjectNode> operations = new ArrayList<>();
        contract.path("paths").forEach(path -> path.forEach(operation -> operations.add((ObjectNode) operation)));
        return operations;
    }

    private void flatten(ObjectNode operation) {
        operation.remove(List.of("security", "tags"));
        if (operation.path("parameters") instanceof ArrayNode parameters) {
            for (int i = 0; i < parameters.size(); i++) {
                parameters.set(i, referred(parameters.get(i)));
            }
        }
        ObjectNode responses = (ObjectNode) operation.path("responses");
        for (Map.Entry<String, JsonNode> response : List.copyOf(responses.properties())) {
            responses.set(response.getKey(), referred(response.getValue()));
        }
        String name = operation.path("operationId").asText();
        name = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        nameSchemas(operation.path("requestBody"), name + "Request");
        for (Map.Entry<String, JsonNode> response : responses.properties()) {
            nameSchemas(response.getValue(), name + "Response" + response.getKey());
        }
    }

    /** Itself, or what it refers to. */
    private JsonNode referred(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isMissingNode()
                ? node
                : contract.at(reference.asText().substring(1)).deepCopy();
    }

    /** @param name of the only one, or of the first with numbers behind it for the others */
    private void nameSchemas(JsonNode message, String name) {
        ObjectNode schemas = (ObjectNode) contract.at("/components/schemas");
        for (JsonNode content : message.path("content")) {
            JsonNode schema = content.path("schema");
            if (schema.has("$ref")) {
                continue;
            }
            String free = name;
            for (int i = 2; schemas.has(free); i++) {
                free = name + "-" + i;
            }
            schemas.set(free, schema);
            ((ObjectNode) content).putObject("schema").put("$ref", "#/components/schemas/" + free);
        }
    }
}
