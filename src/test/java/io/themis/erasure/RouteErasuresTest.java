package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.enrichment.CompanyDatabases;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Erasures;
import io.themis.request.Proposal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteErasuresTest {

    @Test
    void routesWithSomethingToEraseByThePlanAreCalledThoseThatNeedKeysFirst() throws Exception {
        DataMap map = DataMapLoader.load("map.yaml", new ByteArrayInputStream("""
                subject: {key: mail}
                datasets:
                  - {name: people, title: t, kind: route, uri: direct:p, provides: {personId: id}, article15: &a
                     {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}, erasure: &e {action: delete, uri: direct:x}}
                  - {name: notes, title: t, kind: route, uri: direct:n, keys: [personId], article15: *a, erasure: *e}
                  - {name: empty, title: t, kind: route, uri: direct:n, article15: *a, erasure: *e}
                  - {name: files, title: t, kind: lake, path: f, format: csv, match: {m: mail}, article15: *a, erasure: {action: delete}}
                """.getBytes(StandardCharsets.UTF_8)));
        DataSubjectRequest request = CompanyDatabases.requestOf("ada@example.org");
        ErasurePlan plan = new ErasurePlan(
                request.id(),
                1,
                List.of(
                        planned("people", 1, 0),
                        planned("notes", 0, 2),
                        planned("empty", 0, 0),
                        planned("files", 3, 0)),
                0,
                0);
        Erasures erasures = mock(Erasures.class);
        ObjectMapper json = new ObjectMapper();
        when(erasures.proposal(request.id()))
                .thenReturn(Optional.of(
                        new Proposal(1, json.writeValueAsString(plan), "digest", Instant.EPOCH, Instant.EPOCH)));

        assertThat(new RouteErasures(map, new StoredPlans(erasures, json)).datasets(request))
                .containsExactly("notes", "people");
    }

    private static DatasetPlan planned(String dataset, long delete, long mask) {
        return new DatasetPlan(dataset, delete, mask, List.of(), List.of(), List.of());
    }
}
