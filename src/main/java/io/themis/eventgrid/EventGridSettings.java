package io.themis.eventgrid;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The topic that Themis publishes to, and the secret that its webhook asks for.
 *
 * @param topicEndpoint https URL of the topic
 * @param accessKey key of the topic, or null for the managed identity
 * @param webhookSecret value of the query parameter {@code code} in the webhook's URL; at least 32 characters that a
 *     URL takes as they are
 */
@Validated
@ConfigurationProperties("themis.event-grid")
public record EventGridSettings(
        @NotNull
        @Pattern(
                regexp = "https://[^/?#@\\s]+/api/events",
                message = "must be the https URL of an Event Grid topic, such as"
                        + " https://NAME.REGION-1.eventgrid.azure.net/api/events")
        String topicEndpoint,

        String accessKey,
        @NotBlank String webhookSecret) {

    private static final java.util.regex.Pattern STRONG_SECRET = java.util.regex.Pattern.compile("[\\w.~-]{32,}");

    /** A rule of its own, since the report about a broken rule shows the value, which would be the secret. */
    @AssertTrue(message = "must be true: themis.event-grid.webhook-secret needs at least 32 letters, digits or -._~")
    public boolean isWebhookSecretStrong() {
        return webhookSecret == null
                || webhookSecret.isBlank()
                || STRONG_SECRET.matcher(webhookSecret).matches();
    }

    @Override
    public String toString() {
        return "EventGridSettings[topicEndpoint=" + topicEndpoint + "]";
    }
}
