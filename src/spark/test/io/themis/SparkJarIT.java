package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.cluster.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar with Spark's client, as it is shipped. No Spark is there: {@code check} looks whether the client could be used, and calls nobody. */
@Tag("spark")
class SparkJarIT {

    /** What Spark's client brings and Themis has no use for. */
    private static final String UNUSED = "(scala-compiler|jline|java-diff-utils|ivy|oro|log4j-1.2-api|log4j-slf4j2-impl)\\S*\\.jar";

    @TempDir
    Path folder;

    private Path map;

    @BeforeEach
    void write() throws Exception {
        map = Files.writeString(folder.resolve("map.yaml"), "engine: spark\n" + PackagedJarIT.LETTERS);
    }

    @Test
    void javaJarIsEnoughForSparksClient() throws Exception {
        assertThat(check(ThemisJar.file())).startsWith("The data map map.yaml works.");
    }

    /** Unpacked, the jar that is started is another one. */
    @Test
    void theImageNeedsNoOtherCommandThanThatOfTheUsualJar() throws Exception {
        Path image = Image.unpack(folder.resolve("image"));

        assertThat(check(image.resolve("themis.jar"))).startsWith("The data map map.yaml works.");
        try (Stream<Path> libraries = Files.list(image.resolve("lib"))) {
            assertThat(libraries.map(library -> library.getFileName().toString()))
                    .anyMatch(library -> library.startsWith("spark-connect-client-jvm_"))
                    .noneMatch(library -> library.matches(UNUSED));
        }
    }

    private String check(Path jar) throws Exception {
        try (ThemisJar themis = ThemisJar.start(
                jar,
                folder,
                List.of("-XX:TieredStopAtLevel=1"),
                List.of("check"),
                Map.of(
                        "themis.data-map", "file:" + map,
                        "themis.spark.server", "sc://spark.example.com:15002",
                        "themis.spark.lake", "abfss://lake@account.dfs.core.windows.net/"),
                Map.of())) {
            int exitCode = themis.awaitEnd();
            String output = String.join("\n", themis.output());
            assertThat(exitCode).as(output).isZero();
            return output;
        }
    }
}
