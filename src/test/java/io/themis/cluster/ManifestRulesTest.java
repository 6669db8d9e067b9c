package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.FileSystemUtils;

/** What holds for the manifests of every overlay, as kustomize renders them. */
class ManifestRulesTest {

    private static final String LOCAL = "overlays/local";
    private static final String AZURE = "overlays/azure";
    private static final String SPARK = "overlays/spark";
    private static final String MONITORED = "overlays/local with components/monitoring";

    /** Maps whose keys are anybody's own, and what is below them. */
    private static final Pattern FREE = Pattern.compile("Service/spec/selector"
            + "|.*/(?:labels|annotations|matchLabels|data|requests|limits|volumeAttributes|triggers/\\d+/metadata)");

    private static final Pattern IN_CLUSTER = Pattern.compile("\\b[\\w-]+\\.([\\w-]+)\\.svc\\.cluster\\.local\\b");

    private static final String GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    /** Spring's own time for the calls that are open when a stop begins; application.yaml does not change it. */
    private static final int SECONDS_FOR_OPEN_CALLS = 30;

    private static final Map<String, Manifests> RENDERED = new HashMap<>();
    private static final JsonNode APPLICATION = read(Path.of("src/main/resources/application.yaml"));
    private static final JsonNode CONTRACT = read(Path.of("src/main/resources/openapi/themis.yaml"));

    @BeforeAll
    static void render(@TempDir Path folder) throws IOException {
        assumeTrue(
                Manifests.canBeRendered(),
                "no kubectl with kustomize 5 on the PATH: the manifests are not rendered, nor looked at");
        for (String overlay : List.of(LOCAL, AZURE, SPARK)) {
            RENDERED.put(overlay, Manifests.rendered(Manifests.FOLDER.resolve(overlay)));
        }
        RENDERED.put(MONITORED, with("components/monitoring", LOCAL, folder));
    }

    /**
     * As somebody has it who adds the line to the overlay.
     *
     * @param folder an empty one
     */
    private static Manifests with(String component, String overlay, Path folder) throws IOException {
        Path copy = copy(overlay, folder);
        change(copy.resolve("kustomization.yaml"), "components:\n", "components:\n  - ../../%s\n".formatted(component));
        return Manifests.rendered(copy);
    }

    /** An overlay that may be changed, beside all that it refers to. */
    private static Path copy(String overlay, Path folder) throws IOException {
        FileSystemUtils.copyRecursively(Manifests.FOLDER, folder);
        return folder.resolve(overlay);
    }

    private static void change(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        assertThat(text).containsOnlyOnce(from);
        Files.writeString(file, text.replace(from, to));
    }

    private static JsonNode read(Path yaml) {
        try {
            return Manifests.tree(Files.readString(yaml));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK, MONITORED})
    void aFieldThatNoModelKnowsIsRefusedWhereverItStands(String overlay) {
        int places = 0;
        List<String> taken = new ArrayList<>();
        for (JsonNode original : RENDERED.get(overlay).trees()) {
            ObjectNode tree = original.deepCopy();
            assertThatCode(() -> Manifests.parse(tree)).doesNotThrowAnyException();
            for (Map.Entry<String, ObjectNode> place :
                    places(tree, tree.path("kind").asText()).entrySet()) {
                place.getValue().put("misspelt", "1");
                if (isTaken(tree)) {
                    taken.add(place.getKey());
                }
                place.getValue().remove("misspelt");
                places++;
            }
        }
        assertThat(taken).isEmpty();
        assertThat(places).isGreaterThan(60);
    }

    private static boolean isTaken(JsonNode tree) {
        try {
            return Manifests.parse(tree) != null;
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("misspelt");
            return false;
        }
    }

