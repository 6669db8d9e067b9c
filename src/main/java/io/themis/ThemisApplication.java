package io.themis;

import io.themis.security.SecureSettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Answers data subject requests. The flow is in {@code routes/*.camel.yaml}; Java is what a route calls. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ThemisApplication {

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(ThemisApplication.class);
        application.addListeners(new SecureSettings());
        application.run(args);
    }
}
