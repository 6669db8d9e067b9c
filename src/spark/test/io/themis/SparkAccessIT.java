package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevServicesInitializer;
import io.themis.devservices.DevUser;
import io.themis.devservices.SampleLake;
import io.themis.devservices.SharedDevServices;
import io.themis.devservices.SharedIdentityProvider;
import io.themis.devservices.StackExchangeRows;
import io.themis.devservices.StackExchangeRows.Source;
import io.themis.request.Step;
import io.themis.request.Steps;
import io.themis.spark.SparkServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The whole road of an access request, with the lake searched by a cluster of Spark: a Connect server, a master and two workers, each a
 * process of its own.
 */
@Tag("spark")
@ExtendWith(OutputCaptureExtension.class)
@ThemisTest(initializers = {DevServicesInitializer.class, SharedIdentityProvider.class, StoresBehindAProxy.class})
class SparkAccessIT {

    /** A job takes seconds, however small it is. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** The same files once more, for Themis' own engine. */
    private static final String TWIN = "-by-themis";

    private static final String DATASET = """
              - name: %s
                title: Forms
                kind: lake
                path: "%s"
                format: %s
                engine: %s
                match: {Key: accountId}
                review: [Name]
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}
            """;

    private static final List<Forms> FORMS = List.of(
            new Forms("forms", "xml-rows", ".xml", LakeForms.xml()),
            new Forms("packed-forms", "xml-rows", ".xml.gz", LakeForms.packed(LakeForms.xml())),
            new Forms("lines", "jsonl", ".jsonl", LakeForms.jsonl()),
            new Forms("packed-lines", "jsonl", ".jsonl.gz", LakeForms.packed(LakeForms.jsonl())),
            new Forms("cells", "csv", ".csv", LakeForms.csv()));

    /** Files of which a test needs many, without a twin. */
    private static final String MANY = "many";

    /** Datasets that the sample does not have. */
    private static final Set<String> OTHERS = Stream.concat(
                    Stream.of(MANY), FORMS.stream().flatMap(forms -> Stream.of(forms.name(), forms.name() + TWIN)))
            .collect(Collectors.toSet());

    private static final Deque<SparkServer> CLUSTER = new ArrayDeque<>();

    private static SparkServer spark;

    @TempDir
    static Path folder;

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    Lake lake;

    @Autowired
    InterveningProxy proxy;

    @Autowired
    Steps steps;

    @Autowired
    JdbcClient database;

    @Autowired
    MeterRegistry meters;

    /** A dataset of files that are in a folder of its name; each is a partition. */
    private record Forms(String name, String format, String end, Map<String, byte[]> files) {

