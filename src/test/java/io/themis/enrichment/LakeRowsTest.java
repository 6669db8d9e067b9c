package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.lake.LakeFile;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose a found row is, is decided by its own values, and not by whatever found it. */
class LakeRowsTest {

    private static final Keys KEYS = new Keys(
            Set.of(
                    new SubjectKey("userId", "tea", "7"),
                    new SubjectKey("displayName", null, "Ada L"),
                    new SubjectKey("displayName", null, " \u00a0"),
                    new SubjectKey("firstName", null, "Ada")),
            Map.of());

    private final ByteArrayOutputStream staged = new ByteArrayOutputStream();
    private final ByteArrayOutputStream listed = new ByteArrayOutputStream();

    @Test
    void aRowThatShouldNotHaveBeenFoundEndsTheSearchAndGoesNowhere() {
        for (Map<String, Object> row : List.of(
                row("Owner", "8"),
                row("Owner", "8", "Name", "Ada"),
                row("Name", "Ada"),
                row("Name", ""),
                row("Owner", ""),
                row("Editor", "7"))) {
            assertThatThrownBy(() -> rows("tea").take(row))
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining("Ada");
        }
        assertThat(staged.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(listed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aKeyOfAnotherPartitionIsAnothers() throws IOException {
        LakeRows coffee = rows("coffee");
        coffee.take(row("Owner", "7", "Name", "Ada L"));
        coffee.take(row("Owner", true, "Name", "Ada L"));
        coffee.take(row("Owner", null, "Name", "Ada L"));

        SearchResult result = coffee.finish(1, 10, null);

        assertThat(staged.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(listed.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"dataset\":\"posts\",\"file\":\"coffee/Posts\",\"column\":\"Name\","
                        + "\"row\":{\"Owner\":null,\"Name\":\"Ada L\"}}\n");
        assertThat(result.review().rows()).isEqualTo(1);
        assertThat(List.of(result.files(), result.bytes())).containsOnly(0L);
        assertThat(result.keys()).isEmpty();
        assertThat(result.readPartitions()).isEmpty();
    }

    private LakeRows rows(String partition) throws IOException {
        String map = """
                subject: {key: mail}
                datasets:
                  - {name: known, title: t, kind: route, uri: direct:known, provides: {userId: id, displayName: n, firstName: f},
                     article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}}
                  - {name: users, title: t, kind: lake, path: "{site}/Users", format: xml-rows, match: {Id: mail}, provides: {userId: Id},
                     article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}}
                  - {name: posts, title: t, kind: lake, path: "{site}/Posts", format: xml-rows, match: {Owner: userId},
                     review: [Name], provides: {displayName: Name},
                     article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}}
                """;
        Dataset posts = DataMapLoader.load("map", new ByteArrayInputStream(map.getBytes(StandardCharsets.UTF_8)))
                .dataset("posts");
        PartSink staging = new PartSink() {
            @Override
            public OutputStream create(String name) {
                return staged;
            }

            @Override
            public long fullAt() {
                return Long.MAX_VALUE;
            }
        };
        return new LakeRows(
                staging, name -> listed, "part", posts, new LakeFile(partition + "/Posts", partition), KEYS);
    }

    private static Map<String, Object> row(Object... columns) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put((String) columns[i], columns[i + 1]);
        }
        return row;
    }
}