    private static Map<String, ObjectNode> places(JsonNode tree, String path) {
        Map<String, ObjectNode> found = new TreeMap<>();
        if (FREE.matcher(path).matches()) {
            return found;
        }
        if (tree instanceof ObjectNode object) {
            found.put(path, object);
            object.fields()
                    .forEachRemaining(field -> found.putAll(places(field.getValue(), path + "/" + field.getKey())));
        }
        for (int i = 0; tree.isArray() && i < tree.size(); i++) {
            found.putAll(places(tree.get(i), path + "/" + i));
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK, MONITORED})
    void everythingIsLabelledAndInTheNamespaceOfThemis(String overlay) {
        for (JsonNode tree : RENDERED.get(overlay).trees()) {
            JsonNode metadata = tree.path("metadata");
            assertThat(metadata.path("labels").path("app.kubernetes.io/name").asText())
                    .isEqualTo("themis");
            assertThat(metadata.path("labels").path("app.kubernetes.io/part-of").asText())
                    .isEqualTo("themis");
            if (tree.path("kind").asText().equals("Namespace")) {
                assertThat(metadata.path("labels")
                                .path("pod-security.kubernetes.io/enforce")
                                .asText())
                        .isEqualTo("restricted");
            } else {
                assertThat(metadata.path("namespace").asText()).isEqualTo("themis");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void theImageIsOfARegistryAndOfOneVersion(String overlay) {
        assertThat(container(overlay).getImage())
                .matches("[\\w.:-]+/themis%s:\\d+\\.\\d+\\.\\d+".formatted(overlay.equals(SPARK) ? "-spark" : ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void aContainerMayDoNothingThatItDoesNotNeed(String overlay) {
        PodSpec pod = pod(overlay);
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isGreaterThan(9_999);
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getHostIPC()).isNull();
        Container container = container(overlay);
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getPrivileged()).isNull();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
    }

    /** Nothing of Themis calls the cluster; Azure's identity brings a token of its own, which is no key to the cluster. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void theTokenOfTheServiceAccountIsNotMounted(String overlay) {
        ServiceAccount account = RENDERED.get(overlay).named(ServiceAccount.class, "themis");
        assertThat(account.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod(overlay).getServiceAccountName())
                .isEqualTo(account.getMetadata().getName());
        assertThat(pod(overlay).getAutomountServiceAccountToken()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void whatCanBeWrittenToIsBoundedAndGoneWithThePod(String overlay) {
        Map<String, Volume> volumes =
                pod(overlay).getVolumes().stream().collect(Collectors.toMap(Volume::getName, volume -> volume));
        assertThat(container(overlay).getVolumeMounts())
                .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .singleElement()
                .satisfies(mount -> {
                    assertThat(mount.getMountPath()).isEqualTo("/tmp");
                    assertThat(volumes.get(mount.getName()).getEmptyDir().getSizeLimit())
                            .isNotNull();
                });
        assertThat(volumes.values()).noneMatch(volume -> volume.getHostPath() != null);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void everyResourceIsAskedForAndLimited(String overlay) {
        for (String resource : List.of("cpu", "memory", "ephemeral-storage")) {
            assertThat(container(overlay).getResources().getRequests()).containsKey(resource);
            assertThat(container(overlay).getResources().getLimits()).containsKey(resource);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void probesAskTheManagementPortForGroupsThatThereAre(String overlay) {
        Container container = container(overlay);
        assertThat(ports(container))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "http", APPLICATION.at("/server/port").asInt(),
                        "management", APPLICATION.at("/management/server/port").asInt()));
        probe(container.getStartupProbe(), "live");
        probe(container.getLivenessProbe(), "live");
        probe(container.getReadinessProbe(), "ready");
        assertThat(container.getStartupProbe().getFailureThreshold()
                        * container.getStartupProbe().getPeriodSeconds())
                .as("seconds for a cold start on a busy node")
                .isBetween(120, 300);
    }

    private static Map<String, Integer> ports(Container container) {
        return container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
    }

    private static void probe(Probe probe, String group) {
        assertThat(APPLICATION.at("/management/endpoint/health/group").has(group))
                .as("health group " + group)
                .isTrue();
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management");
        assertThat(probe.getHttpGet().getPath())
                .isEqualTo(APPLICATION.at("/management/endpoints/web/base-path").asText() + "/health/" + group);
    }

    /** First the proxies hear of it, then open calls end, then routes, then steps; only then may the node kill. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void aStopHasLongerThanAllThatItWaitsFor(String overlay) {
        assertThat(APPLICATION.at("/server/shutdown").asText()).isEqualTo("graceful");
        assertThat(APPLICATION.at("/spring/lifecycle").isMissingNode()).isTrue();
        long routes = APPLICATION.at("/camel/main/shutdown-timeout").asLong();
        long steps = DurationStyle.detectAndParse(
                        APPLICATION.at("/db-scheduler/shutdown-max-wait").asText())
                .toSeconds();
        assertThat(routes).isPositive();
        assertThat(steps).isPositive();
        long preStop = container(overlay).getLifecycle().getPreStop().getSleep().getSeconds();
        assertThat(pod(overlay).getTerminationGracePeriodSeconds())
                .isGreaterThan(preStop + SECONDS_FOR_OPEN_CALLS + routes + steps);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void aPodTalksOnlyToWhomAPolicyOfItsOwnLets(String overlay) {
        List<NetworkPolicy> policies = RENDERED.get(overlay).all(NetworkPolicy.class);
        assertThat(policies)
                .filteredOn(policy -> selectsEverything(policy.getSpec().getPodSelector()))
                .singleElement()
                .satisfies(nobody -> {
                    assertThat(nobody.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
                    assertThat(nobody.getSpec().getIngress()).isEmpty();
                    assertThat(nobody.getSpec().getEgress()).isEmpty();
                });
        assertThat(policies)
                .filteredOn(policy -> !selectsEverything(policy.getSpec().getPodSelector()))
                .filteredOn(policy -> selects(policy.getSpec().getPodSelector(), labels(overlay)))
                .filteredOn(policy -> policy.getSpec().getPolicyTypes().contains("Ingress"))
                .singleElement()
                .satisfies(own -> assertThat(own.getSpec().getIngress())
                        .hasSize(2)
                        .allMatch(rule -> !rule.getFrom().isEmpty(), "says from whom")
                        .allMatch(rule -> !rule.getPorts().isEmpty(), "says to which port"));
        assertThat(policies)
                .filteredOn(policy -> !selectsEverything(policy.getSpec().getPodSelector()))
                .filteredOn(policy -> selects(policy.getSpec().getPodSelector(), labels(overlay)))
                .hasSize(overlay.equals(SPARK) ? 2 : 1)
                .allSatisfy(own -> {
                    assertThat(own.getSpec().getEgress())
                            .allMatch(rule -> !rule.getTo().isEmpty(), "says to whom")
                            .allMatch(
                                    rule -> !rule.getPorts().isEmpty()
                                            || rule.getTo().stream().allMatch(peer -> peer.getIpBlock() == null),
                                    "says to which port of an address");
                    assertThat(own.getSpec().getEgress().stream()
                                    .flatMap(rule -> rule.getTo().stream())
                                    .filter(peer -> peer.getIpBlock() != null)
                                    .filter(peer -> peer.getIpBlock().getCidr().equals("0.0.0.0/0")))
                            .allMatch(
                                    peer -> peer.getIpBlock().getExcept().contains("169.254.0.0/16"),
                                    "keeps away from the machine's metadata");
                });
    }

    private static boolean selectsEverything(LabelSelector selector) {
        return selector.getMatchLabels().isEmpty()
                && selector.getMatchExpressions().isEmpty();
    }

    private static boolean selects(LabelSelector selector, Map<String, String> labels) {
        return labels.entrySet().containsAll(selector.getMatchLabels().entrySet());
    }

    private static Map<String, String> labels(String overlay) {
        return RENDERED.get(overlay)
                .named(Deployment.class, "themis")
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels();
    }

    /**
     * Some controllers run the proxies of a Gateway in its own namespace, with the label that Gateway API has for them; the
     * policy that shuts out everybody is for them, too.
     */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void aProxyOfTheGatewayInItsNamespaceIsCalledFromAnywhereAndGetsToThemis(String overlay) {
        Gateway gateway = RENDERED.get(overlay).only(Gateway.class);
        Map<String, String> proxy =
                new HashMap<>(gateway.getSpec().getInfrastructure().getLabels());
        assertThat(proxy)
                .as("else it would have those of the Gateway")
                .containsKey("app.kubernetes.io/name")
                .doesNotContainEntry("app.kubernetes.io/name", "themis");
        proxy.put(
                "gateway.networking.k8s.io/gateway-name", gateway.getMetadata().getName());
        List<NetworkPolicy> policies = RENDERED.get(overlay).all(NetworkPolicy.class);
        assertThat(policies)
                .as("anybody calls it")
                .filteredOn(policy -> selects(policy.getSpec().getPodSelector(), proxy))
                .anyMatch(policy -> policy.getSpec().getIngress().stream()
                        .anyMatch(rule ->
                                rule.getFrom().isEmpty() && rule.getPorts().isEmpty()));
        assertThat(policies)
                .as("it calls Themis")
                .filteredOn(policy -> selects(policy.getSpec().getPodSelector(), proxy))
                .anyMatch(policy -> policy.getSpec().getEgress().stream()
                        .anyMatch(rule -> isToHttp(rule.getPorts()) && includes(rule.getTo(), labels(overlay))));
        assertThat(policies)
                .as("Themis is called by it")
                .filteredOn(policy -> selects(policy.getSpec().getPodSelector(), labels(overlay)))
                .anyMatch(policy -> policy.getSpec().getIngress().stream()
                        .anyMatch(rule -> isToHttp(rule.getPorts()) && includes(rule.getFrom(), proxy)));
    }

    private static boolean isToHttp(List<NetworkPolicyPort> ports) {
        return ports.stream().anyMatch(port -> "http".equals(port.getPort().getStrVal()));
    }

    /** Whether a pod of the same namespace is one of them. */
    private static boolean includes(List<NetworkPolicyPeer> peers, Map<String, String> pod) {
        return peers.stream()
                .anyMatch(peer -> peer.getNamespaceSelector() == null
                        && peer.getPodSelector() != null
                        && !selectsEverything(peer.getPodSelector())
                        && selects(peer.getPodSelector(), pod));
    }

    /** Pods are no addresses to many network plug-ins: a part in the cluster is let through by its namespace. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void whoeverIsCalledByANameOfTheClusterIsLetThroughByItsNamespace(String overlay) {
        Set<String> called = RENDERED.get(overlay).environment().values().stream()
                .flatMap(value -> IN_CLUSTER.matcher(value).results())
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
        Set<String> letThrough = RENDERED.get(overlay).all(NetworkPolicy.class).stream()
                .filter(policy -> selects(policy.getSpec().getPodSelector(), labels(overlay)))
                .flatMap(policy -> policy.getSpec().getEgress().stream())
                .flatMap(rule -> rule.getTo().stream())
                .filter(peer -> peer.getNamespaceSelector() != null && peer.getPodSelector() == null)
                .map(peer -> peer.getNamespaceSelector().getMatchLabels().get("kubernetes.io/metadata.name"))
                .collect(Collectors.toSet());
        assertThat(called.isEmpty()).isEqualTo(!overlay.equals(LOCAL));
        assertThat(letThrough).containsAll(called);
    }

    /** One replica is what there mostly is: a budget that wants it to stay would keep its node from ever being emptied. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void oneReplicaAtATimeMayBeTakenAway(String overlay) {
        PodDisruptionBudget budget = RENDERED.get(overlay).only(PodDisruptionBudget.class);
        assertThat(selects(budget.getSpec().getSelector(), labels(overlay))).isTrue();
        assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(budget.getSpec().getMinAvailable()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK, MONITORED})
    void noSecretIsInAManifest(String overlay) {
        Manifests manifests = RENDERED.get(overlay);
        assertThat(manifests.trees())
                .extracting(tree -> tree.path("kind").asText())
                .doesNotContain("Secret");
        assertThat(manifests.environment().keySet()).noneMatch(name -> name.matches(".*(PASSWORD|SECRET|KEY|TOKEN)S?"));
        assertThat(manifests.environment().values())
                .noneMatch(value -> value.matches("(?i).*(password|pwd|secret|accesskey|sharedaccess\\w*|sig)=.*"));
    }

    @Test
    void onAzureNothingOpensByAKeyThatTakesAnIdentity() {
        Manifests azure = RENDERED.get(AZURE);
        assertThat(azure.secretFiles())
                .doesNotContain(
                        "themis.storage.account-key",
                        "themis.lake.account-key",
                        "themis.event-grid.access-key",
                        "spring.datasource.password",
                        "themis.data-sources.users.password");
        assertThat(azure.all(Keda.TriggerAuthentication.class)).hasSize(2).allSatisfy(authentication -> {
            assertThat(authentication.spec().podIdentity().provider()).isEqualTo("azure-workload");
            assertThat(authentication.spec().secretTargetRef()).isNull();
        });
        assertThat(azure.only(Deployment.class)
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getLabels())
                .containsEntry("azure.workload.identity/use", "true");
        assertThat(azure.only(ServiceAccount.class).getMetadata().getAnnotations())
                .containsKey("azure.workload.identity/client-id");
        assertThat(pod(AZURE).getVolumes()).noneMatch(volume -> volume.getSecret() != null);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void eachTriggerAloneWakes(String overlay) {
        Keda.ScaledObject.Spec scaling =
                RENDERED.get(overlay).only(Keda.ScaledObject.class).spec();
        assertThat(scaling.scaleTargetRef().name())
                .isEqualTo(RENDERED.get(overlay)
                        .named(Deployment.class, "themis")
                        .getMetadata()
                        .getName());
        assertThat(RENDERED.get(overlay)
                        .named(Deployment.class, "themis")
                        .getSpec()
                        .getReplicas())
                .as("KEDA's, not the manifest's")
                .isNull();
        assertThat(scaling.triggers())
                .extracting(Keda.Trigger::type)
                .containsExactly("postgresql", "cron", overlay.equals(LOCAL) ? "artemis-queue" : "azure-servicebus");
        Set<String> authentications = RENDERED.get(overlay).all(Keda.TriggerAuthentication.class).stream()
                .map(authentication -> authentication.metadata().getName())
                .collect(Collectors.toSet());
        for (Keda.Trigger trigger : scaling.triggers()) {
            trigger.metadata().forEach((name, value) -> {
                if (name.startsWith("activation")) {
                    assertThat(value).as(name).isEqualTo("0");
                }
                assertThat(value).as("a password goes there").doesNotContain("http://");
            });
            if (!trigger.type().equals("cron")) {
                assertThat(authentications).contains(trigger.authenticationRef().name());
            }
            if (trigger.type().equals("artemis-queue")) {
                assertThat(trigger.metadata())
                        .as("KEDA's own address of the broker is plain http")
                        .doesNotContainKey("managementEndpoint")
                        .hasEntrySatisfying(
                                "restApiTemplate",
                                address -> assertThat(address).startsWith("https://"));
            }
        }
        Map<String, String> steps = scaling.triggers().get(0).metadata();
        assertThat(steps.get("targetQueryValue"))
                .isEqualTo(APPLICATION.at("/db-scheduler/threads").asText());
        assertThat(steps).containsKeys("host", "port", "dbName", "userName").containsEntry("sslmode", "verify-full");
    }

    /** A person who opens the page when nobody runs would meet a 503. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void whereThereIsAPageThereIsAReplica(String overlay) {
        assertThat(RENDERED.get(overlay).environment()).containsKey("THEMIS_PAGE_CLIENTID");
        assertThat(replicas(RENDERED.get(overlay))).isPositive();
    }

    /** In the steps of docs/operations.md: without the page, and without the component. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE})
    void withoutThePageNobodyAskingIsZeroReplicas(String overlay, @TempDir Path folder) throws IOException {
        Path copy = copy(overlay, folder);
        String clientId = RENDERED.get(overlay).environment().get("THEMIS_PAGE_CLIENTID");
        change(copy.resolve("settings.env"), "THEMIS_PAGE_CLIENTID=%s\n".formatted(clientId), "");
        if (overlay.equals(AZURE)) {
            change(copy.resolve("secret-provider-class.yaml"), """
                            - |
                              objectName: themis-page-client-secret
                              objectType: secret
                              objectAlias: themis.page.client-secret
                    """, "");
        } else {
            change(
                    copy.resolve("deployment.yaml"),
                    "              - {key: themis.page.client-secret, path: themis.page.client-secret}\n",
                    "");
        }
        change(copy.resolve("kustomization.yaml"), "  - ../../components/always-on\n", "");
        Manifests asleep = Manifests.rendered(copy);
        assertThat(replicas(asleep)).isZero();
        assertThat(asleep.environment()).doesNotContainKey("THEMIS_PAGE_CLIENTID");
        assertThat(RENDERED.get(overlay).secretFiles()).contains("themis.page.client-secret");
        assertThat(asleep.secretFiles())
                .hasSize(RENDERED.get(overlay).secretFiles().size() - 1)
                .doesNotContain("themis.page.client-secret");
    }

    private static int replicas(Manifests manifests) {
        return manifests.only(Keda.ScaledObject.class).spec().minReplicaCount();
    }

    /** That of the sample company, which the jar has, would answer people with nothing. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void theDataMapIsTheExampleAndCanBeRead(String overlay) throws IOException {
        Manifests manifests = RENDERED.get(overlay);
        Path place = Path.of(manifests.environment().get("THEMIS_DATAMAP"));
        VolumeMount mount = container(overlay).getVolumeMounts().stream()
                .filter(mounted ->
                        mounted.getMountPath().equals(place.getParent().toString()))
                .findFirst()
                .orElseThrow();
        assertThat(mount.getReadOnly()).isTrue();
        String name = pod(overlay).getVolumes().stream()
                .filter(volume -> volume.getName().equals(mount.getName()))
                .findFirst()
                .orElseThrow()
                .getConfigMap()
                .getName();
        String map = dataMap(manifests).get(name);
        assertThat(place.getFileName()).hasToString("datamap.yaml");
        assertThat(withoutComments(map))
                .isEqualTo((overlay.equals(SPARK) ? "engine: spark\n" : "")
                        + withoutComments(Files.readString(Manifests.FOLDER.resolve("base/datamap.yaml"))));
        DataMap read = DataMapLoader.load(
                place.getFileName().toString(), new ByteArrayInputStream(map.getBytes(StandardCharsets.UTF_8)));
        assertThat(read.datasets()).isNotEmpty();
        assertThat(name).as("another map is another name, and so a restart").matches("themis-datamap-\\w+");
    }

    private static String withoutComments(String yaml) {
        return yaml.replaceAll("(?m)^#.*\n", "");
    }

    /** As docs/operations.md says it: a file beside the overlay's kustomization, and a generator that replaces. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE})
    void aDataMapOfTheOverlayTakesThePlaceOfTheExample(String overlay, @TempDir Path folder) throws IOException {
        Path copy = copy(overlay, folder);
        Files.writeString(copy.resolve("datamap.yaml"), "the company's own\n");
        change(copy.resolve("kustomization.yaml"), "configMapGenerator:\n", """
                configMapGenerator:
                  - name: themis-datamap
                    behavior: replace
                    files:
                      - datamap.yaml
                """);
        assertThat(dataMap(Manifests.rendered(copy)))
                .hasSize(1)
                .containsValue("the company's own\n")
                .doesNotContainKeys(dataMap(RENDERED.get(overlay)).keySet().toArray(String[]::new));
    }

    /** By the name of its ConfigMap; there is one. */
    private static Map<String, String> dataMap(Manifests manifests) {
        return manifests.all(ConfigMap.class).stream()
                .filter(map -> map.getData().containsKey("datamap.yaml"))
                .collect(Collectors.toMap(
                        map -> map.getMetadata().getName(), map -> map.getData().get("datamap.yaml")));
    }

    /** Entra ID makes a token of version 2.0 for the id of an application, whatever api:// name it has. */
    @Test
    void onAzureTokensAreForTheIdOfAnApplication() {
        Map<String, String> environment = RENDERED.get(AZURE).environment();
        assertThat(environment.get("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUERURI"))
                .matches("https://login\\.microsoftonline\\.com/" + GUID + "/v2\\.0");
        assertThat(environment.get("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES"))
                .matches(GUID);
        assertThat(environment.get("THEMIS_PAGE_CLIENTID")).matches(GUID);
        assertThat(environment)
                .as("sub is another one for each application, and email_verified never comes")
                .containsEntry("THEMIS_TOKENCLAIMS_SUBJECT", "oid")
                .containsEntry("THEMIS_TOKENCLAIMS_EMAILVERIFIED", "xms_edov");
    }

    @Test
    void theComponentForMonitoringBringsADashboardThatGrafanaFinds() {
        assertThat(RENDERED.get(MONITORED).all(ConfigMap.class))
                .filteredOn(map -> map.getMetadata().getLabels().containsKey("grafana_dashboard"))
                .singleElement()
                .satisfies(map -> {
                    assertThat(map.getMetadata().getName()).isEqualTo("themis-dashboard");
                    assertThat(map.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
                    assertThat(Manifests.tree(map.getData().get("themis.json"))).isEqualTo(Monitoring.dashboard());
                });
        assertThat(RENDERED.get(MONITORED).all(PrometheusRule.class)).hasSize(1);
        assertThat(RENDERED.get(MONITORED).all(PodMonitor.class)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void everyPathOfTheContractAndThePageIsRoutedAndNothingElse(String overlay) {
        Set<String> prefixes = new TreeSet<>();
        Set<String> exact = new TreeSet<>();
        HTTPRoute route = RENDERED.get(overlay).only(HTTPRoute.class);
        route.getSpec().getRules().forEach(rule -> {
            assertThat(rule.getBackendRefs())
                    .singleElement()
                    .satisfies(backend -> assertThat(backend.getPort())
                            .isEqualTo(onlyPort(overlay).getPort()));
            rule.getMatches().forEach(match -> {
                assertThat(match.getPath().getType()).isIn("PathPrefix", "Exact");
                (match.getPath().getType().equals("Exact") ? exact : prefixes)
                        .add(match.getPath().getValue());
            });
        });
        assertThat(exact).as("leads to the page").containsExactly("/");
        assertThat(onlyPort(overlay).getTargetPort().getStrVal())
                .as("the management port is not behind the service")
                .isEqualTo("http");

        Set<String> paths = new TreeSet<>();
        CONTRACT.path("paths").fieldNames().forEachRemaining(paths::add);
        assertThat(paths).isNotEmpty();
        paths.add("/privacy");
        assertThat(paths).allMatch(path -> prefixes.stream().anyMatch(prefix -> isBelow(path, prefix)), "is routed");
        assertThat(prefixes)
                .allMatch(
                        prefix -> paths.stream().anyMatch(path -> isBelow(path, prefix)),
                        "is of the contract, or the page");
    }

    /** Envoy's own limit is 15 s, for the whole of an answer; a page that watches a request gets one of 25 s. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void theGatewayCutsNoAnswerThatGoesOn(String overlay) {
        assertThat(RENDERED.get(overlay).only(HTTPRoute.class).getSpec().getRules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.getTimeouts().getRequest()).isEqualTo("0s"));
    }

    /** The key above all, by which Themis knows the gateway. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void noAnswerGivesBackTheKeyOrTellsWhatMadeIt(String overlay) {
        assertThat(RENDERED.get(overlay).only(HTTPRoute.class).getSpec().getRules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.getFilters())
                        .singleElement()
                        .extracting(filter -> filter.getResponseHeaderModifier().getRemove())
                        .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                        .contains("Ocp-Apim-Subscription-Key", "Server", "Via"));
    }

    private static boolean isBelow(String path, String prefix) {
        return path.equals(prefix) || path.startsWith(prefix + "/");
    }

    private static ServicePort onlyPort(String overlay) {
        List<ServicePort> ports =
                RENDERED.get(overlay).named(Service.class, "themis").getSpec().getPorts();
        assertThat(ports).hasSize(1);
        return ports.get(0);
    }

    @Test
    void noTwoResourcesHaveTheSameName() {
        RENDERED.forEach((overlay, manifests) -> assertThat(manifests.all(HasMetadata.class))
                .isNotEmpty()
                .extracting(resource ->
                        resource.getKind() + " " + resource.getMetadata().getName())
                .doesNotHaveDuplicates());
    }

    private static PodSpec pod(String overlay) {
        return RENDERED.get(overlay)
                .named(Deployment.class, "themis")
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static Container container(String overlay) {
        assertThat(pod(overlay).getContainers()).hasSize(1);
        assertThat(pod(overlay).getInitContainers()).isEmpty();
        return pod(overlay).getContainers().get(0);
    }
}
