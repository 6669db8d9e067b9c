package io.themis.eventgrid;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class EventGridSettingsTest {

    private static final String TOPIC =
            "themis.event-grid.topic-endpoint=https://t.region-1.eventgrid.azure.net/api/events";
    private static final String SECRET = "themis.event-grid.webhook-secret=0123456789abcdef0123456789abcdef";

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(Settings.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(EventGridSettings.class)
    @Import(EventGridBeans.class)
    static class Settings {}

    @Test
    void publishesByTheAccessKeyIfThereIsOne() {
        runner.withPropertyValues(TOPIC, SECRET, "themis.event-grid.access-key=k")
                .run(context -> {
                    EventGridConfiguration configuration = context.getBean("azure-eventgrid", EventGridComponent.class)
                            .getConfiguration();
                    assertThat(configuration.effectiveCredentialType()).isEqualTo(CredentialType.ACCESS_KEY);
                    assertThat(configuration.getAccessKey()).isEqualTo("k");
                });
    }

    @Test
    void publishesByTheManagedIdentityIfThereIsNoKey() {
        runner.withPropertyValues(TOPIC, SECRET)
                .run(context -> assertThat(context.getBean("azure-eventgrid", EventGridComponent.class)
                                .getConfiguration()
                                .effectiveCredentialType())
                        .isEqualTo(CredentialType.AZURE_IDENTITY));
    }

    @Test
    void givesRoutesTheKeyWithoutAnyUriNamingIt() {
        runner.withConfiguration(AutoConfigurations.of(CamelAutoConfiguration.class))
                .withPropertyValues(TOPIC, SECRET, "themis.event-grid.access-key=k")
                .run(context -> assertThat(context.getBean(CamelContext.class)
                                .getEndpoint(
                                        "azure-eventgrid:{{themis.event-grid.topic-endpoint}}?source=/themis",
                                        EventGridEndpoint.class)
                                .getConfiguration())
                        .returns("k", EventGridConfiguration::getAccessKey)
                        .returns("/themis", EventGridConfiguration::getSource)
                        .returns(
                                "https://t.region-1.eventgrid.azure.net/api/events",
                                EventGridConfiguration::getTopicEndpoint));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://t.example/api/events", "https://t.example", "https://t.example/api/events?x=1"})
    void refusesATopicThatIsNotAnHttpsEndpoint(String endpoint) {
        runner.withPropertyValues(SECRET, "themis.event-grid.topic-endpoint=" + endpoint)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("topicEndpoint")
                        .hasMessageContaining("https URL"));
    }

    @Test
    void refusesToStartWithoutASecret() {
        runner.withPropertyValues(TOPIC)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("webhookSecret"));
    }

    @Test
    void showsNoSecretAsText() {
        assertThat(new EventGridSettings("https://t.example/api/events", "the-key", "the-secret").toString())
                .doesNotContain("the-key", "the-secret");
    }
}
