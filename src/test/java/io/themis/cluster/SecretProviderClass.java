package io.themis.cluster;

import io.fabric8.kubernetes.api.model.ObjectMeta;

/** Which secrets of Key Vault become which files, for the secrets store's CSI driver; fabric8 has no model of it. */
record SecretProviderClass(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

    record Spec(String provider, Parameters parameters) {}

    /** @param objects YAML in a text: {@code array}, of texts that are YAML again */
    record Parameters(String keyvaultName, String tenantId, String clientID, String usePodIdentity, String objects) {}
}
