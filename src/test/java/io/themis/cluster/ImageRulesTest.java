package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The image, as far as it can be looked at without Docker; ColdStartIT does what the Dockerfile does. */
class ImageRulesTest {

    private static final Path DOCKERFILE = Path.of("Dockerfile");

    @Test
    void theBaseIsOneVersionOfAJreOfTheJavaThatIsCompiledFor() throws Exception {
        assertThat(lines("FROM"))
                .filteredOn(image -> image.contains(":"))
                .singleElement()
                .asString()
                .matches("eclipse-temurin:" + text(pom(), "java.version") + "\\.\\d+\\.\\d+_\\d+-jre-\\w+ AS jre");
        assertThat(text(jib(), "image") + " AS jre").isIn(lines("FROM"));
    }

    @Test
    void bothImagesRunAsTheUserOfTheManifestAndListenWhereItProbes() throws Exception {
        JsonNode pod = Manifests.tree(Files.readString(Path.of("k8s/base/deployment.yaml")))
                .at("/spec/template/spec");
        String user = pod.at("/securityContext/runAsUser").asText() + ":"
                + pod.at("/securityContext/runAsGroup").asText();
        assertThat(lines("USER")).containsExactly(user);
        assertThat(text(jib(), "user")).isEqualTo(user);
        List<String> ports = new ArrayList<>();
        pod.at("/containers/0/ports")
                .forEach(port -> ports.add(port.path("containerPort").asText()));
        assertThat(lines("EXPOSE")).containsExactly(String.join(" ", ports));
        assertThat(texts(jib(), "port")).containsExactlyElementsOf(ports);
        assertThat(lines("ENTRYPOINT")).singleElement().asString().startsWith("[");
    }

    @Test
    void bothImagesHaveTheSameOptionsAndTheJvmTakesThem() throws Exception {
        List<String> options = Image.optionsWithoutArchive();
        assertThat(texts(jib(), "jvmFlag")).isEqualTo(options);
        assertThat(text(jib(), "MALLOC_ARENA_MAX"))
                .isEqualTo(Image.environment().get("MALLOC_ARENA_MAX"));
        assertThat(options).contains("-XX:+ExitOnOutOfMemoryError");

        assumeTrue(System.getProperty("os.name").equals("Linux"), "some of the options are for Linux only");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.add("-version");
        Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor()).as(output).isZero();
        assertThat(output).doesNotContain("warning");
    }

    /** A package of any size passes through a heap of 512 MB; see docs/operations.md. */
    @Test
    void theHeapIsAsLargeAsWasTried() throws Exception {
        String limit = Manifests.tree(Files.readString(Path.of("k8s/base/deployment.yaml")))
                .at("/spec/template/spec/containers/0/resources/limits/memory")
                .asText();
        assertThat(limit).isEqualTo("1Gi");
        assertThat(Image.optionsWithoutArchive()).contains("-XX:MaxRAMPercentage=50");
    }

    /** A setting that comes to be required would end the build of the image; here it is seen before. */
    @Test
    void theStartThatTellsTheClassesIsMissingNoSettingAndHasThePage(@TempDir Path folder) throws Exception {
        Path seen = folder.resolve("seen");
        archiveClasses(folder, Map.of("SEEN", seen.toString()), Map.of("java", """
                #!/bin/sh
                env -0 > "$SEEN"
                echo Started ThemisApplication
                for option; do
                  case "$option" in -XX:DumpLoadedClassList=*) echo java/lang/Object > "${option#*=}";; esac
                done
                """));

        Map<String, String> variables = new TreeMap<>();
        for (String variable : Files.readString(seen).split("\0")) {
            variables.put(variable.replaceAll("(?s)=.*", ""), variable.substring(variable.indexOf('=') + 1));
        }
        assertThatCode(() -> Start.with(variables)).doesNotThrowAnyException();
        assertThat(variables)
                .as("classes of the page are of a start, too")
                .containsKeys("THEMIS_PAGE_CLIENTID", "THEMIS_PAGE_CLIENTSECRET");
    }

    /** The script has looked at the log and found nothing; then the start is told, and the process is gone. */
    @Test
    void aStartThatEndsWhileItIsLookedAtIsNoFailure(@TempDir Path folder) throws Exception {
        archiveClasses(folder, Map.of("PLACE", folder.toString()), Map.of("java", """
                #!/bin/sh
                case "$*" in *-Xshare:dump*) exit;; esac
                for option; do
                  case "$option" in -XX:DumpLoadedClassList=*) echo java/lang/Object > "${option#*=}";; esac
                done
                until [ -e "$PLACE/looked" ]; do sleep 0.05; done
                echo Started ThemisApplication
                echo $$ > "$PLACE/told"
                """, "grep", """
                #!/bin/sh
                PATH="${PATH#*:}"
                if [ -e "$PLACE/looked" ]; then exec grep "$@"; fi
                grep "$@"
                answer=$?
                : > "$PLACE/looked"
                until [ -s "$PLACE/told" ]; do sleep 0.05; done
                while kill -0 "$(cat "$PLACE/told")" 2>/dev/null; do sleep 0.05; done
                exit $answer
                """));
    }

    /** @param programs that come before the machine's own */
    private static void archiveClasses(Path folder, Map<String, String> environment, Map<String, String> programs)
            throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell");
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (Map.Entry<String, String> program : programs.entrySet()) {
            Path file = Files.writeString(bin.resolve(program.getKey()), program.getValue());
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        ProcessBuilder script = new ProcessBuilder(
                        "sh", Path.of("docker/archive-classes").toAbsolutePath().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true);
        script.environment().keySet().removeIf(name -> name.matches("(THEMIS|SPRING|SERVER|MANAGEMENT).*"));
        script.environment().putAll(environment);
        script.environment().merge("PATH", bin.toString(), (path, own) -> own + ":" + path);
        Process run = script.start();
        String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor()).as(output).isZero();
    }

    private static List<String> lines(String instruction) throws IOException {
        return Pattern.compile("(?m)^" + instruction + " (.*)$")
                .matcher(Files.readString(DOCKERFILE))
                .results()
                .map(line -> line.group(1))
                .toList();
    }

    private static Element pom() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile())
                .getDocumentElement();
    }

    private static Element jib() throws Exception {
        NodeList plugins = pom().getElementsByTagName("plugin");
        return IntStream.range(0, plugins.getLength())
                .mapToObj(i -> (Element) plugins.item(i))
                .filter(plugin -> text(plugin, "artifactId").equals("jib-maven-plugin"))
                .findFirst()
                .orElseThrow();
    }

    private static String text(Element element, String name) {
        return texts(element, name).get(0);
    }

    private static List<String> texts(Element element, String name) {
        NodeList found = element.getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getTextContent())
                .toList();
    }
}
