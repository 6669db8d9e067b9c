package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** The Spark that {@code k8s/components/spark} runs beside Themis, rendered with an overlay. */
class SparkComponentTest {

    private Manifests manifests;

    @BeforeEach
    void render(@TempDir Path folder) throws IOException {
        assumeTrue(Manifests.canBeRendered(), "no kubectl with kustomize 5 on the PATH");
        FileSystemUtils.copyRecursively(Manifests.FOLDER, folder);
        Path overlay = folder.resolve("overlays/local");
        Files.writeString(
                overlay.resolve("kustomization.yaml"),
                "components: [../../components/spark]\n",
                StandardOpenOption.APPEND);
        manifests = Manifests.rendered(overlay);
    }

    @Test
    void themisIsToldWhereItIs() {
        Service service = named(Service.class, "spark-connect");
        Map<String, String> settings = manifests.all(ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().startsWith("themis-settings"))
                .findFirst()
                .orElseThrow()
                .getData();

        assertThat(settings)
                .containsEntry(
                        "THEMIS_SPARK_SERVER",
                        "sc://spark-connect:"
                                + service.getSpec().getPorts().get(0).getPort())
                .containsKeys("THEMIS_SPARK_LAKE", "THEMIS_LAKE_ENDPOINT");
        assertThat(service.getSpec().getSelector()).containsEntry("app.kubernetes.io/component", "spark-connect");
    }

    /** Connect itself asks nobody who they are. */
    @Test
    void nobodyButThemisReachesIt() {
        NetworkPolicy policy = named(NetworkPolicy.class, "spark-connect");

        assertThat(policy.getSpec().getIngress()).singleElement().satisfies(rule -> {
            assertThat(rule.getFrom()).singleElement().satisfies(peer -> {
                assertThat(peer.getNamespaceSelector()).isNull();
                assertThat(peer.getPodSelector().getMatchLabels()).containsEntry("app.kubernetes.io/name", "themis");
            });
            assertThat(rule.getPorts()).hasSize(1);
        });
        assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(named(Deployment.class, "spark-connect")
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getLabels())
                .as("what Themis may do is not for it")
                .containsEntry("app.kubernetes.io/name", "spark-connect")
                .containsAllEntriesOf(policy.getSpec().getPodSelector().getMatchLabels());
    }

    @Test
    void itMayDoNothingThatItDoesNotNeedAndKeepsNothing() {
        PodSpec pod =
                named(Deployment.class, "spark-connect").getSpec().getTemplate().getSpec();
        Container container = pod.getContainers().get(0);

        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getResources().getLimits()).containsKeys("cpu", "memory", "ephemeral-storage");
        assertThat(container.getArgs()).contains("spark.eventLog.enabled=false");
        assertThat(pod.getVolumes())
                .singleElement()
                .satisfies(volume ->
                        assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull());
        assertThat(container.getImage()).matches("[a-z.]+/spark:\\d+\\.\\d+\\.\\d+");
    }

    private <T extends HasMetadata> T named(Class<T> type, String name) {
        return manifests.all(type).stream()
                .filter(resource -> resource.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
