package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.openshift.api.model.monitoring.v1.PodMetricsEndpoint;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What holds for alerts, dashboard and scraping, as the files have them. */
class MonitoringRulesTest {

    /** Every replica counts these in one database. */
    private static final String SHARED = "themis_(requests|approvals|steps|lake_left)\\w*";

    private static final Pattern SHARED_ADDED_UP =
            Pattern.compile("\\b(sum|avg|count)\\b( ?by ?\\([^)]*\\))? ?\\(\\s*(last_over_time\\()?" + SHARED);

    private static final Pattern BY_TYPE_AND_STATUS =
            Pattern.compile("\\w+( by \\([^)]*\\))? ?\\(themis_requests\\{[^}]*}");

    /** Whoever is asked at night reads these first. */
    private static final Set<String> SEVERITIES = Set.of("critical", "warning", "info");

    @Test
    void everyAlertSaysHowBadItIsWhatItMeansAndWhereItIsReadWhatToDo() throws IOException {
        Set<String> sections = sections();
        assertThat(Monitoring.alerts()).hasSizeGreaterThan(5).allSatisfy(alert -> {
            assertThat(alert.getAlert()).matches("Themis[A-Z]\\w+");
            assertThat(alert.getLabels()).containsOnlyKeys("severity");
            assertThat(SEVERITIES).contains(alert.getLabels().get("severity"));
            assertThat(alert.getAnnotations())
                    .containsOnlyKeys("summary", "description", "runbook_url")
                    .allSatisfy((name, text) -> assertThat(text).isNotBlank());
            assertThat(alert.getAnnotations().get("runbook_url"))
                    .isEqualTo("https://git.example.com/themis/docs/operations.md#"
                            + alert.getAlert().toLowerCase(Locale.ROOT));
            assertThat(sections).contains(alert.getAlert());
        });
        assertThat(Monitoring.alerts()).extracting(Rule::getAlert).doesNotHaveDuplicates();
        assertThat(sections)
                .as("sections of alerts that there are")
                .isSubsetOf(Monitoring.alerts().stream().map(Rule::getAlert).toList());
    }

    private static Set<String> sections() throws IOException {
        return Files.readAllLines(Path.of("docs/operations.md")).stream()
                .filter(line -> line.startsWith("### Themis"))
                .map(line -> line.substring(4))
                .collect(TreeSet::new, Set::add, Set::addAll);
    }

    @Test
    void whatEveryReplicaShowsAlikeIsNotAddedUp() {
        assertThat(Monitoring.expressions()).anyMatch(expression -> expression.matches("(?s).*" + SHARED + ".*"));
        assertThat(Monitoring.expressions())
                .noneMatch(expression -> SHARED_ADDED_UP.matcher(expression).find());
    }

    /** There is a figure for each type and status: the highest by status alone would leave out the others. */
    @Test
    void requestsOfAStatusAreThoseOfAllTypes() {
        assertThat(Monitoring.expressions().stream()
                        .flatMap(expression ->
                                BY_TYPE_AND_STATUS.matcher(expression).results())
                        .map(MatchResult::group))
                .hasSizeGreaterThan(3)
                .allMatch(
                        figure -> figure.matches("max by \\([^)]*\\btype\\b.*") || figure.contains("type=\"erasure\""));
    }

    @Test
    void anAlertSaysOfWhichInstallationItIs() {
        assertThat(Monitoring.alerts()).allSatisfy(alert -> {
            String expression = alert.getExpr().getStrVal();
            assertThat(Pattern.compile("\\b(max|min|sum|count|avg)\\b(?!_| by \\(namespace)")
                            .matcher(expression)
                            .find())
                    .as(expression)
                    .isFalse();
        });
    }

