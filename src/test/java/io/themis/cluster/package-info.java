/**
 * What runs Themis in a cluster: the manifests in {@code k8s}, rendered by kustomize and held against typed models and
 * rules; the Azure resources in {@code azure}; the gateway's policies in {@code gateway}; and the image.
 */
package io.themis.cluster;
