package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.cluster.Monitoring;
import io.themis.devservices.SampleLake;
import io.themis.devservices.SharedDevServices;
import io.themis.devservices.StackExchangeRows;
import io.themis.request.RequestMetrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What Prometheus reads after a request for one person. */
@ThemisTest
class MetricsIT {

    /** In the sample company: one account, on two sites. */
    private static final String PERSON = "olivia.santos@example.org";

    private static final long ACCOUNT = 81111;

    private static final Map<String, String> TABLES = Map.of(
            "site-accounts", "Users",
            "posts", "Posts",
            "comments", "Comments",
            "badges", "Badges",
            "votes", "Votes",
            "post-history", "PostHistory");

    @LocalManagementPort
    int port;

    @Autowired
    Themis themis;

    @Autowired
    RequestMetrics counting;

    @Autowired
    JdbcClient database;

    @Test
    void countsWhatWasFoundAndWhatWasReadForIt() throws Exception {
        Map<String, byte[]> lake = lake();
        Map<String, StackExchangeRows.Source> files = new LinkedHashMap<>();
        lake.forEach((path, bytes) -> files.put(path, () -> new ByteArrayInputStream(bytes)));
        Map<String, Integer> rows = new TreeMap<>();
        Set<String> sites = new TreeSet<>();
        StackExchangeRows.ofPerson(files, ACCOUNT).forEach((file, found) -> {
            rows.merge(file.replaceAll(".*/", ""), found.size(), Integer::sum);
            sites.add(file.replaceAll("/.*", ""));
        });
        Metrics before = scrape();

        themis.await(themis.ask(PERSON), "delivered");

        Metrics after = scrape();
        assertThat(rows).isNotEmpty();
        assertThat(sites).hasSize(2);
        TABLES.forEach((dataset, table) -> {
            String labels = "{dataset=\"" + dataset + "\",status=\"complete\"}";
            assertThat(after.added("themis_dataset_rows_total" + labels, before))
                    .as("rows of %s", table)
                    .isEqualTo(rows.getOrDefault(table, 0).doubleValue());
            assertThat(after.added("themis_dataset_searched_bytes_total" + labels, before))
                    .as("bytes of %s", table)
                    .isEqualTo(bytesOf(lake, table, site -> table.equals("Users") || sites.contains(site)));
        });
        assertThat(after.added("themis_dataset_rows_total{dataset=\"profile\",status=\"complete\"}", before))
                .isEqualTo(1);
        for (String step : new String[] {"identify-person", "gather-data", "build-package", "publish-event"}) {
            assertThat(after.added("themis_step_attempts_total{outcome=\"done\",step=\"" + step + "\"}", before))
                    .as(step)
                    .isEqualTo(1);
        }
        assertThat(after.text()).contains("camel_exchanges_total{").contains("routeId=\"dataset-posts\"");
    }

    @Test
    void countsRequestsByTypeAndStateAndTheStepsThatWaitForAnOperator() {
        String id = themis.ask("tuula.makela@example.org");
        themis.await(id, "delivered");
        try {
            park(id, "expire-package", "PARKED");
            reopen(id, "2 days");
            counting.count();
            Metrics metrics = scrape();
            assertThat(metrics.value("themis_requests{status=\"delivered\",type=\"access\"}"))
                    .isPositive();
            assertThat(metrics.value("themis_steps_parked{step=\"expire-package\"}"))
                    .isEqualTo(1);
            assertThat(metrics.value("themis_requests_oldest_open_age_seconds")).isBetween(172_800.0, 172_900.0);
        } finally {
            park(id, "expire-package", "WAITING");
            close(id);
        }
        counting.count();
        assertThat(scrape().text()).contains("themis_steps_parked{step=\"expire-package\"} 0");
    }

