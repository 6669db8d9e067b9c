package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.themis.export.Controller;
import io.themis.security.InsecureSettingsException;
import io.themis.security.SecureSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.DefaultBootstrapContext;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** {@code application.yaml} is where an operator learns every setting, so none may be missing, dead or unexplained. */
class SettingsRulesTest {

    private static final Path FILE = Path.of("src/main/resources/application.yaml");
    private static final Pattern ENTRY = Pattern.compile("( *)([\\w-]+):(?: (.*))?");

    /** A setting without a default: {@code # host: (required)}, {@code # username and password: (unless ...)}. */
    private static final Pattern COMMENTED = Pattern.compile("( *)# ([\\w.-]+)(?: and ([\\w-]+))?: \\((.+)\\).*");

    private static final Pattern PLACEHOLDER = Pattern.compile("(?:\\{\\{|\\$\\{)(themis\\.[\\w.-]+)");

    private static final Pattern MISSING = Pattern.compile("(\\S+) is missing\\. ");

    /** Settings of a class that must not know of Spring, and where {@code DeliveryConfiguration} binds them. */
    private static final Map<Class<?>, String> BOUND_BY_HAND = Map.of(Controller.class, "themis.controller");

    private final List<Line> lines = lines();

    /**
     * One setting of the file.
     *
     * @param isExplained whether it, or what it is part of, has a comment
     */
    private record Line(String name, boolean isSection, boolean isExplained, boolean isRequired) {}

    @Test
    void noSettingIsThereTwice() throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        Map<String, Object> root = new Yaml(strict).load(Files.readString(FILE));
        assertThat(root).isNotEmpty();
        assertThat(lines).extracting(Line::name).doesNotHaveDuplicates();
    }

    @Test
    void everySettingOfOursIsUsed() {
        Set<String> used = new TreeSet<>(bound());
        used.addAll(named());
        assertThat(used).isNotEmpty().containsAll(ours());
    }

    @Test
    void everySettingThatIsUsedIsInTheFile() {
        Set<String> used = new TreeSet<>(bound());
        used.addAll(named());
        assertThat(ours()).isNotEmpty().containsAll(used);
    }

    @Test
    void everySettingIsExplained() {
        assertThat(lines)
                .filteredOn(line -> !line.isSection() && line.name().startsWith("themis."))
                .isNotEmpty()
                .allMatch(Line::isExplained);
    }

    /** Who sets what the file calls required has set all that a start asks for. */
    @Test
    void whatTheFileCallsRequiredIsWhatAStartMisses() {
        ConfigurableEnvironment nothing = new StandardEnvironment();
        nothing.getPropertySources()
                .forEach(source -> nothing.getPropertySources().remove(source.getName()));
        String refusal = catchThrowableOfType(
                        InsecureSettingsException.class,
                        () -> new SecureSettings()
                                .onApplicationEvent(new ApplicationEnvironmentPreparedEvent(
                                        new DefaultBootstrapContext(),
                                        new SpringApplication(),
                                        new String[0],
                                        nothing)))
                .getMessage();
        assertThat(lines.stream().filter(Line::isRequired).map(Line::name))
                .containsExactlyInAnyOrderElementsOf(MISSING.matcher(refusal)
                        .results()
                        .map(missing -> missing.group(1))
                        .toList());
    }

    private Set<String> ours() {
        Set<String> names = new TreeSet<>();
        lines.stream()
                .filter(line -> !line.isSection() && line.name().startsWith("themis."))
                .forEach(line -> names.add(line.name()));
        return names;
    }

    /** Settings that a class binds. */
    private static Set<String> bound() {
        Set<String> names = new TreeSet<>();
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        scan.findCandidateComponents("io.themis").forEach(definition -> {
            Class<?> type = ClassUtils.resolveClassName(definition.getBeanClassName(), null);
            String prefix = type.getAnnotation(ConfigurationProperties.class).value();
            if (!prefix.equals("themis.dev")) {
                names.addAll(components(type, prefix));
            }
        });
        BOUND_BY_HAND.forEach((type, prefix) -> names.addAll(components(type, prefix)));
        return names;
    }

    private static List<String> components(Class<?> type, String prefix) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + kebabCase(component.getName());
            names.addAll(component.getType().isRecord() ? components(component.getType(), name) : List.of(name));
        }
        return names;
    }

    private static String kebabCase(String name) {
        String kebab = name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return ConfigurationPropertyName.of(kebab).toString();
    }

    /** Settings that a route or a {@code @Value} names. */
    private static Set<String> named() {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().matches(".*\\.(java|camel\\.yaml)")) {
                    Matcher placeholder = PLACEHOLDER.matcher(Files.readString(file));
                    while (placeholder.find()) {
                        names.add(placeholder.group(1));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static List<Line> lines() {
        try {
            List<Line> found = new ArrayList<>();
            Deque<Line> parents = new ArrayDeque<>();
            boolean afterComment = false;
            boolean afterExplained = false;
            List<String> text = Files.readAllLines(FILE);
            for (int i = 0; i < text.size(); i++) {
                String line = text.get(i);
                Matcher commented = COMMENTED.matcher(line);
                Matcher entry = ENTRY.matcher(line);
                if (commented.matches()) {
                    leave(parents, commented.group(1).length());
                    for (int group = 2; group <= 3 && commented.group(group) != null; group++) {
                        boolean isRequired = commented.group(4).equals("required");
                        found.add(new Line(name(parents, commented.group(group)), false, true, isRequired));
                    }
                    afterComment = true;
                } else if (entry.matches()) {
                    leave(parents, entry.group(1).length());
                    boolean isSection = entry.group(3) == null;
                    boolean isExplained = afterComment
                            || afterExplained
                            || line.contains(" # ")
                            || (!parents.isEmpty()
                                    && parents.peek().isExplained()
                                    && !parents.peek().name().equals("themis"));
                    Line read = new Line(name(parents, entry.group(2)), isSection, isExplained, false);
                    found.add(read);
                    if (isSection) {
                        parents.push(read);
                    }
                    afterExplained = isExplained && !isSection;
                    afterComment = false;
                } else {
                    afterComment = line.strip().startsWith("#");
                    afterExplained = afterExplained && afterComment;
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void leave(Deque<Line> parents, int indentation) {
        while (parents.size() > indentation / 2) {
            parents.pop();
        }
    }

    private static String name(Deque<Line> parents, String key) {
        return parents.isEmpty() ? key : parents.peek().name() + "." + key;
    }
}
