package io.themis.eventgrid;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Gives the routes the component, so that no URI carries a secret, and the webhook. */
@Configuration(proxyBeanMethods = false)
class EventGridBeans {

    @Bean("azure-eventgrid")
    EventGridComponent eventGridComponent(EventGridSettings settings) {
        EventGridConfiguration configuration = new EventGridConfiguration();
        if (settings.accessKey() == null || settings.accessKey().isBlank()) {
            configuration.setCredentialType(CredentialType.AZURE_IDENTITY);
        } else {
            configuration.setAccessKey(settings.accessKey());
        }
        EventGridComponent component = new EventGridComponent();
        component.setConfiguration(configuration);
        return component;
    }

    @Bean
    EventGridWebhook eventGridWebhook(EventGridSettings settings) {
        return new EventGridWebhook(settings);
    }
}
