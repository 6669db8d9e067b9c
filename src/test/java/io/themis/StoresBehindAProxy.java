package io.themis;

import java.net.URI;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Puts an {@link InterveningProxy} between the application and its lake, and its storage. */
final class StoresBehindAProxy implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        String endpoint = context.getEnvironment().getRequiredProperty("themis.lake.endpoint");
        InterveningProxy proxy = new InterveningProxy(URI.create(endpoint).getPort());
        context.getBeanFactory().registerSingleton("interveningProxy", proxy);
        String behind = endpoint.replaceFirst(":\\d+/", ":" + proxy.port() + "/");
        TestPropertyValues.of("themis.lake.endpoint=" + behind, "themis.storage.endpoint=" + behind)
                .applyTo(context);
    }
}
