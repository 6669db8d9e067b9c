package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.lake.NormalForm;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Others' data never reaches the staging store, from which the whole package is made. */
class MaskingTest {

    private static final Keys KEYS = new Keys(
            Set.of(
                    new SubjectKey("mail", null, "ada@example.org"),
                    new SubjectKey("userId", "tea", "7"),
                    new SubjectKey("userId", "coffee", "8")),
            Map.of("mail", NormalForm.EMAIL_ADDRESS));

    private final ByteArrayOutputStream staged = new ByteArrayOutputStream();

    private static final String LAKE =
            "kind: lake, path: \"{site}/Posts\", match: {Owner: userId}, provides: {editor: EditorName}, ";

    @Test
    void aValueIsHiddenUnlessTheOtherColumnHoldsThePersonsOwnKeyOfThatPartition() throws IOException {
        Dataset posts = dataset(LAKE + "format: xml-rows", "EditorName: {mask: {unless: {Editor: userId}}}");

        assertThat(stage(posts, "tea", row("Owner", "7", "Editor", "7", "EditorName", "Ada")))
                .isEqualTo("{'Owner':'7','Editor':'7','EditorName':'Ada'}");
        assertThat(stage(posts, "tea", row("Owner", "7", "Editor", "8", "EditorName", "Ben")))
                .isEqualTo("{'Owner':'7','Editor':'8','EditorName':'[masked]'}");
        assertThat(stage(posts, "tea", row("Owner", "7", "EditorName", "Cem")))
                .isEqualTo("{'Owner':'7','EditorName':'[masked]'}");
        assertThat(stage(posts, "tea", row("Owner", "7", "Editor", List.of("7"), "EditorName", "Dora")))
                .endsWith("'EditorName':'[masked]'}");
    }

    @Test
    void anythingIsHiddenThatIsAlwaysOthersAndNullStaysNull() throws IOException {
        Dataset posts = dataset(LAKE + "format: jsonl", "a.b: {mask: always}, c: {mask: always}, n: {mask: always}");

        assertThat(stage(posts, "tea", row("a", Map.of("b", 5, "c", 6), "n", null)))
                .isIn("{'a':{'b':'[masked]','c':6},'n':null}", "{'a':{'c':6,'b':'[masked]'},'n':null}");
        assertThat(stage(posts, "tea", row("a", List.of(Map.of("b", "Ben")), "c", List.of("Ben"))))
                .as("what the path does not lead through is hidden as a whole")
                .isEqualTo("{'a':'[masked]','c':'[masked]'}");
        assertThat(stage(posts, "tea", row("a.b", "a column of its own", "c", true)))
                .isEqualTo("{'a.b':'a column of its own','c':'[masked]'}");
    }

    @Test
    void aColumnOfParquetIsItsNameOrElseAPath() throws IOException {
        Dataset posts = dataset(LAKE + "format: parquet", "a.b: {mask: always}");

        assertThat(stage(posts, "tea", row("a.b", "Ben"))).isEqualTo("{'a.b':'[masked]'}");
        assertThat(stage(posts, "tea", row("a", Map.of("b", "Ben")))).isEqualTo("{'a':{'b':'[masked]'}}");
    }

    @Test
    void aQuerysColumnsAreFoundInAnyCaseAndAddressesToo() throws IOException {
        Dataset notes = dataset(
                "kind: sql, dataSource: d, query: \"SELECT 1 FROM n WHERE m = :#mail\"",
                "author: {mask: {unless: {writer: mail}}}");

        assertThat(stage(notes, null, row("AUTHOR", "Ada", "WRITER", "ADA@example.org  ")))
                .contains("'Ada'");
        assertThat(stage(notes, null, row("AUTHOR", "Ben", "WRITER", "ben@example.org")))
                .isEqualTo("{'AUTHOR':'[masked]','WRITER':'ben@example.org'}");
    }

    @Test
    void whatARowProvidesIsReadBeforeItIsHidden() throws IOException {
        Dataset posts = dataset(LAKE + "format: xml-rows", "EditorName: {mask: always}");
        FoundRows found = rows(posts, "tea");
        found.add(row("Owner", "7", "EditorName", "Ada"));

        assertThat(found.finish(1, 1, null).keys()).containsExactly(new SubjectKey("editor", "tea", "Ada"));
    }

    private String stage(Dataset dataset, String partition, Map<String, ?> row) throws IOException {
        staged.reset();
        FoundRows found = rows(dataset, partition);
        found.add(row);
        found.finish(1, 1, null);
        String line = staged.toString(StandardCharsets.UTF_8);
        assertThat(new ObjectMapper().readTree(line).isObject()).isTrue();
        return line.strip().replace('"', '\'');
    }

    private FoundRows rows(Dataset dataset, String partition) {
        return new FoundRows(name -> staged, "part", dataset, partition, new Masking(dataset, partition, KEYS));
    }

    private static Dataset dataset(String properties, String columns) throws IOException {
        String article15 = "article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}";
        String yaml = """
                subject: {key: mail}
                datasets:
                  - {name: users, title: t, kind: lake, path: "{site}/Users", format: csv, match: {m: mail}, provides: {userId: id}, %1$s}
                  - {name: tested, title: t, %2$s, columns: {%3$s}, %1$s}
                """.formatted(article15, properties, columns);
        return DataMapLoader.load("map.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .datasets()
                .stream()
                .filter(dataset -> dataset.name().equals("tested"))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Object> row(Object... columns) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put((String) columns[i], columns[i + 1]);
        }
        return row;
    }
}
