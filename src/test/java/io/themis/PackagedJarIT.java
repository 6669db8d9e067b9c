package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.jms.JMSContext;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.Mockito;

/** What is shipped: the jar that {@code package} has made, and not the class path of the tests. */
class PackagedJarIT {

    /** A data map with one dataset. */
    static final String LETTERS = """
            subject: {key: emailAddress}
            datasets:
              - name: letters
                title: Your letters
                kind: lake
                path: letters.xml
                format: xml-rows
                match: {address: emailAddress}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
            """;

    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    /** One class of each thing that only tests and the development run may have. */
    private static final List<Class<?>> TEST_ONLY = List.of(
            GreenMail.class,
            EmbeddedActiveMQ.class,
            ActiveMQConnectionFactory.class,
            org.h2.Driver.class,
            EmbeddedPostgres.class,
            Test.class,
            Assertions.class,
            Mockito.class,
            Awaitility.class);

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void hasTheClassesAndFilesOfTheProgramAndNothingOfTheTests() throws Exception {
        Set<String> program = files(Path.of("target/classes"));
        Set<String> tests = files(Path.of("target/test-classes"));
        assertThat(tests).contains("io/themis/devservices/ThemisDevApplication.class");

        Set<String> packaged = new TreeSet<>();
        for (ZipEntry entry : entries(Files.newInputStream(ThemisJar.file()))) {
            if (entry.getName().startsWith(CLASSES)) {
                packaged.add(entry.getName().substring(CLASSES.length()));
            }
        }
        // What Maven and Spring Boot describe the jar with lies in its own META-INF, and so does what Jolokia reads.
        program.removeIf(name -> name.matches("META-INF/(build-info|spring|jolokia|.*-metadata).*"));
        packaged.removeIf(name -> name.matches("META-INF/(build-info|spring|jolokia|.*-metadata).*"));
        assertThat(packaged)
                .isEqualTo(program)
                .doesNotContainAnyElementsOf(tests)
                .noneMatch(name -> name.contains("devservices"));
    }

    @Test
    void hasNoEmulatorAndNoTestLibraryInside() throws Exception {
        List<String> forbidden = new ArrayList<>(List.of("io/themis/devservices/", "azurite", ".txz"));
        TEST_ONLY.forEach(
                type -> forbidden.add(type.getName().replace('.', '/').replaceAll("^((?:[^/]+/){1,3}).*", "$1")));
        assertThat(having(name -> forbidden.stream().anyMatch(name::contains))).isEmpty();
    }

    /** That is for the jar of {@code mvn -Pspark package}, which is nearly twice as large. */
    @Test
    void hasNothingOfSparkInside() throws Exception {
        assertThat(having(name -> name.startsWith("org/apache/spark/") || name.startsWith("scala/")))
                .isEmpty();
    }

