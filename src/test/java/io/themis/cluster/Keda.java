package io.themis.cluster;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;

/**
 * KEDA's resources, as far as the manifests use them. fabric8 has no models of them; a field that is not here is refused
 * as a misspelt one is, so one that is added is looked up in KEDA's own definition (keda.sh/v1alpha1) first.
 */
final class Keda {

    private Keda() {}

    record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

        /** Times are seconds. */
        record Spec(
                Target scaleTargetRef,
                int minReplicaCount,
                int maxReplicaCount,
                int pollingInterval,
                int cooldownPeriod,
                int initialCooldownPeriod,
                Advanced advanced,
                List<Trigger> triggers) {}

        record Target(String name) {}

        record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

        record Autoscaler(Behavior behavior) {}

        record Behavior(ScaleDown scaleDown) {}

        record ScaleDown(int stabilizationWindowSeconds) {}
    }

    /** @param metadata depends on the type; KEDA takes texts only */
    record Trigger(String type, String name, Map<String, String> metadata, Reference authenticationRef) {}

    record Reference(String name) {}

    record TriggerAuthentication(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

        record Spec(PodIdentity podIdentity, List<SecretKey> secretTargetRef) {}

        record PodIdentity(String provider, String identityId) {}

        record SecretKey(String parameter, String name, String key) {}
    }
}
