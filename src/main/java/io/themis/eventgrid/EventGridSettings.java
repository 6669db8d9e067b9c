package io.themis.eventgrid;

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
 * @param webhookSecret value of the query parameter {@code code} in the webhook's URL
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

    @Override
    public String toString() {
        return "EventGridSettings[topicEndpoint=" + topicEndpoint + "]";
    }
}
