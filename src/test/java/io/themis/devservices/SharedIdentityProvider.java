package io.themis.devservices;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** For tests: one identity provider in the JVM, whose tokens the application takes. */
public final class SharedIdentityProvider implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static IdentityProvider provider;

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        IdentityProvider shared = get();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "identity provider",
                        Map.of(
                                "themis.page.client-id",
                                DevServices.PAGE_CLIENT,
                                "themis.page.client-secret",
                                DevServices.PAGE_SECRET,
                                "spring.security.oauth2.resourceserver.jwt.issuer-uri",
                                shared.issuer(),
                                "spring.security.oauth2.resourceserver.jwt.audiences",
                                IdentityProvider.AUDIENCE)));
        context.getBeanFactory().registerSingleton("identityProvider", shared);
    }

    private static synchronized IdentityProvider get() {
        if (provider == null) {
            provider = new IdentityProvider();
            SpringApplication.getShutdownHandlers().add(provider::close);
        }
        return provider;
    }
}