    @Test
    void everyPanelSaysWhatItShowsAndInWhichUnit() {
        assertThat(Monitoring.panels()).hasSizeGreaterThan(20).allSatisfy(panel -> {
            assertThat(panel.path("title").asText()).isNotBlank();
            assertThat(panel.path("description").asText()).endsWith(".");
            assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
            assertThat(panel.path("targets")).isNotEmpty();
        });
        assertThat(Monitoring.panels())
                .extracting(panel -> panel.path("id").asInt())
                .doesNotHaveDuplicates();
        assertThat(Monitoring.panels())
                .extracting(panel -> panel.path("title").asText())
                .doesNotHaveDuplicates();
    }

    @Test
    void noTwoPanelsLieOnEachOther() {
        Set<String> taken = new TreeSet<>();
        Monitoring.dashboard().path("panels").forEach(panel -> {
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isBetween(1, 24);
            for (int x = place.path("x").asInt();
                    x < place.at("/x").asInt() + place.at("/w").asInt();
                    x++) {
                for (int y = place.at("/y").asInt();
                        y < place.at("/y").asInt() + place.at("/h").asInt();
                        y++) {
                    assertThat(taken.add(x + "/" + y))
                            .as(panel.path("title").asText())
                            .isTrue();
                }
            }
        });
    }

    /** Whoever imports it has another Prometheus, and other names of namespaces and pods. */
    @Test
    void theDashboardIsOfNoInstallation() {
        JsonNode dashboard = Monitoring.dashboard();
        assertThat(dashboard.at("/templating/list").findValuesAsText("name"))
                .containsExactly("datasource", "namespace");
        assertThat(dashboard.findValues("datasource"))
                .allSatisfy(datasource ->
                        assertThat(datasource.path("uid").asText()).isEqualTo("${datasource}"));
        List<String> selectors = new ArrayList<>();
        Monitoring.panels()
                .forEach(panel -> panel.path("targets").forEach(target -> {
                    assertThat(target.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
                    Pattern.compile("\\{[^}]*}")
                            .matcher(target.path("expr").asText())
                            .results()
                            .forEach(selector -> selectors.add(selector.group()));
                }));
        assertThat(selectors)
                .isNotEmpty()
                .allMatch(selector -> selector.startsWith("{namespace=\"$namespace\""))
                .noneMatch(selector -> selector.matches(".*\\b(instance|pod)\\b.*"));
    }

    @Test
    void prometheusGoesWhereTheMetricsAreAndSignsInBySecretsThatAreNotHere() throws IOException {
        PodMonitor monitor = (PodMonitor) Manifests.parse(Monitoring.read("pod-monitor.yaml"));
        assertThat(monitor.getSpec().getPodMetricsEndpoints()).hasSize(1);
        PodMetricsEndpoint endpoint = monitor.getSpec().getPodMetricsEndpoints().get(0);
        JsonNode management = tree("src/main/resources/application.yaml").path("management");
        assertThat(endpoint.getPath())
                .isEqualTo(management.at("/endpoints/web/base-path").asText() + "/"
                        + management
                                .at("/endpoints/web/path-mapping/prometheus")
                                .asText());
        JsonNode pod = tree("k8s/base/deployment.yaml").at("/spec");
        assertThat(pod.at("/template/spec/containers/0/ports").findValuesAsText("name"))
                .contains(endpoint.getPort());
        JsonNode labels = pod.at("/selector/matchLabels");
        monitor.getSpec()
                .getSelector()
                .getMatchLabels()
                .forEach((name, value) -> assertThat(labels.path(name).asText()).isEqualTo(value));
        assertThat(labels.path(monitor.getSpec().getJobLabel()).asText())
                .as("the job that alerts go by")
                .isEqualTo("themis");
        assertThat(endpoint.getBasicAuth().getUsername().getName()).isEqualTo("themis-scraper");
        assertThat(endpoint.getBasicAuth().getPassword().getName()).isEqualTo("themis-scraper");
    }

    private static JsonNode tree(String file) throws IOException {
        return Manifests.tree(Files.readString(Path.of(file)));
    }
}
