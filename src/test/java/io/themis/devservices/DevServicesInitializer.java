package io.themis.devservices;

import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Starts the parts for one application, as {@code themis.dev.*} says, and stops them after everything else of it has
 * stopped, also when it fails to start.
 */
public final class DevServicesInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private DevServices services;

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        // For a Ctrl-C before the context looks after them: PostgreSQL would outlive this process.
        SpringApplication.getShutdownHandlers().add(this::stop);
        start(context.getEnvironment());
        services.contributeTo(context.getEnvironment());
        context.getBeanFactory().registerSingleton("devServices", services);
        // Registered before any bean, hence destroyed after all of them; the context's closing event comes too early.
        ((DefaultSingletonBeanRegistry) context.getBeanFactory())
                .registerDisposableBean("devServices", services::close);
    }

    private synchronized void start(Environment environment) {
        services = DevServices.start(DevSettings.of(environment));
    }

    /** Waits for a start that is under way. */
    private synchronized void stop() {
        if (services != null) {
            services.close();
        }
    }
}
