package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.enrichment.CompanyDatabases;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlan.Mask;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Erasures;
import io.themis.request.Proposal;
import io.themis.request.Requests;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErasurePlansTest {

    private static final DataSubjectRequest REQUEST = CompanyDatabases.requestOf("ada@example.org");

    @Test
    void aPlanSaysWhatComesInThePlaceOfWhatAndNothingWhereRowsGo() throws Exception {
        DataMap map = DataMapLoader.load("map.yaml", new ByteArrayInputStream("""
                subject: {key: mail}
                datasets:
                  - {name: files, title: t, kind: lake, path: f, format: jsonl, match: {m: mail}, article15: &a
                     {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}, erasure: {action: mask,
                     columns: {m: keyed-hash, name: "null", text: {constant: gone}, born: {generalise: year},
                               seen: {generalise: last-part}}}}
                  - {name: rows, title: t, kind: sql, dataSource: d, query: "SELECT a FROM b WHERE m = :#mail", article15: *a,
                     erasure: {action: mask, statements: ["UPDATE b SET m = NULL WHERE m = :#mail"]}}
                  - {name: crm, title: t, kind: route, uri: direct:n, article15: *a, erasure: {action: mask, uri: "direct:x?token=secret"}}
                  - {name: other, title: t, kind: route, uri: direct:o, article15: *a, erasure: {action: delete, uri: direct:x}}
                """.getBytes(StandardCharsets.UTF_8)));
        List<List<Mask>> masks = map.datasets().stream().map(Mask::of).toList();
        assertThat(new ObjectMapper().valueToTree(masks).toString()).isEqualTo("""
                [[{"column":"m","by":"keyed-hash"},{"column":"name","by":"null"},{"column":"text","by":"constant","text":"gone"},\
                {"column":"born","by":"year"},{"column":"seen","by":"last-part"}],\
                [{"by":"statement","text":"UPDATE b SET m = NULL WHERE m = :#mail"}],\
                [{"by":"route"}],\
                []]""");
    }

    @Test
    void anApprovedPlanNoLongerFitsWhereAsManyRowsWouldBeMaskedInAnotherWay() throws Exception {
        DatasetPlan approved = masked(new Mask("name", "keyed-hash", null));
        Erasures erasures = mock(Erasures.class);
        ObjectMapper json = new ObjectMapper();
        String plan = json.writeValueAsString(new ErasurePlan(REQUEST.id(), REQUEST.run(), List.of(approved), 0, 0));
        doReturn(Optional.of(new Proposal(1, plan, "digest", Instant.EPOCH, Instant.EPOCH)))
                .when(erasures)
                .proposal(REQUEST.id());
        ErasurePlans plans = new ErasurePlans(null, null, null, erasures, null, null, new StoredPlans(erasures, json));

        assertThat(plans.fits(REQUEST, List.of(approved))).isTrue();
        assertThat(plans.fits(REQUEST, List.of(masked(new Mask("name", "null", null)))))
                .isFalse();
        assertThat(plans.fits(REQUEST, List.of(masked(new Mask("shown", "keyed-hash", null)))))
                .isFalse();
        assertThat(plans.fits(REQUEST, List.of(approved.with(List.of())))).isFalse();
    }

    @Test
    void aSearchThatFindsOtherRowsThanThoseThatReadingWholeFilesDoesIsAProblemOfThePlan() throws Exception {
        DataMap map = DataMapLoader.load("map.yaml", new ByteArrayInputStream("""
                subject: {key: mail}
                datasets:
                  - {name: posts, title: t, kind: lake, path: "{site}/posts", format: jsonl, match: {m: mail}, article15:
                     {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}, erasure: {action: delete}}
                """.getBytes(StandardCharsets.UTF_8)));
        Requests requests = mock(Requests.class);
        ErasurePlans plans = new ErasurePlans(null, null, requests, null, null, null, null);
        List<SurveyedFile> read = List.of(
                new SurveyedFile(new FilePlan("b/posts", 10, 3, 0, 1), List.of(), null),
                new SurveyedFile(new FilePlan("a/posts", 10, 0, 2, 0), List.of(), null));

        for (int found : List.of(5, 7, 0)) {
            doReturn(List.of(found("other", 6), found("posts", found)))
                    .when(requests)
                    .findings(REQUEST.id());
            assertThat(plans.survey(REQUEST, map.dataset("posts"), read).problems())
                    .containsExactly("the search found %d rows, and reading the whole files 6".formatted(found));
        }
        doReturn(List.of(found("posts", 6))).when(requests).findings(REQUEST.id());
        assertThat(plans.survey(REQUEST, map.dataset("posts"), read).problems()).isEmpty();
    }

    private static DatasetFindings found(String dataset, long rows) {
        return new DatasetFindings(
                dataset,
                Status.COMPLETE,
                List.of(),
                2,
                20,
                rows,
                Set.of(),
                List.of(),
                new Asked(1, Map.of()),
                Review.NOTHING);
    }

    private static DatasetPlan masked(Mask mask) {
        return new DatasetPlan("posts", 0, 112, List.of(), List.of(), List.of()).with(List.of(mask));
    }
}
