package io.themis.devservices;

import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts the parts for one application, as {@code themis.dev.*} says, and stops them after everything else of it has
 * stopped, also when it fails to start.
 */
public final class DevServicesInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        DevServices services = DevServices.start(DevSettings.of(context.getEnvironment()));
        services.contributeTo(context.getEnvironment());
        context.getBeanFactory().registerSingleton("devServices", services);
        // Registered before any bean, hence destroyed after all of them; the context's closing event comes too early.
        ((DefaultSingletonBeanRegistry) context.getBeanFactory())
                .registerDisposableBean("devServices", services::close);
    }
}
