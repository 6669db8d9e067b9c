package io.themis.erasure;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Erasure;
import io.themis.enrichment.Datasets;
import io.themis.enrichment.KnownPlaces;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.erasure.ErasureReport.Check;
import io.themis.erasure.ErasureReport.DatasetReport;
import io.themis.erasure.ErasureReport.FileReport;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFile.State;
import io.themis.request.ErasureFiles;
import io.themis.request.Erasures;
import io.themis.request.JsonText;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Says what an erasure has done, once everything has been looked for again; and calls it done only if nothing was found. */
@Component
public class Verification {

    private final Datasets datasets;
    private final Erasures erasures;
    private final ErasureFiles files;
    private final StoredPlans plans;
    private final FileNotes notes;
    private final KnownPlaces known;
    private final JsonText json;
    private final Clock clock;

    Verification(
            Datasets datasets,
            Erasures erasures,
            ErasureFiles files,
            StoredPlans plans,
            FileNotes notes,
            KnownPlaces known,
            ObjectMapper json,
            Clock clock) {
        this.datasets = datasets;
        this.erasures = erasures;
        this.files = files;
        this.plans = plans;
        this.notes = notes;
        this.known = known;
        this.json = new JsonText(json);
        this.clock = clock;
    }

    /** Takes what names the person out of the index. */
    public void forget(DataSubjectRequest request) throws IOException {
        known.forget(datasets.keys(request));
    }

    /**
     * Keeps the report of the erasure.
     *
     * @param left what a new survey has found of the person, after everything was asked for again
     */
    public ErasureReport report(DataSubjectRequest request, List<DatasetPlan> left) {
        ErasurePlan plan = plans.of(request).orElseThrow();
        List<DatasetReport> reports = new ArrayList<>();
        for (DatasetPlan found : left) {
            DatasetPlan planned = plan.datasets().stream()
                    .filter(dataset -> dataset.dataset().equals(found.dataset()))
                    .findFirst()
                    .orElseThrow(() ->
                            new PlanOutdatedException("dataset %s is not in the plan".formatted(found.dataset())));
            reports.add(report(request, planned, found));
        }
        for (DatasetPlan planned : plan.datasets()) {
            if (left.stream().noneMatch(found -> found.dataset().equals(planned.dataset()))) {
                reports.add(lost(planned));
            }
        }
        boolean isDone = reports.stream().allMatch(dataset -> dataset.problems().isEmpty());
        ErasureReport report = new ErasureReport(
                request.id(), isDone, erasures.begun(request.id()).get(0).begunAt(), clock.instant(), reports);
        erasures.report(request.id(), json.write(report));
        return report;
    }

    private static DatasetReport lost(DatasetPlan planned) {
        return new DatasetReport(
                planned.dataset(),
                0,
                0,
                List.of(),
                List.of(),
                List.of(),
                Check.NOBODY_LOOKED,
                List.of("the data map no longer has this dataset"));
    }

    private DatasetReport report(DataSubjectRequest request, DatasetPlan planned, DatasetPlan found) {
        Dataset dataset = datasets.get(found.dataset());
        List<String> problems = new ArrayList<>(found.problems());
        if (found.changesAnything()) {
            boolean isLeft = dataset.kind() == Kind.SQL && !erasures.isDone(request, dataset.name());
            problems.add("%d rows of the person are still there%s"
                    .formatted(
                            found.delete() + found.mask(),
                            isLeft ? "; the database is erased once nothing else is left" : ""));
        }
        long keptNow = rows(found.kept());
        if (keptNow < rows(planned.kept())) {
            problems.add("%d rows had to be kept, and %d are there".formatted(rows(planned.kept()), keptNow));
        }
        if (dataset.kind() == Kind.LAKE) {
            return ofFiles(request, dataset, planned, found, problems);
        }
        Erasures.Done done = erasures.done(request.id(), dataset.name());
        return new DatasetReport(
                dataset.name(),
                done.deleted(),
                done.masked(),
                planned.masks(),
                found.kept(),
                List.of(),
                how(dataset, List.of()),
                problems);
    }

    private DatasetReport ofFiles(
            DataSubjectRequest request,
            Dataset dataset,
            DatasetPlan planned,
            DatasetPlan found,
            List<String> problems) {
        List<FileReport> reports = new ArrayList<>();
        long deleted = 0;
        long masked = 0;
        for (ErasureFile file : files.of(request.id())) {
            if (file.dataset().equals(dataset.name())) {
                FileNote note = notes.of(file);
                // The names of records have the person's keys
                String name = WholeFiles.isRecord(dataset) ? dataset.path() : file.file();
                if (file.state() != State.VERIFIED) {
                    problems.add("%s: %s"
                            .formatted(name, note == null || note.problem() == null ? "is not done" : note.problem()));
                } else {
                    deleted += note.deletedBefore() + note.deleted();
                    masked += note.maskedBefore() + note.masked();
                    reports.add(FileReport.of(name, note));
                }
            }
        }
        return new DatasetReport(
                dataset.name(),
                deleted,
                masked,
                planned.masks(),
                found.kept(),
                reports,
                how(dataset, reports),
                problems);
    }

    private static long rows(List<Kept> kept) {
        return kept.stream().mapToLong(Kept::rows).sum();
    }

    private static Check how(Dataset dataset, List<FileReport> rewritten) {
        if (dataset.erasure().action() == Erasure.Action.KEEP) {
            return Check.COUNTED_AGAIN;
        }
        return switch (dataset.kind()) {
            case SQL -> Check.QUERIED_AGAIN;
            case ROUTE -> Check.ASKED_AGAIN;
            case LAKE -> {
                if (dataset.format() == Format.FILE) {
                    yield Check.LISTED_AGAIN;
                }
                yield rewritten.isEmpty() ? Check.SEARCHED_AGAIN : Check.READ_AGAIN;
            }
        };
    }
}
