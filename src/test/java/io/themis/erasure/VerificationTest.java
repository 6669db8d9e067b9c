package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.enrichment.CompanyDatabases;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.erasure.ErasureReport.Check;
import io.themis.erasure.ErasureReport.DatasetReport;
import io.themis.request.BegunPlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFile.State;
import io.themis.request.ErasureFiles;
import io.themis.request.Erasures;
import io.themis.request.Proposal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an erasure may be called done for. */
class VerificationTest {

    private static final DataSubjectRequest REQUEST = CompanyDatabases.requestOf("ada@example.org");
    private static final String FILE = "tea/invoices.jsonl";

    private final ObjectMapper json = new ObjectMapper().registerModule(new JavaTimeModule());
    private final Erasures erasures = mock(Erasures.class);
    private final ErasureFiles files = mock(ErasureFiles.class);
    private final FileNotes notes = new FileNotes(files, json);
    private Verification verification;

    @BeforeEach
    void load() throws Exception {
        DataMap map = DataMapLoader.load("map.yaml", new ByteArrayInputStream("""
                subject: {key: mail}
                datasets:
                  - {name: invoices, title: t, kind: lake, path: "{site}/invoices.jsonl", format: jsonl, match: {m: mail},
                     article15: &a {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o},
                     erasure: {action: delete}}
                  - {name: crm, title: t, kind: route, uri: direct:n, article15: *a, erasure: {action: delete, uri: direct:x}}
                """.getBytes(StandardCharsets.UTF_8)));
        verification = new Verification(
                CompanyDatabases.datasets(map, Set.of(), List.of()),
                erasures,
                files,
                new StoredPlans(erasures, json),
                notes,
                null,
                json,
                Clock.systemUTC());
        when(erasures.begun(REQUEST.id())).thenReturn(List.of(new BegunPlan(2, Instant.EPOCH, Instant.EPOCH)));
        when(erasures.done(REQUEST.id(), "crm")).thenReturn(new Erasures.Done(4, 0));
        plan(invoices(5, 3), crm(4));
        rewritten(State.VERIFIED, null);
    }

    private void plan(DatasetPlan... datasets) throws Exception {
        String plan = json.writeValueAsString(new ErasurePlan(REQUEST.id(), REQUEST.run(), List.of(datasets), 0, 0));
        when(erasures.proposal(REQUEST.id()))
                .thenReturn(Optional.of(new Proposal(REQUEST.run(), plan, "digest", Instant.EPOCH, Instant.EPOCH)));
    }

    private void rewritten(State state, String problem) throws Exception {
        FileNote note = FileNote.none(null);
        String text = json.writeValueAsString(
                problem == null ? note.verified(10, List.of(), null, Instant.EPOCH) : note.failed(problem));
        when(files.of(REQUEST.id())).thenReturn(List.of(new ErasureFile("invoices", FILE, state, text)));
    }

    private static DatasetPlan invoices(long delete, long keep) {
        List<Kept> kept = keep == 0 ? List.of() : List.of(new Kept(keep, "Art. 17(3)(e): claims", "it is paid"));
        return new DatasetPlan(
                "invoices", delete, 0, kept, List.of(new FilePlan(FILE, 10, delete, 0, keep)), List.of());
    }

    private static DatasetPlan crm(long delete) {
        return new DatasetPlan("crm", delete, 0, List.of(), List.of(), List.of());
    }

    @Test
    void whatHadToGoIsGoneAndWhatHadToStayIsThere() {
        ErasureReport report = verification.report(REQUEST, List.of(invoices(0, 3), crm(0)));

        assertThat(report.isDone()).isTrue();
        verify(erasures).report(eq(REQUEST.id()), contains("\"isDone\":true"));
    }

    @Test
    void rowsThatHadToBeKeptAndAreNotThereAreAProblem() {
        for (int there : List.of(2, 0)) {
            assertProblem(
                    "invoices",
                    "3 rows had to be kept, and %d are there".formatted(there),
                    List.of(invoices(0, there), crm(0)));
        }
        assertThat(verification.report(REQUEST, List.of(invoices(0, 4), crm(0))).isDone())
                .as("one came in the meantime")
                .isTrue();
    }

    @Test
    void whatIsStillThereIsAProblem() {
        assertProblem("crm", "2 rows of the person are still there", List.of(invoices(0, 3), crm(2)));
    }

    @Test
    void aFileThatIsNotDoneIsAProblem() throws Exception {
        rewritten(State.FAILED, "the reason");
        assertProblem("invoices", FILE + ": the reason", List.of(invoices(0, 3), crm(0)));

        rewritten(State.PENDING, null);
        assertProblem("invoices", FILE + ": is not done", List.of(invoices(0, 3), crm(0)));
    }

    @Test
    void aDatasetOfThePlanThatTheDataMapNoLongerHasIsAProblem() throws Exception {
        plan(invoices(5, 3), new DatasetPlan("old", 7, 0, List.of(), List.of(), List.of()), crm(4));

        DatasetReport old =
                assertProblem("old", "the data map no longer has this dataset", List.of(invoices(0, 3), crm(0)));

        assertThat(old.verification()).isEqualTo(Check.NOBODY_LOOKED);
        assertThat(old.deleted()).isZero();
    }

    /** And nothing else is one. */
    private DatasetReport assertProblem(String dataset, String problem, List<DatasetPlan> left) {
        ErasureReport report = verification.report(REQUEST, left);
        assertThat(report.isDone()).isFalse();
        assertThat(report.datasets())
                .filteredOn(each -> !each.dataset().equals(dataset))
                .hasSizeGreaterThanOrEqualTo(1)
                .allMatch(each -> each.problems().isEmpty());
        DatasetReport found = report.datasets().stream()
                .filter(each -> each.dataset().equals(dataset))
                .findFirst()
                .orElseThrow();
        assertThat(found.problems()).containsExactly(problem);
        verify(erasures, atLeastOnce()).report(eq(REQUEST.id()), contains("\"isDone\":false"));
        return found;
    }
}
