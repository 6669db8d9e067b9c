package io.themis;

import io.themis.devservices.DevBeans;
import io.themis.devservices.DevServicesInitializer;
import io.themis.devservices.SharedDevServices;
import io.themis.devservices.SharedIdentityProvider;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ContextConfiguration;

/** The whole application on real parts of its own, with a small sample company, as tests see it from the outside. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = ThemisApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            // Spring's tests have no metrics otherwise.
            "management.prometheus.metrics.export.enabled=true",
            // Quick enough for a test to see a step fail and end.
            "themis.steps.first-delay=100ms",
            "themis.steps.max-delay=1s",
            "themis.steps.max-attempts=100",
            "db-scheduler.polling-interval=200ms",
            // A browser that is gone may have left a page that watches; nobody waits for its answer.
            "spring.lifecycle.timeout-per-shutdown-phase=5s",
            // For parts of one's own: no port that another run may have, and a small company.
            "themis.dev.azurite-port=0",
            "themis.dev.smtp-port=0",
            "themis.dev.imap-port=0",
            "themis.dev.mailbox-port=0",
            "themis.dev.identity-port=0",
            "themis.dev.queue-port=0",
            "themis.dev.sample-size=" + SharedDevServices.SAMPLE_SIZE,
            "themis.dev.event-grid-retry-unit=20ms",
            // These two write what goes through them, as they do nowhere but here.
            "logging.level.com.icegreen.greenmail=WARN",
            "logging.level.org.apache.activemq=WARN"
        })
@ContextConfiguration
@Import({DevBeans.class, Themis.class, Lake.class})
@interface WholeApplication {

    @AliasFor(annotation = ContextConfiguration.class)
    Class<? extends ApplicationContextInitializer<?>>[] initializers() default {
        DevServicesInitializer.class, SharedIdentityProvider.class
    };
}
