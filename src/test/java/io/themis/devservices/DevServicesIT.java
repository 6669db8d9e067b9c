package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.WarmJvm;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

@WarmJvm
@ExtendWith(OutputCaptureExtension.class)
class DevServicesIT {

    private static final Map<String, Object> SMALL_ON_FREE_PORTS = Map.of(
            "themis.dev.azurite-port", 0,
            "themis.dev.smtp-port", 0,
            "themis.dev.imap-port", 0,
            "themis.dev.mailbox-port", 0,
            "themis.dev.identity-port", 0,
            "themis.dev.queue-port", 0,
            "themis.dev.sample-size", 100);

    @Test
    void tellsTheApplicationWhereThePartsAreAndStopsThemWithIt() throws Exception {
        List<Integer> ports;
        Path data;
        try (ConfigurableApplicationContext context = run("--themis.gateway-key=mine")) {
            ConfigurableEnvironment environment = context.getEnvironment();
            DevServices services = context.getBean(DevServices.class);
            data = services.azurite().data();
            String storage = environment.getProperty("themis.storage.endpoint");
            String mailbox = services.mailboxPage().url();
            String requests = environment.getProperty("spring.datasource.url");
            ports = List.of(
                    URI.create(storage).getPort(),
                    URI.create(mailbox).getPort(),
                    URI.create(requests.substring("jdbc:".length())).getPort(),
                    environment.getProperty("themis.mail.port", Integer.class));

            try (Connection connection = connect(environment, "spring.datasource")) {
                assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(17);
            }
            try (Connection connection = connect(environment, "themis.data-sources.users")) {
                var rows = connection.createStatement().executeQuery("SELECT COUNT(*) FROM users");
                rows.next();
                assertThat(rows.getInt(1)).isPositive();
            }
            assertThat(storage).endsWith("/devstoreaccount1");
            assertThat(services.azurite()
                            .client()
                            .getBlobContainerClient("lake")
                            .listBlobs())
                    .anySatisfy(blob -> assertThat(blob.getName()).endsWith("/Users.xml"));
            assertThat(environment.getProperty("themis.gateway-key"))
                    .as("the command line stands above")
                    .isEqualTo("mine");
        }
        assertThat(ports).doesNotHaveDuplicates().allSatisfy(port -> new Port("", port).requireFree());
        assertThat(Files.exists(data)).isFalse();
    }

    @Test
    void stopsThePartsAlsoWhenTheProcessIsEndedBeforeTheApplicationRuns() throws Exception {
        Process process = AnotherJvm.start(NeverGoesOn.class);
        try (BufferedReader output = process.inputReader()) {
            int port = output.lines()
                    .filter(line -> line.startsWith(NeverGoesOn.DATABASE))
                    .map(line -> URI.create(line.substring(NeverGoesOn.DATABASE.length())))
                    .findFirst()
                    .orElseThrow()
                    .getPort();

            process.destroy();

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            new Port("", port).requireFree();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Runs in another process: has started the parts and nothing else. */
    static final class NeverGoesOn implements Runnable {

        static final String DATABASE = "database at jdbc:";

        @Override
        public void run() {
            SpringApplication application = application();
            application.addInitializers(context -> {
                System.out.println("database at " + context.getEnvironment().getProperty("spring.datasource.url"));
                new CompletableFuture<>().join();
            });
            application.run();
        }
    }

    @Test
    void saysInOneLineWhichPortIsInUse(CapturedOutput output) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = other.getLocalPort();

            assertThatThrownBy(() -> run("--themis.dev.mailbox-port=" + taken)).isInstanceOf(PortTakenException.class);

            assertThat(output)
                    .contains("Port " + taken + " is already in use")
                    .contains("themis.dev.mailbox-port")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void loadsARealCompanyInsteadOfTheSample(@TempDir Path folder) throws Exception {
        Path dump = Files.createDirectories(folder.resolve("site.example")).resolve("Users.xml");
        Files.writeString(dump, "<users/>");
        Path csv = Files.writeString(folder.resolve("users.csv"), """
                emailAddress,displayName,firstName,lastName,country,city,street,accountId
                ann@example.com,ann,Ann,Lee,Norway,Oslo,Storgata 1,11
                """);

        try (ConfigurableApplicationContext context =
                run("--themis.dev.lake-dir=" + folder, "--themis.dev.users-csv=" + csv)) {
            DevServices services = context.getBean(DevServices.class);

            assertThat(services.azurite()
                            .client()
                            .getBlobContainerClient("lake")
                            .listBlobs())
                    .singleElement()
                    .satisfies(blob -> assertThat(blob.getName()).isEqualTo("site.example/Users.xml"));
            assertThat(services.samplePerson()).map(DevUser::emailAddress).contains("ann@example.com");
        }
    }

    private static ConfigurableApplicationContext run(String... arguments) {
        SpringApplication application = application();
        application.setRegisterShutdownHook(false);
        return application.run(arguments);
    }

    private static SpringApplication application() {
        SpringApplication application = new SpringApplication(DevBeans.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.addInitializers(new DevServicesInitializer());
        application.setDefaultProperties(SMALL_ON_FREE_PORTS);
        return application;
    }

    private static Connection connect(ConfigurableEnvironment environment, String prefix) throws Exception {
        return DriverManager.getConnection(
                environment.getProperty(prefix + ".url"),
                environment.getProperty(prefix + ".username"),
                environment.getProperty(prefix + ".password"));
    }
}