    /** What is so named in the jar, and in the libraries in it. */
    private static List<String> having(Predicate<String> name) throws IOException {
        int libraries = 0;
        List<String> found = new ArrayList<>();
        try (ZipInputStream jar = new ZipInputStream(Files.newInputStream(ThemisJar.file()))) {
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                String place = entry.getName();
                List<String> names = new ArrayList<>(List.of(place));
                if (place.startsWith(LIBRARIES) && place.endsWith(".jar")) {
                    libraries++;
                    entries(jar).forEach(nested -> names.add(nested.getName()));
                }
                names.stream().filter(name).forEach(one -> found.add(place + " has " + one));
            }
        }
        assertThat(libraries).isGreaterThan(100);
        return found;
    }

    @Test
    void refusesToStartWithoutSettingsAndNamesAllThatAreMissingAtOnce() throws Exception {
        try (ThemisJar jar = ThemisJar.start(folder, List.of(), Map.of())) {
            assertThat(jar.awaitEnd()).isEqualTo(1);

            String output = String.join("\n", jar.output());
            assertThat(output).containsOnlyOnce("APPLICATION FAILED TO START");
            assertThat(Pattern.compile("(?m)^  (\\S+) is missing\\. ")
                            .matcher(output)
                            .results()
                            .map(line -> line.group(1)))
                    .containsExactlyInAnyOrder(
                            "spring.security.oauth2.resourceserver.jwt.issuer-uri",
                            "spring.security.oauth2.resourceserver.jwt.audiences",
                            "themis.public-url",
                            "themis.gateway-key",
                            "themis.event-grid.webhook-secret",
                            "themis.erasure.ledger.key",
                            "themis.erasure.pseudonym-key",
                            "themis.erasure.certificate.signing-key",
                            "themis.event-grid.topic-endpoint",
                            "themis.console.password",
                            "themis.storage.endpoint",
                            "themis.storage.account-name",
                            "themis.lake.endpoint",
                            "themis.lake.account-name",
                            "themis.queue.url",
                            "themis.mail.host",
                            "themis.mail.from",
                            "themis.controller.name",
                            "themis.controller.contact",
                            "themis.controller.automated-decisions",
                            "spring.datasource.url");
            assertThat(output)
                    .doesNotContain("\tat ")
                    .doesNotContain("Exception")
                    .doesNotContain(System.getProperty("user.dir"))
                    .doesNotContain(System.getProperty("user.home") + "/")
                    .doesNotContain(folder.toString());
            assertThat(folder).isEmptyDirectory();
        }
    }

    /** Nothing is there that it could connect to: who has written a map has no database, broker or store at hand. */
    @Test
    void checksADataMapWithoutAnySettingAndStartsNothing() throws Exception {
        Path map = Files.writeString(folder.resolve("map.yaml"), LETTERS);
        assertThat(check(map, 0))
                .containsExactly(
                        "The data map map.yaml works. Datasets: 1; \"letters\" says who is known.",
                        "",
                        "letters (lake, letters.xml)",
                        "  emailAddress from the request",
                        "  erasure: keep",
                        "  files not counted, themis.lake.endpoint is not set");

        Files.writeString(map, Files.readString(map).replace("path:", "pfad:"));

        assertThat(check(map, 1)).hasSize(3).first().isEqualTo("The data map map.yaml has 2 problems:");
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(map));
    }

    private List<String> check(Path map, int exitCode) throws Exception {
        try (ThemisJar jar = ThemisJar.start(
                folder,
                List.of("-XX:TieredStopAtLevel=1"),
                List.of("check"),
                Map.of("themis.data-map", "file:" + map))) {
            assertThat(jar.awaitEnd()).as(() -> String.join("\n", jar.output())).isEqualTo(exitCode);
            return jar.output();
        }
    }

    /** Its data goes over the wire as that of a request does. */
    @Test
    void explainsNothingOverAConnectionThatIsNotSafe() throws Exception {
        try (ThemisJar jar = ThemisJar.start(
                folder,
                List.of("-XX:TieredStopAtLevel=1"),
                List.of("explain", "ada@example.org"),
                Map.of("themis.lake.endpoint", "http://lake.example.org"))) {
            assertThat(jar.awaitEnd()).isEqualTo(1);
            assertThat(jar.output())
                    .singleElement()
                    .asString()
                    .contains("themis.lake.endpoint doesn't use TLS. Write a URL that begins with https://.");
        }
    }

    /**
     * All parts are real and speak TLS, and the queue AMQP 1.0; besides settings the process is told only which
     * certificate to trust.
     */
    @Test
    void startsWithSecureSettingsAndAnswersRequestsFromRestAndFromTheQueue() throws Exception {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(90));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        try (SecureParts parts = SecureParts.start(folder)) {
            DevServices services = parts.services();
            DevUser person = services.samplePerson().orElseThrow();
            Map<String, String> settings = parts.settings();
            settings.put("logging.structured.format.console", "ecs");
            settings.put(
                    "camel.main.routes-include-pattern",
                    "classpath:routes/*.camel.yaml,file:" + companyRoute().getParent() + "/*.camel.yaml");
            List<String> options = new ArrayList<>(parts.options());
            options.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));

            try (ThemisJar jar = ThemisJar.start(empty, options, settings)) {
                jar.awaitStarted();
                services.eventGrid()
                        .subscribe(
                                "jar",
                                URI.create("http://localhost:" + jar.port() + "/hooks/event-grid?code="
                                        + SecureParts.WEBHOOK_SECRET));

                Awaitility.await("readiness").untilAsserted(() -> {
                    HttpResponse<String> ready = get(jar.managementPort(), "/observe/health/ready");
                    assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
                });
                for (String path : List.of("/privacy", "/privacy/assets/style.css", "/privacy/assets/watch.js")) {
                    assertThat(get(jar.port(), path).statusCode()).as(path).isEqualTo(200);
                }
                assertThat(routesOf(jar)).containsAll(routesInTheFiles()).contains("our-crm");
                // Jolokia found what refuses it.
                assertThat(jolokia(jar, "{\"type\": \"notification\", \"command\": \"register\"}"))
                        .contains("\"status\":403");

                String id = ask(jar, person);
                MimeMessage second = awaitMails(services, person, 2).get(1);
                assertThat(Themis.messageId(second)).isEqualTo("<ready." + id + ".1@themis>");
                assertThat(Themis.link(second).toString())
                        .startsWith(settings.get("themis.storage.endpoint") + "/packages/" + id + ".zip?");
                assertThat(entries(services.azurite()
                                .client()
                                .getBlobContainerClient("packages")
                                .getBlobClient(id + ".zip")
                                .openInputStream()))
                        .extracting(ZipEntry::getName)
                        .contains("index.html", "manifest.json", "data/profile.jsonl", "article-15/information.html");

                try (JMSContext context = services.broker().connectionFactory().createContext()) {
                    context.createProducer()
                            .send(context.createQueue("themis.requests"), Themis.accessRequest(person.emailAddress()));
                }
                awaitMails(services, person, 4);

                jar.stop();
                assertThat(jar.output())
                        .noneMatch(line -> line.contains(person.emailAddress()))
                        .allSatisfy(line -> assertThat(Themis.json(line)
                                        .required("log")
                                        .required("level")
                                        .textValue())
                                .as(line)
                                .isEqualTo("INFO"))
                        .map(Themis::json)
                        .filteredOn(line -> line.path("step").asText().equals("gather-data"))
                        .anySatisfy(line -> {
                            assertThat(line.required("request").textValue()).isEqualTo(id);
                            assertThat(line.required("trace.id").textValue()).matches("[0-9a-f]{32}");
                        });
            }
            assertThat(empty).isEmptyDirectory();
        }
    }

    /** As docs/datamap.md says that a company adds its routes. */
    private Path companyRoute() throws IOException {
        return Files.writeString(
                Files.createDirectory(folder.resolve("company")).resolve("crm.camel.yaml"), """
                - route:
                    id: our-crm
                    from:
                      uri: direct:our-crm
                      steps:
                        - to: https://crm.example.org/records?responseTimeout=30000
                        - unmarshal: {json: {library: Jackson}}
                """);
    }

    private String ask(ThemisJar jar, DevUser person) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + jar.port() + "/api/v1/requests"))
                        .headers(
                                "Ocp-Apim-Subscription-Key",
                                SecureParts.GATEWAY_KEY,
                                "Content-Type",
                                "application/json")
                        .POST(BodyPublishers.ofString(Themis.accessRequest(person.emailAddress())))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return Themis.json(answer.body()).required("id").asText();
    }

    private static List<MimeMessage> awaitMails(DevServices services, DevUser person, int count) {
        return Awaitility.await(count + " mails")
                .until(() -> services.mail().mails(person.emailAddress()), mails -> mails.size() == count);
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return http.send(asOperator(port, path).build(), BodyHandlers.ofString());
    }

    private String jolokia(ThemisJar jar, String request) throws Exception {
        HttpRequest.Builder call = asOperator(jar.managementPort(), "/observe/jolokia")
                .headers("Content-Type", "application/json", "Cookie", "XSRF-TOKEN=t", "X-XSRF-TOKEN", "t")
                .POST(BodyPublishers.ofString(request));
        return http.send(call.build(), BodyHandlers.ofString()).body();
    }

    private static HttpRequest.Builder asOperator(int port, String path) {
        String account = Base64.getEncoder()
                .encodeToString(("operator:" + SecureParts.CONSOLE_PASSWORD).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Authorization", "Basic " + account);
    }

    /** The ids of the routes that run. */
    private Set<String> routesOf(ThemisJar jar) throws Exception {
        Set<String> routes = new TreeSet<>();
        Pattern.compile("routeId=\"([^\"]+)\"")
                .matcher(get(jar.managementPort(), "/observe/metrics").body())
                .results()
                .forEach(route -> routes.add(route.group(1)));
        return routes;
    }

    /** The ids that the route files give; templates have theirs, too, but are no routes. */
    private static Set<String> routesInTheFiles() throws IOException {
        Set<String> routes = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/routes"))) {
            for (Path file : files.toList()) {
                Pattern.compile("(?m)^- route:\n    id: (\\S+)$")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(route -> routes.add(route.group(1)));
            }
        }
        assertThat(routes).hasSizeGreaterThan(20);
        return routes;
    }

    private static List<ZipEntry> entries(InputStream in) throws IOException {
        // Not closed: it may be within another one.
        ZipInputStream zip = new ZipInputStream(in);
        List<ZipEntry> entries = new ArrayList<>();
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (!entry.isDirectory()) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private static Set<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Set<String> names = new TreeSet<>();
            files.filter(Files::isRegularFile)
                    .forEach(
                            file -> names.add(folder.relativize(file).toString().replace('\\', '/')));
            return names;
        }
    }
}
