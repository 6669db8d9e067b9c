package io.themis.erasure;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Erasure;
import io.themis.enrichment.Datasets;
import io.themis.enrichment.LakeFileQuery;
import io.themis.enrichment.LakeSearches;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.erasure.ErasurePlan.Mask;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFiles;
import io.themis.request.Erasures;
import io.themis.request.Requests;
import io.themis.request.Shortfall;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Counts what an erasure will do before anything is touched, and tells whether an approved plan still is what would be done. */
@Component
public class ErasurePlans {

    /** A file is read to find the edits and to be verified, and written once. */
    private static final int PASSES = 3;

    /** Bytes a second of one pass; careful, so that nobody waits longer than they were told. */
    private static final long RATE = 40_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(ErasurePlans.class);

    private final Datasets datasets;
    private final LakeSearches searches;
    private final Requests requests;
    private final Erasures erasures;
    private final ErasureFiles files;
    private final SqlErasures sql;
    private final StoredPlans stored;

    ErasurePlans(
            Datasets datasets,
            LakeSearches searches,
            Requests requests,
            Erasures erasures,
            ErasureFiles files,
            SqlErasures sql,
            StoredPlans stored) {
        this.datasets = datasets;
        this.searches = searches;
        this.requests = requests;
        this.erasures = erasures;
        this.files = files;
        this.sql = sql;
        this.stored = stored;
    }

    /** The lake files that have to be read to know what is to be done in them. */
    public List<LakeFileQuery> files(DataSubjectRequest request, Dataset dataset) {
        return dataset.kind() == Kind.LAKE && dataset.format() != Format.FILE && !isKept(dataset)
                ? searches.candidates(request, dataset.name())
                : List.of();
    }

    /**
     * What is to be done in one dataset.
     *
     * @param files what was found in each of its {@link #files}
     */
    public DatasetPlan survey(DataSubjectRequest request, Dataset dataset, List<SurveyedFile> files)
            throws SQLException {
        return count(request, dataset, files).with(Mask.of(dataset));
    }

    private DatasetPlan count(DataSubjectRequest request, Dataset dataset, List<SurveyedFile> files)
            throws SQLException {
        DatasetFindings findings = findings(request, dataset);
        List<String> problems = new ArrayList<>(
                findings.reasons().stream().map(Shortfall::sentence).toList());
        if (isKept(dataset)) {
            return new DatasetPlan(dataset.name(), 0, 0, wholly(dataset, findings.rows()), List.of(), problems);
        }
        return switch (dataset.kind()) {
            case SQL -> sql.survey(request, dataset, problems);
            case ROUTE -> route(dataset, findings, problems);
            case LAKE ->
                dataset.format() == Format.FILE
                        ? wholeFiles(dataset, findings, problems)
                        : lake(dataset, findings, files, problems);
        };
    }

    private static boolean isKept(Dataset dataset) {
        return dataset.erasure().action() == Erasure.Action.KEEP;
    }

    private static List<Kept> wholly(Dataset dataset, long rows) {
        return rows == 0 ? List.of() : List.of(Kept.of(rows, dataset.erasure().whole()));
    }

    private static DatasetPlan route(Dataset dataset, DatasetFindings findings, List<String> problems) {
        boolean isMask = dataset.erasure().action() == Erasure.Action.MASK;
        long rows = findings.rows();
        return new DatasetPlan(dataset.name(), isMask ? 0 : rows, isMask ? rows : 0, List.of(), List.of(), problems);
    }

    private static DatasetPlan wholeFiles(Dataset dataset, DatasetFindings findings, List<String> problems) {
        long rows = findings.rows();
        // Their names have the person's keys
        List<FilePlan> files =
                rows == 0 ? List.of() : List.of(new FilePlan(dataset.path(), findings.searchedBytes(), rows, 0, 0));
        return new DatasetPlan(dataset.name(), rows, 0, List.of(), files, problems);
    }

    private static DatasetPlan lake(
            Dataset dataset, DatasetFindings findings, List<SurveyedFile> surveyed, List<String> problems) {
        List<FilePlan> files = surveyed.stream()
                .map(SurveyedFile::plan)
                .filter(file -> file.delete() + file.mask() + file.keep() > 0)
                .sorted(Comparator.comparing(FilePlan::file))
                .toList();
        surveyed.stream().map(SurveyedFile::problem).filter(Objects::nonNull).forEach(problems::add);
        long read = files.stream()
                .mapToLong(file -> file.delete() + file.mask() + file.keep())
                .sum();
        if (problems.isEmpty() && read != findings.rows()) {
            // Two readers that share nothing but the keys
            problems.add("the search found %d rows, and reading the whole files %d".formatted(findings.rows(), read));
        }
        return new DatasetPlan(
                dataset.name(),
                files.stream().mapToLong(FilePlan::delete).sum(),
                files.stream().mapToLong(FilePlan::mask).sum(),
                kept(surveyed),
                files,
                List.copyOf(problems));
    }

