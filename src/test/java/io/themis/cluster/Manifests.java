package io.themis.cluster;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The resources of one kustomization, parsed into typed models that take no field they don't know. */
final class Manifests {

    static final Path FOLDER = Path.of("k8s");

    private static final Map<String, Class<?>> MODELS = Map.ofEntries(
            Map.entry("v1/Namespace", Namespace.class),
            Map.entry("v1/ServiceAccount", ServiceAccount.class),
            Map.entry("v1/ConfigMap", ConfigMap.class),
            Map.entry("v1/Service", Service.class),
            Map.entry("apps/v1/Deployment", Deployment.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
            Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("gateway.networking.k8s.io/v1/Gateway", Gateway.class),
            Map.entry("gateway.networking.k8s.io/v1/HTTPRoute", HTTPRoute.class),
            Map.entry("monitoring.coreos.com/v1/PodMonitor", PodMonitor.class),
            Map.entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
            Map.entry("keda.sh/v1alpha1/ScaledObject", Keda.ScaledObject.class),
            Map.entry("keda.sh/v1alpha1/TriggerAuthentication", Keda.TriggerAuthentication.class),
            Map.entry("secrets-store.csi.x-k8s.io/v1/SecretProviderClass", SecretProviderClass.class));

    /** Without the models' own place for fields that they don't know. */
    private static final ObjectMapper STRICT = new ObjectMapper(
                    new YAMLFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    private final List<JsonNode> trees = new ArrayList<>();
    private final List<Object> resources = new ArrayList<>();

    private Manifests(String yaml) {
        try (MappingIterator<JsonNode> documents =
                STRICT.readerFor(JsonNode.class).readValues(yaml)) {
            while (documents.hasNext()) {
                JsonNode tree = documents.next();
                trees.add(tree);
                resources.add(parse(tree));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalArgumentException if it is of no known kind, or its model does not know a field */
    static Object parse(JsonNode tree) {
        String kind = tree.path("apiVersion").asText() + "/" + tree.path("kind").asText();
        Class<?> model = MODELS.get(kind);
        if (model == null) {
            throw new IllegalArgumentException("no model of " + kind);
        }
        return STRICT.convertValue(tree, model);
    }

    static JsonNode tree(String yaml) {
        try {
            return STRICT.readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is a kustomize to render with; kubectl 1.27 and newer bring one that is new enough. */
    static boolean canBeRendered() {
        try {
            return run("kubectl", "version", "--client").contains("Kustomize Version: v5");
        } catch (IOException e) {
            return false;
        }
    }

    /** @param kustomization its folder */
    static Manifests rendered(Path kustomization) throws IOException {
        return new Manifests(run("kubectl", "kustomize", kustomization.toString()));
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return output;
    }

    List<JsonNode> trees() {
        return trees;
    }

    <T> List<T> all(Class<T> model) {
        return resources.stream().filter(model::isInstance).map(model::cast).toList();
    }

    <T> T only(Class<T> model) {
        List<T> found = all(model);
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " of " + model.getSimpleName());
        }
        return found.get(0);
    }

    /** @param name without the hash that a generated one has */
    <T extends HasMetadata> T named(Class<T> model, String name) {
        List<T> found = all(model).stream()
                .filter(resource -> resource.getMetadata()
                        .getName()
                        .replaceFirst("-\\w{10}$", "")
                        .equals(name))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " of " + model.getSimpleName() + " with the name " + name);
        }
        return found.get(0);
    }

    /** The environment variables of the container of Themis, those from the ConfigMap too. */
    Map<String, String> environment() {
        Container container = container();
        Map<String, String> variables = new TreeMap<>();
        container.getEnvFrom().forEach(source -> {
            ConfigMap settings = all(ConfigMap.class).stream()
                    .filter(map -> map.getMetadata()
                            .getName()
                            .equals(source.getConfigMapRef().getName()))
                    .findFirst()
                    .orElseThrow();
            variables.putAll(settings.getData());
        });
        container.getEnv().forEach(variable -> variables.put(variable.getName(), variable.getValue()));
        return variables;
    }

    /** The names of the files that come as secrets, from the cluster or from Key Vault. */
    List<String> secretFiles() {
        List<SecretProviderClass> vaults = all(SecretProviderClass.class);
        if (!vaults.isEmpty()) {
            List<String> names = new ArrayList<>();
            tree(vaults.get(0).spec().parameters().objects())
                    .path("array")
                    .forEach(object ->
                            names.add(tree(object.asText()).path("objectAlias").asText()));
            return names;
        }
        return named(Deployment.class, "themis").getSpec().getTemplate().getSpec().getVolumes().stream()
                .filter(volume -> volume.getSecret() != null)
                .flatMap(volume -> volume.getSecret().getItems().stream())
                .map(KeyToPath::getPath)
                .toList();
    }

    private Container container() {
        return named(Deployment.class, "themis")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
    }
}
