package io.themis.devservices;

import io.themis.ThemisApplication;
import io.themis.dryrun.Command;
import jakarta.jms.JMSException;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;

/** The development run, {@code mvn spring-boot:test-run}: the application with real parts around it, and one request. */
public final class ThemisDevApplication {

    // GreenMail writes whom a mail is for; the other two tell at length that they run.
    private static final Map<String, Object> QUIET = Map.of(
            "logging.level.com.icegreen.greenmail", "warn",
            "logging.level.io.zonky.test", "warn",
            "logging.level.org.apache.activemq", "warn");

    /** Nobody calls the parts of a command, and a run may be beside it. */
    private static final Map<String, Object> FREE_PORTS = Map.of(
            "themis.dev.azurite-port", 0,
            "themis.dev.smtp-port", 0,
            "themis.dev.imap-port", 0,
            "themis.dev.mailbox-port", 0,
            "themis.dev.identity-port", 0,
            "themis.dev.queue-port", 0);

    private ThemisDevApplication() {}

    public static void main(String[] args) throws JMSException {
        if (args.length > 1 && args[0].equals("send")) {
            QueueDrop.send(args);
            return;
        }
        Optional<Command> command = Command.of(args);
        if (command.isPresent()) {
            System.exit(command.get()
                    .run(application -> application.addInitializers(
                            context -> context.getEnvironment()
                                    .getPropertySources()
                                    .addLast(new MapPropertySource("free ports", FREE_PORTS)),
                            new DevServicesInitializer())));
        }
        // Not ThemisApplication.main: that one checks the settings, and nothing in the jar can switch the check off.
        SpringApplication application = new SpringApplication(ThemisApplication.class, DevBeans.class);
        application.setDefaultProperties(QUIET);
        application.addInitializers(
                new DevServicesInitializer(),
                context -> context.getBeanFactory().registerSingleton("withoutTestClasses", new WithoutTestClasses()));
        application.addListeners(new FirstRequest());
        application.run(args);
    }
}
