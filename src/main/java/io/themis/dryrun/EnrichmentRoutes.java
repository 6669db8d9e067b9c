package io.themis.dryrun;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.azure.storage.datalake.springboot.DataLakeComponentAutoConfiguration;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.sql.springboot.SqlComponentAutoConfiguration;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.apache.camel.spring.boot.CamelSpringBootApplicationListener;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** The company's own routes, and those that gather as the service has them; none that takes requests or answers them. */
@ImportAutoConfiguration({
    CamelAutoConfiguration.class,
    SqlComponentAutoConfiguration.class,
    DataLakeComponentAutoConfiguration.class
})
class EnrichmentRoutes {

    private static final String PATTERN = "camel.main.routes-include-pattern";
    private static final String ALL = "classpath:routes/*.camel.yaml";
    private static final String ERROR_HANDLING = "classpath:routes/error-handling.camel.yaml";

    static final ApplicationContextInitializer<ConfigurableApplicationContext> THOSE_THAT_GATHER = inPlaceOfAll(
            "classpath:routes/enrichment.camel.yaml,classpath:routes/dataset-templates.camel.yaml," + ERROR_HANDLING,
            Map.of());

    /** What asks no store needs no settings of one. */
    static final ApplicationContextInitializer<ConfigurableApplicationContext> THE_COMPANYS =
            inPlaceOfAll(ERROR_HANDLING, Map.of("camel.main.java-routes-exclude-pattern", "**/DatasetRoutes"));

    private static ApplicationContextInitializer<ConfigurableApplicationContext> inPlaceOfAll(
            String files, Map<String, Object> further) {
        return context -> {
            ConfigurableEnvironment environment = context.getEnvironment();
            Map<String, Object> settings = new HashMap<>(further);
            settings.put(PATTERN, environment.getRequiredProperty(PATTERN).replace(ALL, files));
            environment.getPropertySources().addFirst(new MapPropertySource("dry run", settings));
        };
    }

    /** Nobody asks Spring for the Camel context before it starts. */
    @Bean
    static LazyInitializationExcludeFilter camel() {
        return LazyInitializationExcludeFilter.forBeanTypes(
                CamelContext.class, CamelSpringBootApplicationListener.class);
    }

    /** A step follows at once; one that leads out of the gathering leads nowhere. */
    @Bean
    DirectComponent step() {
        DirectComponent steps = new DirectComponent() {
            @Override
            protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters)
                    throws Exception {
                // A dry run does not wait.
                parameters.remove("notBefore");
                DirectEndpoint step = (DirectEndpoint) super.createEndpoint(uri, name, parameters);
                step.setFailIfNoConsumers(false);
                return step;
            }
        };
        steps.setBlock(false);
        return steps;
    }
}
