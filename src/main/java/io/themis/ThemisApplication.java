package io.themis;

import io.themis.dryrun.Command;
import io.themis.security.SecureSettings;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Answers data subject requests. The flow is in {@code routes/*.camel.yaml}; Java is what a route calls. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ThemisApplication {

    /** Starts the service, or runs the command that the arguments begin with. */
    public static void main(String[] args) {
        Optional<Command> command = Command.of(args);
        if (command.isPresent()) {
            System.exit(
                    command.get().run(application -> application.addListeners(SecureSettings.ofStoresThatAreRead())));
        }
        SpringApplication application = new SpringApplication(ThemisApplication.class);
        application.addListeners(new SecureSettings());
        application.run(args);
    }
}
