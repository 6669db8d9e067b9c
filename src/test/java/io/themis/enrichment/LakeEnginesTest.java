package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** A map that asks for an engine which is not there is refused before anybody is searched for. */
class LakeEnginesTest {

    private static final String MAP = """
            subject: {key: mail}
            datasets:
              - name: posts
                title: t
                kind: lake
                path: posts.xml
                format: xml-rows
                match: {Owner: mail}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
            """;

    private static final SparkSettings NONE = new SparkSettings(null, null, null, Duration.ofHours(1));

    @Test
    void withoutSettingsItIsSaidWhichToWrite() {
        assertThatThrownBy(() -> LakeEngines.check(map("engine: spark\n"), NONE))
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("themis.spark.server")
                .satisfies(refusal -> assertReason(
                        refusal,
                        "The data map map has engine: spark (posts). ",
                        "themis.spark.server=sc://",
                        "themis.spark.lake=abfss://"));
    }

    /** The jar of this build. */
    @Test
    void withoutTheClientItIsSaidWhichJarToTake() {
        assertThatThrownBy(() -> LakeEngines.check(
                        map("engine: spark\n"),
                        new SparkSettings("sc://localhost:1", null, "file:/lake/", Duration.ofHours(1))))
                .satisfies(refusal -> assertReason(refusal, "(posts)", "mvn -Pspark package", "engine: themis"));
    }

    @Test
    void whoAsksForNoneNeedsNone() {
        assertThatCode(() -> LakeEngines.check(map(""), NONE)).doesNotThrowAnyException();
    }

    private static void assertReason(Throwable refusal, String... parts) {
        assertThat(((InvalidConfigurationPropertyValueException) refusal).getReason())
                .contains(parts);
    }

    private static DataMap map(String engine) throws IOException {
        return DataMapLoader.load("map", new ByteArrayInputStream((engine + MAP).getBytes(StandardCharsets.UTF_8)));
    }
}
