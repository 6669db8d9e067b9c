package io.themis.devservices;

import com.azure.core.models.CloudEvent;
import com.azure.messaging.eventgrid.EventGridPublisherClient;
import java.net.URI;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/** The parts that can't be reached by a setting alone. */
@TestConfiguration(proxyBeanMethods = false)
public class DevBeans {

    /** Publishes to the stand-in; no client of Azure trusts its certificate otherwise. */
    @Bean
    EventGridPublisherClient<CloudEvent> devPublisherClient(DevServices services) {
        return services.eventGrid().publisherClient();
    }

    /** What an operator does once in Azure: subscribes this application to its own events. */
    @Bean
    ApplicationListener<ApplicationStartedEvent> devEventSubscription(DevServices services) {
        return event -> {
            String port = event.getApplicationContext().getEnvironment().getProperty("local.server.port");
            if (port != null) {
                services.eventGrid()
                        .subscribe(
                                "themis-" + port,
                                URI.create("http://localhost:" + port + "/hooks/event-grid?code="
                                        + DevServices.WEBHOOK_SECRET));
            }
        };
    }
}
