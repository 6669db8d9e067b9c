package io.themis.security;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How the page is known to the identity provider, which is the one whose tokens the API takes.
 *
 * @param clientId without one there is no page
 */
@ConfigurationProperties("themis.page")
record PageSettings(String clientId, String clientSecret) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "PageSettings[" + clientId + "]";
    }
}