        private String inMap() {
            String path = name + "/{file}" + end;
            return DATASET.formatted(name, path, format, "spark") + DATASET.formatted(name + TWIN, path, format, "themis");
        }
    }

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) throws IOException {
        SparkServer master = started(SparkServer.master());
        started(SparkServer.worker(master));
        started(SparkServer.worker(master));
        // Many tasks, as if files were large
        spark = started(SparkServer.of(
                master,
                "spark.connect.progress.reportInterval=100ms",
                "spark.sql.files.maxPartitionBytes=1m",
                "spark.sql.files.openCostInBytes=512k"));
        Path map = folder.resolve("datamap.yaml");
        try (InputStream sample = SparkAccessIT.class.getResourceAsStream("/datamap.yaml")) {
            Files.writeString(
                    map,
                    "engine: spark\n" + new String(sample.readAllBytes())
                            + FORMS.stream().map(Forms::inMap).collect(Collectors.joining())
                            + DATASET.formatted(MANY, MANY + "/{file}.xml", "xml-rows", "spark"));
        }
        registry.add("themis.data-map", () -> map.toUri().toString());
        registry.add("themis.spark.server", () -> spark.address("sc"));
        registry.add("themis.spark.lake", () -> folder.toUri().toString());
    }

    private static SparkServer started(SparkServer process) {
        CLUSTER.push(process);
        return process;
    }

    @AfterAll
    static void stop() {
        CLUSTER.forEach(SparkServer::close);
    }

    /** Spark reads the same files from a folder. */
    private void copyTheLake() {
        var container = services.azurite().client().getBlobContainerClient("lake");
        container.listBlobs().forEach(blob -> {
            Path file = folder.resolve(blob.getName());
            file.getParent().toFile().mkdirs();
            container.getBlobClient(blob.getName()).downloadToFile(file.toString(), true);
        });
    }

    private final List<String> added = new ArrayList<>();

    private void put(String path, byte[] file) {
        lake.put(path, file);
        added.add(path);
    }

    @AfterEach
    void leaveTheSampleAlone() {
        proxy.passAll();
        added.forEach(path -> lake.file(path).deleteIfExists());
    }

    @Test
    void thePackageOfEachPersonHoldsExactlyTheirOwnRows() throws Exception {
        copyTheLake();
        SampleLake sample = new SampleLake(SharedDevServices.SAMPLE_SIZE);
        Map<String, Source> files = new TreeMap<>();
        sample.paths().forEach(path -> files.put(path, () -> Files.newInputStream(folder.resolve(path))));

        arePackagesOf(
                files,
                List.of(sample.samplePerson().emailAddress(), "thomas.okafor@example.com", "sean.o'brien@example.com"));
    }

    @Test
    @EnabledIf(value = "io.themis.RealDump#isThere", disabledReason = RealDump.WHERE)
    void realPeopleGetExactlyTheirRows() throws Exception {
        for (Map.Entry<String, Source> file : RealDump.files().entrySet()) {
            try (InputStream in = file.getValue().open()) {
                put(file.getKey(), in.readAllBytes());
            }
        }
        copyTheLake();
        List<String> people = new ArrayList<>();
        for (Map<String, String> person : RealDump.people()) {
            people.add(RealDump.address(people.size()));
            services.users()
                    .load(List.of(new DevUser(
                            people.get(people.size() - 1),
                            person.get("DisplayName"),
                            null,
                            null,
                            null,
                            null,
                            null,
                            Long.valueOf(person.get("AccountId")))));
        }
        Map<String, Source> files = new TreeMap<>();
        lakeFiles()
                .filter(path -> path.endsWith(".xml"))
                .forEach(path -> files.put(path, () -> Files.newInputStream(folder.resolve(path))));

        arePackagesOf(files, people);
    }

    private Stream<String> lakeFiles() {
        return services.azurite().client().getBlobContainerClient("lake").listBlobs().stream()
                .map(blob -> blob.getName());
    }

    private void arePackagesOf(Map<String, Source> files, List<String> people) throws Exception {
        double before = readByThemis("(?!.*" + TWIN + ").*");
        Map<String, String> requests = new LinkedHashMap<>();
        people.forEach(person -> requests.put(person, themis.ask(person)));

        for (String person : people) {
            ExpectedPackage.of(person, services.users(), files).isHeldBy(packageOf(requests.get(person), person), OTHERS);
        }
        assertThat(readByThemis("(?!.*" + TWIN + ").*")).as("bytes that Themis has read itself").isEqualTo(before);
    }

    private Map<String, byte[]> packageOf(String request, String person) {
        await().atMost(PATIENCE)
                .until(() -> "delivered".equals(themis.request(request).path("status").asText()));
        return themis.awaitPackage(request, person);
    }

    private double readByThemis(String datasets) {
        return meters.find("themis.lake.read").counters().stream()
                .filter(counter -> counter.getId().getTag("dataset").matches(datasets))
                .mapToDouble(Counter::count)
                .sum();
    }

    /** Elena Rossi has the key. */
    @Test
    void whateverAFileLooksLikeThePackageIsTheSameAsByThemisOwnEngine() throws Exception {
        for (Forms forms : FORMS) {
            forms.files().forEach((name, file) -> put(forms.name() + "/" + name + forms.end(), file));
        }
        copyTheLake();

        String person = "elena.rossi@example.org";
        Map<String, byte[]> files = packageOf(themis.ask(person), person);

        for (Forms forms : FORMS) {
            String name = forms.name();
            assertThat(data(files, name)).as(name).isEqualTo(data(files, name + TWIN));
            Map<String, JsonNode> bySpark = inManifest(files, name);
            Map<String, JsonNode> byThemis = inManifest(files, name + TWIN);
            List<String> problems = reasons(byThemis.remove("reasons"));
            List<String> told = reasons(bySpark.remove("reasons"));
            assertThat(bySpark).as(name).isEqualTo(byThemis);
            assertThat(told).as(name).containsAll(problems);
            told.removeAll(problems);
            assertThat(told).as("what only Spark has counted, in files that can't be read").allSatisfy(reason -> {
                assertThat(reason).matches("(?s).*: \\d+ rows? (is|are) not what the format has");
                String file = reason.substring(0, reason.lastIndexOf(": "));
                assertThat(problems).anyMatch(problem -> problem.startsWith(file));
            });
            assertThat(readByThemis(name))
                    .as("bytes of %s that Themis has read itself", name)
                    .isPositive()
                    .isLessThan(readByThemis(name + TWIN));
        }
        for (String name : LakeForms.readableXml()) {
            List<Map<String, String>> own = new ArrayList<>();
            StackExchangeRows.read(new ByteArrayInputStream(LakeForms.xml().get(name)), row -> {
                if ("42".equals(row.get("Key"))) {
                    own.add(row);
                }
            });
            for (String dataset : List.of("forms", "packed-forms")) {
                byte[] rows = files.get("data/%s/%s.jsonl".formatted(dataset, name));
                assertThat(rows == null ? List.of() : Themis.rows(rows)).as(name).isEqualTo(own);
            }
        }
    }

    @Test
    void aJobIsSeenToMoveAndAFileThatIsDeletedMeanwhileIsNamed() throws Exception {
        Map<String, Long> people = load("progress", "shares");
        int files = 60;
        for (int number = 0; number < files; number++) {
            putMany("%03d".formatted(number), people.values(), 1_000);
        }
        // Spark begins with what is large
        putMany("small", people.values(), 0);
        copyTheLake();

        Map<String, String> requests = askAndAwaitSomeOfTheJob(people.keySet());
        lake.file(MANY + "/small.xml").delete();
        Files.delete(folder.resolve(MANY + "/small.xml"));

        List<String> problems = new ArrayList<>();
        for (String person : people.keySet()) {
            Map<String, byte[]> held = packageOf(requests.get(person), person);
            assertThat(data(held, MANY).keySet().stream().filter(path -> path.endsWith(".jsonl")))
                    .hasSize(files);
            assertThat(data(held, MANY).values().stream().filter(text -> text.startsWith("{")))
                    .allMatch(text -> text.equals("{\"Key\":\"%d\"}\n".formatted(people.get(person))));
            JsonNode entry = Themis.dataset(held, MANY);
            List<String> reasons = reasons(entry.get("reasons"));
            assertThat(entry.path("status").textValue()).isEqualTo(reasons.isEmpty() ? "complete" : "partial");
            problems.addAll(reasons);
            assertThat(entry.path("searched").path("files").intValue()).isEqualTo(files);
        }
        assertThat(problems)
                .as("of who was searched for then, and not of who was later")
                .isNotEmpty()
                .containsOnly("many/small.xml: the lake does not have this file any more");
        assertThat(database.sql("SELECT bytes = bytes_done AND files = files_done FROM lake_progress WHERE dataset = ?")
                        .param(MANY)
                        .query(Boolean.class)
                        .list())
                .containsOnly(true);
    }

    @Test
    void whereTheServerIsKilledInTheMiddleOfAJobTheNextServerEndsIt() throws Exception {
        Map<String, Long> people = load("outlives", "too");
        Set<String> files = new TreeSet<>();
        for (int number = 0; number < 60; number++) {
            files.add("%03d".formatted(number));
            putMany("%03d".formatted(number), people.values(), 1_000);
        }
        copyTheLake();

        Map<String, String> requests = askAndAwaitSomeOfTheJob(people.keySet());
        spark.kill();
        spark = started(spark.again());

        for (String person : people.keySet()) {
            hasRows(packageOf(requests.get(person), person), files, people.get(person));
        }
    }

    /** Returns while Spark is at it. */
    private Map<String, String> askAndAwaitSomeOfTheJob(Set<String> people) {
        Map<String, String> requests = new LinkedHashMap<>();
        people.forEach(person -> requests.put(person, themis.ask(person)));
        await("some of it has been read")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> database.sql("SELECT count(*) FROM lake_progress WHERE dataset = ?"
                                        + " AND files_done = 0 AND bytes_done > 0 AND bytes_done < bytes")
                                .param(MANY)
                                .query(Integer.class)
                                .single()
                        > 0);
        return requests;
    }

    @Test
    void whereStagingHasNoRoomOneRequestWaitsAndOthersOfTheSameJobGetTheirPackage() throws Exception {
        Map<String, Long> people = load("leads", "full", "other");
        for (String file : List.of("a", "b", "c")) {
            putMany(file, people.values(), 10);
        }
        copyTheLake();

        List<String> persons = List.copyOf(people.keySet());
        String leads = themis.ask(persons.get(0));
        String full = themis.ask(persons.get(1));
        proxy.answer("^PUT staging/%s/\\d+/%s/".formatted(full, MANY), 507, "InsufficientStorage");
        String other = themis.ask(persons.get(2));
        hasRows(packageOf(leads, persons.get(0)), people.get(persons.get(0)));
        hasRows(packageOf(other, persons.get(2)), people.get(persons.get(2)));

        String error = await("the search fails")
                .atMost(PATIENCE)
                .until(
                        () -> steps.of(UUID.fromString(full)).stream()
                                .filter(step -> step.name().equals("search-by-engine." + MANY))
                                .findFirst()
                                .map(Step::lastError)
                                .filter(reason -> !reason.startsWith("waits"))
                                .orElse(null),
                        Objects::nonNull);
        assertThat(error).contains("507").doesNotContain(persons.get(1), people.get(persons.get(1)).toString());
        assertThat(themis.request(full).has("package")).isFalse();
        assertThat(themis.mails(full, persons.get(1))).as("nothing is said to be ready").hasSizeLessThan(2);

        proxy.passAll();
        hasRows(packageOf(full, persons.get(1)), people.get(persons.get(1)));
    }

    /** More than steps that a replica does at the same time. */
    @Test
    void allWhoWaitShareAJob(CapturedOutput log) throws Exception {
        Map<String, Long> people =
                load(IntStream.range(0, 20).mapToObj(number -> "many" + number).toArray(String[]::new));
        for (String file : List.of("a", "b", "c")) {
            putMany(file, people.values(), 10);
        }
        copyTheLake();

        Map<String, String> requests = new LinkedHashMap<>();
        people.keySet().forEach(person -> requests.put(person, themis.ask(person)));
        for (String person : people.keySet()) {
            hasRows(packageOf(requests.get(person), person), people.get(person));
        }
        List<Integer> jobs = Pattern.compile("dataset " + MANY + ": another engine has searched for (\\d+) at once")
                .matcher(log.getAll())
                .results()
                .map(job -> Integer.valueOf(job.group(1)))
                .toList();
        assertThat(jobs.stream().mapToInt(Integer::intValue).sum()).isEqualTo(people.size());
        assertThat(jobs).anyMatch(size -> size > 8).hasSizeLessThan(6);
    }

    private static void hasRows(Map<String, byte[]> files, long account) {
        hasRows(files, Set.of("a", "b", "c"), account);
    }

    private static void hasRows(Map<String, byte[]> files, Set<String> names, long account) {
        Map<String, String> expected = new TreeMap<>();
        for (String file : names) {
            expected.put(file + ".jsonl", "{\"Key\":\"%d\"}\n".formatted(account));
        }
        Map<String, String> data = data(files, MANY);
        data.keySet().removeIf(path -> path.endsWith(".csv"));
        assertThat(data).isEqualTo(expected);
        assertThat(Themis.dataset(files, MANY).path("status").textValue()).isEqualTo("complete");
    }

    /** People whom the company knows, by their addresses, with their accounts. */
    private Map<String, Long> load(String... names) {
        Map<String, Long> people = new LinkedHashMap<>();
        for (String name : names) {
            long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
            String address = name + "-" + account + "@example.org";
            people.put(address, account);
            services.users().load(List.of(new DevUser(address, name, name, null, null, null, null, account)));
        }
        return people;
    }

    private void putMany(String file, Collection<Long> accounts, int others) {
        String own = accounts.stream().map("<row Key=\"%d\" />\n"::formatted).collect(Collectors.joining());
        String rows = "<row Key=\"1\" Body=\"%s\" />\n".formatted("text ".repeat(20)).repeat(others);
        put("%s/%s.xml".formatted(MANY, file), ("<rows>\n" + own + rows + "</rows>\n").getBytes(StandardCharsets.UTF_8));
    }

    /** What the package has of a dataset, by the path in it. */
    private static Map<String, String> data(Map<String, byte[]> files, String dataset) {
        Map<String, String> data = new TreeMap<>();
        files.keySet().stream()
                .filter(path -> path.startsWith("data/" + dataset + "/"))
                .forEach(path -> data.put(path.replaceFirst("^data/[^/]+/", ""), Themis.text(files, path)));
        return data;
    }

    /** The dataset's entry, field by field, as if the dataset had the name of the one that Spark searches. */
    private static Map<String, JsonNode> inManifest(Map<String, byte[]> files, String dataset) {
        Map<String, JsonNode> entry = new TreeMap<>();
        Themis.json(Themis.dataset(files, dataset).toString().replace(TWIN, ""))
                .fields()
                .forEachRemaining(field -> entry.put(field.getKey(), field.getValue()));
        return entry;
    }

    /** @param reasons null if there are none */
    private static List<String> reasons(JsonNode reasons) {
        List<String> texts = new ArrayList<>();
        if (reasons != null) {
            reasons.forEach(reason -> texts.add(reason.textValue()));
        }
        return texts;
    }
}
