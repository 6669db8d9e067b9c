package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The alerts as Prometheus itself reads them, by promtool. */
class AlertsTest {

    private static final Path FOLDER = Path.of("src/test/resources/cluster");
    private static final List<String> CASES = List.of("alerts.yaml", "alerts-over-weeks.yaml");

    private static final Pattern ALERT = Pattern.compile("alertname=\"(\\w+)\"");

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void eachAlertFiresWhenItHasToAndOtherwiseDoesNot() throws Exception {
        assumePromtool();
        Path rules = folder.resolve("themis-rules.yaml");
        JSON.writeValue(rules.toFile(), Monitoring.read("prometheus-rule.yaml").path("spec"));
        promtool("check", "rules", rules.toString());
        for (String cases : CASES) {
            Files.copy(FOLDER.resolve(cases), folder.resolve(cases));
            promtool("test", "rules", folder.resolve(cases).toString());
        }
    }

    @Test
    void prometheusUnderstandsWhateverThePanelsAsk() throws Exception {
        assumePromtool();
        List<Map<String, String>> rules = new ArrayList<>();
        Monitoring.panels()
                .forEach(panel -> Monitoring.expressions(panel)
                        .forEach(expression ->
                                rules.add(Map.of("record", "panel:" + rules.size(), "expr", expression))));
        assertThat(rules).isNotEmpty();
        Path file = folder.resolve("panels.yaml");
        JSON.writeValue(file.toFile(), Map.of("groups", List.of(Map.of("name", "panels", "rules", rules))));
        promtool("check", "rules", file.toString());
    }

    /** Promtool says of an alert that no case names that all is well. */
    @Test
    @SuppressWarnings("unchecked")
    void everyAlertHasACaseInWhichItFiresAtOneTimeAndNotAtAnother() throws IOException {
        Set<String> shown = new TreeSet<>();
        Map<String, Object> file = new Yaml().load(Files.readString(FOLDER.resolve(CASES.get(0))));
        for (Map<String, Object> test : (List<Map<String, Object>>) file.get("tests")) {
            List<Set<String>> times = new ArrayList<>();
            for (Map<String, Object> time : (List<Map<String, Object>>) test.get("promql_expr_test")) {
                times.add(ALERT.matcher(time.get("exp_samples").toString())
                        .results()
                        .map(match -> match.group(1))
                        .collect(Collectors.toSet()));
            }
            Set<String> firing = times.stream().collect(HashSet::new, Set::addAll, Set::addAll);
            firing.stream()
                    .filter(alert -> times.stream().anyMatch(time -> !time.contains(alert)))
                    .forEach(shown::add);
        }
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        Monitoring.alerts().stream().map(Rule::getAlert).toList());
    }

    private static void assumePromtool() {
        boolean isThere = Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "promtool")));
        assumeTrue(isThere, "no promtool on the PATH: the alerts are not tried (apt-get install prometheus)");
    }

    private void promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
