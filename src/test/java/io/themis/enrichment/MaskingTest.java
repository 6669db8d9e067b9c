package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.lake.FileRanges;
import io.themis.lake.LakeFile;
import io.themis.lake.NormalForm;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Discoveries;
import io.themis.request.ProgressLog;
import io.themis.request.Shortfall;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.LinkedCaseInsensitiveMap;

/** Others' data never reaches the staging store, from which the whole package is made. */
@ExtendWith(OutputCaptureExtension.class)
class MaskingTest {

    private static final DataSubjectRequest REQUEST = OneDataset.requestOf("ada@example.org");

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
    void aRoutesColumnIsItsNameOrElseAPathInAnyCase() throws IOException {
        Dataset jobs = dataset(
                "kind: route, uri: \"direct:jobs\"",
                "Recruiter: {mask: always}, seller.name: {mask: {unless: {seller.Mail: mail}}}, No.: {mask: always}");

        assertThat(stage(jobs, null, row("recruiter", "Ben"))).isEqualTo("{'recruiter':'[masked]'}");
        assertThat(stage(jobs, null, row("seller", Map.of("name", "Ben")))).isEqualTo("{'seller':{'name':'[masked]'}}");
        assertThat(stage(jobs, null, row("Seller", Map.of("NAME", "Ben")))).isEqualTo("{'Seller':{'NAME':'[masked]'}}");
        assertThat(stage(jobs, null, row("seller.name", "Ben"))).isEqualTo("{'seller.name':'[masked]'}");
        assertThat(stage(jobs, null, row("seller", List.of(Map.of("name", "Ben")))))
                .isEqualTo("{'seller':'[masked]'}");
        assertThat(stage(jobs, null, row("no.", "Ben", "Recruiter", "Ben", "RECRUITER", "Cem")))
                .as("whatever may be meant is hidden")
                .isEqualTo("{'no.':'[masked]','Recruiter':'[masked]','RECRUITER':'[masked]'}");
        assertThat(stage(jobs, null, row("SELLER", row("name", "Ada", "mail", "ada@example.org"))))
                .isEqualTo("{'SELLER':{'name':'Ada','mail':'ada@example.org'}}");
    }

    @Test
    void aRowThatIsTakenInAnyCaseKeepsItsOwnSpelling() throws IOException {
        Dataset notes = dataset(
                "kind: sql, dataSource: d, query: \"SELECT 1 FROM n WHERE m = :#mail\"", "author: {mask: always}");
        Map<String, Object> row = new LinkedCaseInsensitiveMap<>();
        row.put("AUTHOR", "Ben");

        assertThat(stage(notes, null, row)).isEqualTo("{'AUTHOR':'[masked]'}");
    }

    @Test
    void aQuerysRowWithoutAMaskedColumnIsNotStaged() throws IOException {
        Dataset notes = dataset("kind: sql, dataSource: d, query: \"CALL notes(:#mail)\"", "auhtor: {mask: always}");

        assertThatThrownBy(() -> stage(notes, null, row("author", "Ben")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dataset \"tested\": a row does not have the column \"auhtor\" that is masked");
        assertThat(staged.size()).isZero();
    }

    @Test
    void aPartTellsInWhichOfTheMaskedColumnsSomethingIsHidden() throws IOException {
        Dataset posts = dataset(
                LAKE + "format: jsonl",
                "Editor: {mask: always}, EditorNmae: {mask: always}, Reader: {mask: {unless: {Owner: userId}}}");
        FoundRows found = rows(posts, "tea");
        found.add(row("Owner", "7", "Editor", "Ben", "EditorName", "Ben", "Reader", "Ada"));
        found.add(row("Owner", "7", "Editor", null));
        found.add(row("Owner", "7", "Editor", "Cem"));

        assertThat(found.finish(1, 1, null).parts().get(0).hidden()).isEqualTo(Map.of("Editor", 2L, "Reader", 0L));
    }

    @Test
    void rowsThatAreListedForReviewAreNotCountedAmongThePersons() throws IOException {
        Dataset posts = dataset(LAKE + "review: [Name], format: jsonl", "Editor: {mask: always}");
        LakeRows rows = new LakeRows(
                name -> staged,
                name -> new ByteArrayOutputStream(),
                "part",
                posts,
                new LakeFile("tea/Posts", "tea"),
                new Keys(
                        Set.of(new SubjectKey("userId", "tea", "7"), new SubjectKey("displayName", null, "Ada L")),
                        Map.of()));
        rows.take(row("Owner", "7"));
        rows.take(row("Name", "Ada L", "Editor", "Ben"));

        SearchResult result = rows.finish(1, 1, null);

        assertThat(result.review().rows()).isEqualTo(1);
        assertThat(result.parts().get(0).hidden()).isEmpty();
    }

    @Test
    void aMaskedColumnThatNoRowHasIsWarnedOf(CapturedOutput output) throws IOException {
        DataMap map = map(LAKE + "format: jsonl", "EditorNmae: {mask: always}, Editor: {mask: always}");
        Datasets datasets = datasets(map);
        FoundRows found = rows(dataset(map), "tea");
        found.add(row("Owner", "7", "Editor", null, "EditorName", "Ben"));

        datasets.record(REQUEST, "tested", new Asked(1, Map.of()), List.of(found.finish(1, 1, null)));

        assertThat(output.getAll())
                .contains("dataset tested: none of the rows has the masked column EditorNmae; is it called so?")
                .doesNotContain("column Editor;", "Ben");
    }

    @Test
    void aTableWithoutAMaskedColumnGivesNoRow() throws Exception {
        byte[] csv = "Owner,EditorName,editor\n7,Ada,Ben\n".getBytes(StandardCharsets.UTF_8);

        SearchResult misspelt = searchCsv("Edtior: {mask: always}", csv);

        assertThat(misspelt.parts()).isEmpty();
        assertThat(misspelt.problems())
                .singleElement()
                .extracting(Shortfall::sentence)
                .asString()
                .contains("the header does not have the column \"Edtior\"");
        assertThat(searchCsv("editor: {mask: always}", csv).parts()).hasSize(1);
    }

    @Test
    void aParquetFileWithoutAMaskedColumnGivesNoRow(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("posts.parquet");
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute("COPY (SELECT 7 AS Owner, 'Ada' AS EditorName, 'Ben' AS editor) TO '%s' (FORMAT parquet)"
                    .formatted(file));
        }
        byte[] parquet = Files.readAllBytes(file);

        SearchResult misspelt =
                search("format: parquet", "Edtior: {mask: always}").search(ranges(parquet));

        assertThat(misspelt.parts()).isEmpty();
        assertThat(misspelt.problems()).hasSize(1);
        assertThat(search("format: parquet", "editor: {mask: always}")
                        .search(ranges(parquet))
                        .parts())
                .hasSize(1);
    }