    private static List<Kept> kept(List<SurveyedFile> files) {
        Map<Kept, Long> rows = new LinkedHashMap<>();
        files.stream()
                .sorted(Comparator.comparing(file -> file.plan().file()))
                .flatMap(file -> file.kept().stream())
                .forEach(kept -> rows.merge(new Kept(0, kept.ground(), kept.until()), kept.rows(), Long::sum));
        return rows.entrySet().stream()
                .map(sum -> new Kept(
                        sum.getValue(), sum.getKey().ground(), sum.getKey().until()))
                .toList();
    }

    private DatasetFindings findings(DataSubjectRequest request, Dataset dataset) {
        return requests.findings(request.id()).stream()
                .filter(findings -> findings.dataset().equals(dataset.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("dataset %s has not answered".formatted(dataset.name())));
    }

    /** Whether this run of the request has a plan. */
    public boolean isProposed(DataSubjectRequest request) {
        return erasures.proposal(request.id()).isPresent();
    }

    /** Makes the plan the one to be approved. Approvals of another plan are void. */
    public void propose(DataSubjectRequest request, List<DatasetPlan> surveyed) {
        long bytes = surveyed.stream()
                .flatMap(dataset -> dataset.files().stream())
                .filter(file -> file.delete() + file.mask() > 0)
                .mapToLong(FilePlan::bytes)
                .sum();
        String text =
                stored.write(new ErasurePlan(request.id(), request.run(), surveyed, bytes, 1 + PASSES * bytes / RATE));
        erasures.propose(request, text, sha256(text));
        List<ErasureFile.Name> changed = new ArrayList<>();
        for (DatasetPlan dataset : surveyed) {
            if (datasets.get(dataset.dataset()).format() != Format.FILE) {
                dataset.files().stream()
                        .filter(file -> file.delete() + file.mask() > 0)
                        .forEach(file -> changed.add(new ErasureFile.Name(dataset.dataset(), file.file())));
            }
        }
        files.plan(request.id(), changed);
    }

    /** Whether enough people have approved the plan, or none has to. */
    public boolean isApproved(DataSubjectRequest request) {
        return erasures.proposal(request.id()).orElseThrow().isApproved();
    }

    /** Whether it still has to be seen if the plan fits. Not after something was erased by it. */
    public boolean isToBeChecked(DataSubjectRequest request) {
        return erasures.begunAt(request.id()).isEmpty();
    }

    /**
     * Whether what is found now is what was approved. Once something has been erased that is no longer asked. What erases again after
     * a backup was restored is done as it is found, unless it has to be approved too.
     *
     * @param surveyed null once something has been erased
     */
    public boolean fits(DataSubjectRequest request, List<DatasetPlan> surveyed) {
        if (!isToBeChecked(request)) {
            return true;
        }
        if (erasures.isWaived(request.id())) {
            propose(request, surveyed);
            return true;
        }
        Optional<ErasurePlan> approved = stored.of(request).filter(plan -> isApproved(request));
        Set<DatasetPlan> now = comparable(surveyed);
        Set<DatasetPlan> others = new LinkedHashSet<>(now);
        approved.map(plan -> comparable(plan.datasets())).ifPresent(then -> {
            others.addAll(then);
            others.removeIf(dataset -> now.contains(dataset) && then.contains(dataset));
        });
        others.stream()
                .map(DatasetPlan::dataset)
                .distinct()
                .forEach(dataset -> LOG.info("request {}: the plan no longer fits dataset {}", request.id(), dataset));
        return approved.isPresent() && others.isEmpty();
    }

    /** Without the lengths of files: others may have written to them. */
    private static Set<DatasetPlan> comparable(List<DatasetPlan> datasets) {
        return datasets.stream()
                .map(dataset -> new DatasetPlan(
                        dataset.dataset(),
                        dataset.delete(),
                        dataset.mask(),
                        dataset.masks(),
                        dataset.kept(),
                        dataset.files().stream()
                                .map(file -> new FilePlan(file.file(), 0, file.delete(), file.mask(), file.keep()))
                                .toList(),
                        dataset.problems()))
                .collect(Collectors.toSet());
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
