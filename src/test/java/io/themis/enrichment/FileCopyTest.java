package io.themis.enrichment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.lake.LakeFile;
import io.themis.request.ProgressLog;
import io.themis.request.Shortfall;
import io.themis.request.StagedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A store that keeps what is closed and nothing else, as Blob storage does. */
class FileCopyTest {

    private static final OffsetDateTime MODIFIED = OffsetDateTime.parse("2026-03-01T10:00:00Z");

    private final Map<String, String> kept = new HashMap<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LakeFileSearch search = new LakeFileSearch(
            new LakeFile("letters/12/a.txt", null),
            "letters/{customer}/{name}",
            new FileCopy(
                    new PartSink() {
                        @Override
                        public OutputStream create(String name) {
                            return new ByteArrayOutputStream() {
                                @Override
                                public void close() {
                                    kept.put(name, toString(UTF_8));
                                }
                            };
                        }

                        @Override
                        public long fullAt() {
                            return Long.MAX_VALUE;
                        }
                    },
                    "part.jsonl",
                    new LakeFile("letters/12/a.txt", null),
                    Map.of("customer", "12"),
                    "files/letters/12/a.txt"),
            new LakeProgress(
                            mock(ProgressLog.class),
                            meters,
                            Clock.systemUTC(),
                            new DataMap("customer", "shop", Map.of(), List.of(), "test"))
                    .begin(null, "letters")
                    .file(5));

    @Test
    void aWholeFileIsKeptWithItsRecord() throws IOException {
        search.sink().write("hello".getBytes(UTF_8));

        SearchResult result = search.finish(5, MODIFIED, "text/plain");

        assertThat(result.problems()).isEmpty();
        assertThat(result.parts().get(0).file())
                .isEqualTo(new StagedFile("part.file", "files/letters/12/a.txt", 5, "text/plain"));
        assertThat(kept)
                .containsEntry("part.file", "hello")
                .containsEntry(
                        "part.jsonl",
                        "{\"customer\":\"12\",\"path\":\"letters/12/a.txt\",\"bytes\":5,"
                                + "\"modified\":\"2026-03-01T10:00:00Z\",\"mediaType\":\"text/plain\","
                                + "\"file\":\"files/letters/12/a.txt\"}\n");
    }

    @Test
    void ofAFileThatChangesWhileItIsReadNothingIsKeptButThatItIsThere() throws IOException {
        search.sink().write("hel".getBytes(UTF_8));

        SearchResult result = search.refused(412);

        assertThat(result.problems())
                .containsExactly(new Shortfall(
                        Shortfall.Kind.REFUSED,
                        "letters/{customer}/{name}: the lake refused to hand out this file (HTTP 412)"));
        assertThat(result.parts().get(0).file()).isNull();
        assertThat(kept).containsOnlyKeys("part.jsonl");
        assertThat(kept.get("part.jsonl"))
                .contains("\"path\":\"letters/12/a.txt\"")
                .contains("\"bytes\":null", "\"file\":null");
    }

    @Test
    void aDownloadThatIsCutOffIsTriedAgain() throws IOException {
        search.sink().write("hel".getBytes(UTF_8));

        assertThatThrownBy(() -> search.finish(5, MODIFIED, "text/plain"))
                .isInstanceOf(IOException.class)
                .hasMessage("letters/{customer}/{name}: read 3 of 5 bytes");
        assertThat(kept).isEmpty();
    }

    @Test
    void aFileThatIsRefusedIsDealtWithAndOneThatWasCutOffIsNot() throws IOException {
        search.sink().write("hel".getBytes(UTF_8));
        assertThatThrownBy(() -> search.finish(5, MODIFIED, "text/plain")).isInstanceOf(IOException.class);
        assertThat(dealtWith()).isZero();

        search.refused(404);

        assertThat(dealtWith()).isEqualTo(1);
    }

    private double dealtWith() {
        return meters.get("themis.lake.files").counter().count();
    }
}
