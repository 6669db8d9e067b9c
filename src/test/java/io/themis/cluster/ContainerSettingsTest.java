package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.export.Controller;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.ConfigTreePropertySource;

/** The container is told what a start asks for, by names that Themis knows. */
class ContainerSettingsTest {

    private static final String LOCAL = "overlays/local";
    private static final String AZURE = "overlays/azure";
    private static final String SPARK = "overlays/spark";

    /** What is no setting of Themis, and who reads it. */
    private static final Map<String, String> OF_OTHERS =
            Map.of("JDK_JAVA_OPTIONS", "the java launcher", "AZURE_TOKEN_CREDENTIALS", "azure-identity");

    @BeforeEach
    void kubectl() {
        assumeTrue(
                Manifests.canBeRendered(),
                "no kubectl with kustomize 5 on the PATH: the manifests are not rendered, nor looked at");
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void aStartIsMissingNothing(String overlay, @TempDir Path secrets) throws Exception {
        Manifests manifests = Manifests.rendered(Manifests.FOLDER.resolve(overlay));
        for (String name : manifests.secretFiles()) {
            Files.writeString(secrets.resolve(name), secret(name));
        }
        assertThatCode(() -> Start.with(manifests.environment(), new ConfigTreePropertySource("secrets", secrets)))
                .doesNotThrowAnyException();
    }

    private static String secret(String name) throws Exception {
        if (name.equals("themis.erasure.certificate.signing-key")) {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
            keys.initialize(3072);
            return Base64.getEncoder()
                    .encodeToString(keys.generateKeyPair().getPrivate().getEncoded());
        }
        return name.equals("themis.event-grid.webhook-secret")
                ? "8c2f6f0f4be74b0f9c4c5c7a4a0d6e7b"
                : "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void everyNameIsThatOfASetting(String overlay) throws Exception {
        Manifests manifests = Manifests.rendered(Manifests.FOLDER.resolve(overlay));
        Settings settings = Settings.known();
        assertThat(manifests.environment().keySet())
                .hasSizeGreaterThan(10)
                .allMatch(name -> OF_OTHERS.containsKey(name) || settings.has(name), "is a setting");
        assertThat(manifests.secretFiles()).hasSizeGreaterThan(5).allMatch(settings::has, "is a setting");
        assertThat(settings.has("THEMIS_STORAGE_ENDPIONT")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, AZURE, SPARK})
    void nothingIsBothASettingAndASecret(String overlay) throws Exception {
        Manifests manifests = Manifests.rendered(Manifests.FOLDER.resolve(overlay));
        Set<String> plain = new TreeSet<>();
        manifests.environment().keySet().forEach(name -> plain.add(Settings.relaxed(name)));
        assertThat(manifests.secretFiles())
                .extracting(Settings::relaxed)
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(plain);
    }

    /**
     * Names as Spring compares them: neither case nor separators count.
     *
     * @param maps beginnings of names that go on with anybody's own
     */
    private record Settings(Set<String> names, Set<String> maps) {

        private static final Pattern NAMED = Pattern.compile("\\$\\{(themis\\.[\\w.-]+)");

        /** Those that classes on the class path bind or name, Spring's own and ours. */
        static Settings known() throws IOException {
            Settings known = new Settings(new TreeSet<>(), new TreeSet<>());
            List<URL> files = Collections.list(
                    Settings.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"));
            assertThat(files).hasSizeGreaterThan(3);
            for (URL file : files) {
                for (JsonNode property : new ObjectMapper().readTree(file).path("properties")) {
                    known.add(
                            property.path("name").asText(),
                            property.path("type").asText());
                }
            }
            try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
                for (Path source : sources.filter(Files::isRegularFile).toList()) {
                    NAMED.matcher(Files.readString(source)).results().forEach(name -> known.add(name.group(1), ""));
                }
            }
            // Bound by hand, as its class knows nothing of Spring.
            for (RecordComponent component : Controller.class.getRecordComponents()) {
                known.names().add(relaxed("themis.controller." + component.getName()));
            }
            return known;
        }

        private void add(String name, String type) {
            names.add(relaxed(name));
            if (type.startsWith("java.util.Map")) {
                maps.add(relaxed(name));
            }
        }

        boolean has(String name) {
            return names.contains(relaxed(name)) || maps.stream().anyMatch(relaxed(name)::startsWith);
        }

        static String relaxed(String name) {
            return name.replaceAll("[_.-]", "").toLowerCase(Locale.ROOT);
        }
    }
}
