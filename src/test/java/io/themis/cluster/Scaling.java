package io.themis.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What KEDA is told to ask, as it stands in the files; no kustomize is needed. */
public final class Scaling {

    private Scaling() {}

    /** The query of the request database. */
    public static String steps() {
        JsonNode trigger = read("base/scaled-object.yaml").at("/spec/triggers/0");
        require(trigger, "postgresql");
        return trigger.at("/metadata/query").asText();
    }

    /**
     * The name under which Artemis has the queue in JMX, and so in the console that KEDA asks for its attribute
     * {@code MessageCount}.
     *
     * @param broker its name, which is another one in each installation
     */
    public static String queue(String broker) {
        JsonNode patches = read("overlays/local/scaled-object.yaml");
        JsonNode trigger = patches.path(patches.size() - 1).path("value");
        require(trigger, "artemis-queue");
        return trigger.at("/metadata/restApiTemplate")
                .asText()
                .replaceFirst("^https://[^/]+/console/jolokia/read/(.+)/MessageCount$", "$1")
                .replace("broker=\"broker\"", "broker=\"" + broker + "\"");
    }

    private static void require(JsonNode trigger, String type) {
        if (!trigger.path("type").asText().equals(type)) {
            throw new IllegalStateException("this is no trigger of type " + type + ": " + trigger);
        }
    }

    private static JsonNode read(String file) {
        try {
            return Manifests.tree(Files.readString(Path.of("k8s").resolve(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
