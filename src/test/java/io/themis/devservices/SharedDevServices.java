package io.themis.devservices;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * For tests: the parts, on free ports, started by the first context of the JVM, shared by all, and stopped after the
 * last.
 */
public final class SharedDevServices implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** Of the sample company; somebody in it has more than 500 rows. */
    public static final int SAMPLE_SIZE = 300;

    private static DevServices services;

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        DevServices shared = get();
        shared.contributeTo(context.getEnvironment());
        context.getBeanFactory().registerSingleton("devServices", shared);
    }

    private static synchronized DevServices get() {
        if (services == null) {
            services = DevServices.start(DevSettings.onFreePorts());
            // Spring Boot's handlers run after it has closed its contexts; a hook of our own would run beside that.
            SpringApplication.getShutdownHandlers().add(services::close);
        }
        return services;
    }
}
