package io.themis.dryrun;

import io.themis.datamap.DataMapException;
import io.themis.request.EmailAddress;
import io.themis.request.InvalidRequestException;
import io.themis.request.ReadableError;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;

/**
 * What the jar does in place of the service if its arguments begin with a word: {@code check}, or {@code explain} with an
 * address. Settings may follow, {@code --name=value}.
 */
public final class Command {

    private static final String USAGE = """
            There are two commands:
              check            reads and checks the data map, and counts the lake's files of each dataset
              explain ADDRESS  shows what would be gathered of the person with that e-mail address
            Settings may follow, such as --themis.data-map=file:datamap.yaml. Without a command the service starts.""";

    // A command says what it found and what went wrong; what Camel and Spring say of that is of no use to its reader.
    private static final Map<String, Object> QUIET = Map.of(
            "spring.main.banner-mode", "off",
            "logging.level.root", "warn",
            "logging.level.org.apache.camel.impl.engine.AbstractCamelContext", "off",
            // A command that ends soon is as it should be.
            "logging.level.org.apache.camel.spring.boot.SpringBootCamelContext", "error",
            "logging.level.org.springframework.context", "error",
            "logging.level.org.springframework.boot.SpringApplication", "off",
            "logging.level.org.springframework.boot.diagnostics", "off");

    private final List<String> words;
    private final String[] settings;
    private final PrintStream out;

    private Command(List<String> words, String[] settings, PrintStream out) {
        this.words = words;
        this.settings = settings;
        this.out = out;
    }

    /** The command that the arguments ask for, or nothing if they are for the service. */
    public static Optional<Command> of(String... arguments) {
        List<String> words =
                Stream.of(arguments).filter(word -> !word.startsWith("--")).toList();
        String[] settings =
                Stream.of(arguments).filter(word -> word.startsWith("--")).toArray(String[]::new);
        return words.isEmpty() ? Optional.empty() : Optional.of(new Command(words, settings, System.out));
    }

    /**
     * @param surroundings what the run needs besides the settings of the command
     * @return the exit code of the process: 0, or 1 if something is wrong, which has been printed then
     */
    public int run(Consumer<SpringApplication> surroundings) {
        if (words.equals(List.of("check"))) {
            return run(EnrichmentRoutes.THE_COMPANYS, surroundings, context -> new Check(context, out).print());
        }
        if (words.size() == 2 && words.get(0).equals("explain")) {
            EmailAddress address;
            try {
                address = new EmailAddress(words.get(1));
            } catch (InvalidRequestException e) {
                out.println(e.getMessage());
                return 1;
            }
            return run(
                    EnrichmentRoutes.THOSE_THAT_GATHER,
                    surroundings,
                    context -> new Explanation(context, out).print(address));
        }
        out.println(USAGE);
        return 1;
    }

    private int run(
            ApplicationContextInitializer<ConfigurableApplicationContext> routes,
            Consumer<SpringApplication> surroundings,
            Task task) {
        SpringApplication application = new SpringApplication(InMemory.class, EnrichmentRoutes.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(QUIET);
        // A command needs the settings of what it uses and no others.
        application.setLazyInitialization(true);
        surroundings.accept(application);
        // After them, since they may bring routes of the company's
        application.addInitializers(routes);
        try (ConfigurableApplicationContext context = application.run(settings)) {
            return task.run(context) ? 0 : 1;
        } catch (RuntimeException e) {
            Throwable cause = NestedExceptionUtils.getMostSpecificCause(e);
            if (cause instanceof DataMapException || cause instanceof InvalidConfigurationPropertyValueException) {
                out.println(cause.getMessage());
            } else {
                out.println("It did not work: " + ReadableError.of(cause));
            }
            return 1;
        }
    }

    private interface Task {

        /** False if something is wrong. */
        boolean run(ConfigurableApplicationContext context);
    }
}
