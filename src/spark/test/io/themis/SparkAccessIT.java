package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.devservices.DevServices;
import io.themis.devservices.SampleLake;
import io.themis.devservices.SharedDevServices;
import io.themis.devservices.StackExchangeRows.Source;
import io.themis.spark.SparkServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The whole road of an access request, with the lake searched by a real Spark in a process of its own. */
@Tag("spark")
@ThemisTest
class SparkAccessIT {

    /** A job takes seconds, however small it is. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    static Path lake;

    private static SparkServer spark;

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    MeterRegistry meters;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) throws IOException {
        spark = SparkServer.alone();
        Path map = lake.resolve("datamap.yaml");
        try (InputStream sample = SparkAccessIT.class.getResourceAsStream("/datamap.yaml")) {
            Files.writeString(map, "engine: spark\n" + new String(sample.readAllBytes()));
        }
        registry.add("themis.data-map", () -> map.toUri().toString());
        registry.add("themis.spark.server", () -> spark.address("sc"));
        registry.add("themis.spark.lake", () -> lake.toUri().toString());
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    /** Spark reads the same files from a folder. */
    @BeforeEach
    void copyTheLake() {
        var container = services.azurite().client().getBlobContainerClient("lake");
        container.listBlobs().forEach(blob -> {
            Path file = lake.resolve(blob.getName());
            file.getParent().toFile().mkdirs();
            container.getBlobClient(blob.getName()).downloadToFile(file.toString(), true);
        });
    }

    @Test
    void thePackageOfEachPersonHoldsExactlyTheirOwnRows() throws Exception {
        SampleLake sample = new SampleLake(SharedDevServices.SAMPLE_SIZE);
        List<String> people = List.of(
                sample.samplePerson().emailAddress(),
                "thomas.okafor@example.com",
                "sean.o'brien@example.com");
        Map<String, String> requests = new LinkedHashMap<>();
        people.forEach(person -> requests.put(person, themis.ask(person)));

        Map<String, Source> files = new TreeMap<>();
        sample.paths().forEach(path -> files.put(path, () -> Files.newInputStream(lake.resolve(path))));
        for (String person : people) {
            await().atMost(PATIENCE)
                    .until(() -> "delivered"
                            .equals(themis.request(requests.get(person))
                                    .path("status")
                                    .asText()));
            ExpectedPackage.of(person, services.users(), files)
                    .isHeldBy(themis.awaitPackage(requests.get(person), person));
        }
        assertThat(meters.find("themis.lake.read").counters().stream().mapToDouble(Counter::count))
                .as("bytes that Themis has read itself")
                .containsOnly(0.0);
    }
}