    private SearchResult searchCsv(String columns, byte[] file) throws IOException {
        LakeFileSearch search = search("format: csv", columns);
        try (OutputStream sink = search.sink()) {
            sink.write(file);
        }
        return search.finish(file.length, null, null);
    }

    private LakeFileSearch search(String format, String columns) throws IOException {
        DataMap map = map(LAKE + format, columns);
        LakeProgress progress =
                new LakeProgress(mock(ProgressLog.class), new SimpleMeterRegistry(), Clock.systemUTC(), map);
        LakeQuery query =
                new LakeQuery(REQUEST, dataset(map), KEYS, null, name -> staged, name -> new ByteArrayOutputStream());
        LakeFile file = new LakeFile("tea/Posts", "tea");
        return new LakeFileSearches(null, null, new LakePasses())
                .begin(new LakeFileQuery(
                        query,
                        file,
                        query.match(file.partition()).orElseThrow(),
                        progress.begin(REQUEST, "tested").file(1)));
    }

    private static FileRanges ranges(byte[] file) {
        return new FileRanges() {
            @Override
            public long length() {
                return file.length;
            }

            @Override
            public CompletableFuture<byte[]> read(long from, int length) {
                return CompletableFuture.completedFuture(Arrays.copyOfRange(file, (int) from, (int) from + length));
            }
        };
    }

    /** Those of a person of whom the request tables know the number 7 in "tea", and nothing else. */
    private Datasets datasets(DataMap map) {
        List<DatasetFindings> answers = new ArrayList<>();
        answers.add(new DatasetFindings(
                "users",
                Status.COMPLETE,
                List.of(),
                1,
                1,
                1,
                Set.of("tea"),
                List.of(),
                new Asked(1, Map.of()),
                Review.NOTHING));
        Discoveries known = new Discoveries() {
            @Override
            public Set<SubjectKey> keys(UUID id) {
                return Set.of(new SubjectKey("userId", "tea", "7"));
            }

            @Override
            public List<DatasetFindings> findings(UUID id) {
                return List.copyOf(answers);
            }

            @Override
            public void record(DataSubjectRequest request, DatasetFindings findings, Collection<SubjectKey> keys) {
                answers.add(findings);
            }

            @Override
            public void greet(UUID id, String greeting) {}
        };
        return new Datasets(map, known, name -> staged, findings -> {});
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
        return dataset(map(properties, columns));
    }

    private static Dataset dataset(DataMap map) {
        return map.datasets().stream()
                .filter(dataset -> dataset.name().equals("tested"))
                .findFirst()
                .orElseThrow();
    }

    private static DataMap map(String properties, String columns) throws IOException {
        String article15 =
                "article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}";
        String yaml = """
                subject: {key: mail}
                datasets:
                  - {name: users, title: t, kind: lake, path: "{site}/Users", format: csv, match: {m: mail}, provides: {userId: id, displayName: n}, %1$s}
                  - {name: tested, title: t, %2$s, columns: {%3$s}, %1$s}
                """.formatted(article15, properties, columns);
        return DataMapLoader.load("map.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    }

    private static Map<String, Object> row(Object... columns) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put((String) columns[i], columns[i + 1]);
        }
        return row;
    }
}
