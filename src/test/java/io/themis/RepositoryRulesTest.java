package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** What holds for the files of the repository: its dependencies, and what may never be committed. */
class RepositoryRulesTest {

    private static final Path POM = Path.of("pom.xml");
    private static final long BIGGEST_FILE = 1024 * 1024;

    /** A folder of somebody's machine. */
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w.:/}$])/(?:home|root|Users|work)/\\w|\\b[A-Z]:\\\\\\\\?Users\\b");

    /** Where packages come from is for each machine to say. */
    private static final Pattern REGISTRY = Pattern.compile(
            "registry\\.npmjs\\.org|repo1?\\.maven\\.(?:apache\\.)?org|\"resolved\"\\s*:|<repository>|<mirror>"
                    + "|^registry\\s*=",
            Pattern.MULTILINE);

    @Test
    void everyDependencySaysWhatItIsFor() throws Exception {
        List<Element> dependencies = dependencies();
        assertThat(dependencies)
                .isNotEmpty()
                .allSatisfy(dependency -> assertThat(comment(dependency))
                        .as("comment of %s", text(dependency, "artifactId"))
                        .isNotBlank()
                        .doesNotContain("\n"));
    }

    @Test
    void versionsArePropertiesAndEachIsThereOnce() throws Exception {
        List<String> versions = new ArrayList<>();
        List<String> used = new ArrayList<>();
        NodeList properties = pom().getElementsByTagName("properties").item(0).getChildNodes();
        for (int i = 0; i < properties.getLength(); i++) {
            if (properties.item(i) instanceof Element property
                    && property.getTagName().matches("(?!java\\.).*\\.version")) {
                versions.add(property.getTagName());
            }
        }
        NodeList all = pom().getElementsByTagName("version");
        for (int i = 0; i < all.getLength(); i++) {
            String parent = all.item(i).getParentNode().getNodeName();
            if (!parent.equals("parent") && !parent.equals("project")) {
                used.add(all.item(i).getTextContent());
            }
        }
        assertThat(versions).doesNotHaveDuplicates();
        assertThat(used).isNotEmpty().allMatch(version -> version.matches("\\$\\{[\\w.-]+\\.version}"));
        assertThat(versions).allMatch(version -> used.contains("${" + version + "}"), "is used");
    }

    @Test
    void noDependencyIsThereTwice() throws Exception {
        assertThat(dependencies())
                .extracting(dependency -> text(dependency, "groupId") + ":" + text(dependency, "artifactId"))
                .doesNotHaveDuplicates();
    }

    @Test
    void npmLocksVersionsAndNotWhereTheyCameFrom() throws Exception {
        assertThat(Files.readString(Path.of(".npmrc"))).contains("omit-lockfile-registry-resolved=true");
        for (Path file : tracked()) {
            if (file.endsWith("package-lock.json")) {
                assertThat(Files.readString(file))
                        .doesNotContain("\"resolved\"")
                        .contains("\"integrity\"");
            }
        }
    }

    @Test
    void theBrowserIsDrivenByBothHalvesOfOneVersion() throws Exception {
        String version = text(pom(), "playwright.version");
        assertThat(Files.readString(Path.of("src/test/npm/package.json")))
                .contains("\"npm:playwright-core@" + version + "\"");
    }

    @Test
    void noFileIsBig() throws Exception {
        for (Path file : tracked()) {
            assertThat(Files.size(file)).as("bytes of %s", file).isLessThanOrEqualTo(BIGGEST_FILE);
        }
    }

    @Test
    void thePicturesOfTheReadmeAreThoseThatTheTestsTake() throws Exception {
        List<String> shown = names(Path.of("README.md"), "\\(docs/screenshots/([a-z-]+)\\.png\\)");
        List<String> taken =
                names(Path.of("src/test/java/io/themis/page/PageIT.java"), "picture\\(.*, \"([a-z-]+)\"\\)");
        assertThat(shown).isNotEmpty().hasSameElementsAs(taken);
        try (Stream<Path> files = Files.list(Path.of("docs/screenshots"))) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".png", "")))
                    .hasSameElementsAs(taken);
        }
    }

    private static List<String> names(Path file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void noFileKnowsTheMachineItWasWrittenOn() throws Exception {
        for (Path file : tracked()) {
            if (!file.endsWith("RepositoryRulesTest.java")) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(content)
                        .as("%s", file)
                        .doesNotContainPattern(MACHINE_PATH)
                        .doesNotContainPattern(REGISTRY);
            }
        }
    }

    /** Every file that git tracks and that is still there. */
    private static List<Path> tracked() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of(".git")), "not a git checkout: nothing says which files are the repository's");
        Process git = new ProcessBuilder("git", "ls-files", "-z")
                .redirectErrorStream(true)
                .start();
        String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor()).as(names).isZero();
        return List.of(names.split("\0")).stream()
                .map(Path::of)
                .filter(Files::isRegularFile)
                .toList();
    }

    private static Element pom() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(POM.toFile())
                .getDocumentElement();
    }

    /** The project's own dependencies, without the BOMs. */
    private static List<Element> dependencies() throws Exception {
        List<Element> found = new ArrayList<>();
        NodeList sections = pom().getChildNodes();
        for (int i = 0; i < sections.getLength(); i++) {
            if (sections.item(i) instanceof Element section
                    && section.getTagName().equals("dependencies")) {
                NodeList dependencies = section.getElementsByTagName("dependency");
                for (int j = 0; j < dependencies.getLength(); j++) {
                    found.add((Element) dependencies.item(j));
                }
            }
        }
        return found;
    }

    /** The comment that stands first in an element. */
    private static String comment(Element element) {
        Node first = element.getFirstChild();
        return first.getNodeType() == Node.COMMENT_NODE ? first.getTextContent() : "";
    }

    private static String text(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent();
    }
}
