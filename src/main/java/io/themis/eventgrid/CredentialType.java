package io.themis.eventgrid;

/** How the {@code azure-eventgrid} component proves to the topic who it is. */
public enum CredentialType {
    /** One of the topic's two access keys. */
    ACCESS_KEY,
    /** What the environment offers: managed or workload identity, then a developer's own sign-in. */
    AZURE_IDENTITY,
    /** The given {@code TokenCredential}. */
    TOKEN_CREDENTIAL
}
