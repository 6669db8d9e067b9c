package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Spark that {@code k8s/overlays/spark} runs beside Themis. What holds for Themis in every overlay, ManifestRulesTest says. */
class SparkOverlayTest {

    private static Manifests manifests;

    @BeforeAll
    static void render() throws IOException {
        assumeTrue(Manifests.canBeRendered(), "no kubectl with kustomize 5 on the PATH");
        manifests = Manifests.rendered(Manifests.FOLDER.resolve("overlays/spark"));
    }

    @Test
    void themisIsToldWhereItIs() {
        Service service = manifests.named(Service.class, "spark-connect");

        assertThat(manifests.environment())
                .containsEntry(
                        "THEMIS_SPARK_SERVER",
                        "sc://spark-connect:"
                                + service.getSpec().getPorts().get(0).getPort());
        assertThat(service.getSpec().getSelector()).containsEntry("app.kubernetes.io/component", "spark-connect");
    }

    /** Else Spark would search another lake than the one whose files Themis lists. */
    @Test
    void itReadsTheLakeThatThemisLists() throws IOException {
        Map<String, String> environment = manifests.environment();
        String account = environment.get("THEMIS_LAKE_ACCOUNTNAME");
        String container = Manifests.tree(Files.readString(Path.of("src/main/resources/application.yaml")))
                .at("/themis/lake/container")
                .asText();

        assertThat(environment)
                .containsEntry("THEMIS_LAKE_ENDPOINT", "https://%s.blob.core.windows.net".formatted(account))
                .containsEntry(
                        "THEMIS_SPARK_LAKE", "abfss://%s@%s.dfs.core.windows.net/".formatted(container, account));
    }

    /** Whoever gets into it can read the lake, and nothing of what Themis may. */
    @Test
    void itOpensTheLakeByAnIdentityOfItsOwn() {
        PodTemplateSpec pod =
                manifests.named(Deployment.class, "spark-connect").getSpec().getTemplate();
        ServiceAccount account = manifests.named(ServiceAccount.class, "spark-connect");

        assertThat(pod.getSpec().getServiceAccountName())
                .isEqualTo(account.getMetadata().getName());
        assertThat(account.getMetadata().getAnnotations()).containsKey("azure.workload.identity/client-id");
        assertThat(account.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getMetadata().getLabels()).containsEntry("azure.workload.identity/use", "true");
        assertThat(pod.getSpec().getContainers().get(0).getArgs())
                .as("after its name come arguments of the server's own")
                .endsWith("spark-internal")
                .contains(
                        "spark.hadoop.fs.azure.account.oauth2.client.id=$(AZURE_CLIENT_ID)",
                        "spark.hadoop.fs.azure.account.oauth2.msi.tenant=$(AZURE_TENANT_ID)",
                        "spark.hadoop.fs.azure.account.oauth2.token.file=$(AZURE_FEDERATED_TOKEN_FILE)");
    }

    /** Connect itself asks nobody who they are. */
    @Test
    void nobodyButThemisReachesIt() {
        NetworkPolicy policy = manifests.named(NetworkPolicy.class, "spark-connect");

        assertThat(policy.getSpec().getIngress()).singleElement().satisfies(rule -> {
            assertThat(rule.getFrom()).singleElement().satisfies(peer -> {
                assertThat(peer.getNamespaceSelector()).isNull();
                assertThat(peer.getPodSelector().getMatchLabels()).containsEntry("app.kubernetes.io/name", "themis");
            });
            assertThat(rule.getPorts()).hasSize(1);
        });
        assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(manifests
                        .named(Deployment.class, "spark-connect")
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
        PodSpec pod = manifests
                .named(Deployment.class, "spark-connect")
                .getSpec()
                .getTemplate()
                .getSpec();
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
}