    @Test
    void nothingOfAPersonIsInIt() {
        HttpRequest original = HttpRequest.newBuilder(
                        themis.url("/users/lukasz.zielinski@example.org/data-consolidation/initiate"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .headers(Themis.GATEWAY_KEY)
                .build();
        String answer = body(original);
        themis.send("GET", "/api/v1/users/lukasz.zielinski@example.org/profile", null, Themis.GATEWAY_KEY);
        themis.send("GET", "/nothing/lukasz.zielinski@example.org", null, Themis.GATEWAY_KEY);
        String id = Themis.json(answer).required("id").asText();
        themis.await(id, "delivered");

        assertThat(scrape().text()).doesNotContainIgnoringCase("zielinski").doesNotContain("81109", id, "@");
    }

    @Test
    void everyMeterSaysWhatItIs() {
        themis.await(themis.ask("ravi.perera@example.com"), "delivered");
        counting.count();
        String text = scrape().text();

        assertThat(text.lines().filter(line -> line.startsWith("# TYPE ")))
                .isNotEmpty()
                .allSatisfy(
                        type -> assertThat(text).containsPattern("(?m)^# HELP " + type.split(" ")[2] + " \\S+ \\S+"));
        assertThat(text.lines().filter(line -> line.startsWith("# TYPE themis_")))
                .isNotEmpty()
                .allSatisfy(type -> assertThat(type.split(" ")[2]).matches("[a-z]+(_[a-z]+)*"));
    }

    /** Also what counts events that there have been none of: an alert has to see the first of them. */
    @Test
    void whatAlertsAndDashboardAskForIsThere() {
        themis.send("GET", "/nothing", null, Themis.GATEWAY_KEY);
        counting.count();
        Set<String> shown = new TreeSet<>();
        Set<String> labels = new TreeSet<>();
        scrape().text().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            String name = line.replaceAll("[{ ].*", "");
            shown.add(name);
            if (name.startsWith("themis_")) {
                Pattern.compile("[{,](\\w+)=").matcher(line).results().forEach(label -> labels.add(label.group(1)));
            }
        });
        assertThat(Monitoring.metrics()).hasSizeGreaterThan(20).isSubsetOf(shown);
        assertThat(labels)
                .as("labels, each of a handful of values that the data map and the code give")
                .isEqualTo(Set.of("dataset", "how", "outcome", "status", "step", "type", "what"));
    }

    /** An account is looked for on every site, everything else only where there is one. */
    private static double bytesOf(Map<String, byte[]> lake, String table, Predicate<String> site) {
        return lake.entrySet().stream()
                .filter(file -> file.getKey().endsWith("/" + table + ".xml"))
                .filter(file -> site.test(file.getKey().replaceAll("/.*", "")))
                .mapToLong(file -> file.getValue().length)
                .sum();
    }

    private static Map<String, byte[]> lake() throws IOException {
        SampleLake sample = new SampleLake(SharedDevServices.SAMPLE_SIZE);
        Map<String, byte[]> files = new TreeMap<>();
        for (String path : sample.paths()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            sample.write(path, bytes);
            files.put(path, bytes.toByteArray());
        }
        return files;
    }

    private void park(String id, String step, String state) {
        database.sql("UPDATE request_step SET state = :state WHERE request_id = :id AND name = :step")
                .param("state", state)
                .param("id", UUID.fromString(id))
                .param("step", step)
                .update();
    }

    private void reopen(String id, String age) {
        database.sql("UPDATE data_subject_request SET closed_at = NULL, received_at = now() - :age::interval"
                        + " WHERE id = :id")
                .param("age", age)
                .param("id", UUID.fromString(id))
                .update();
    }

    private void close(String id) {
        database.sql("UPDATE data_subject_request SET closed_at = now() WHERE id = :id")
                .param("id", UUID.fromString(id))
                .update();
    }

    private Metrics scrape() {
        String operator = Base64.getEncoder().encodeToString("operator:dev-operator".getBytes(StandardCharsets.UTF_8));
        return new Metrics(body(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/observe/metrics"))
                .header("Authorization", "Basic " + operator)
                .build()));
    }

    private static String body(HttpRequest request) {
        try {
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private record Metrics(String text) {

        /** 0 if there is no such sample yet. */
        double value(String sample) {
            return text.lines()
                    .filter(line -> line.startsWith(sample + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                    .findFirst()
                    .orElse(0);
        }

        double added(String sample, Metrics before) {
            return value(sample) - before.value(sample);
        }
    }
}
