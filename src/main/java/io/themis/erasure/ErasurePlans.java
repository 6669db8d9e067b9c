package io.themis.erasure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Erasure;
import io.themis.enrichment.Datasets;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.Erasures;
import io.themis.request.Erasures.ErasedFile;
import io.themis.request.Requests;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Counts what an erasure will do before anything is touched, and tells whether an approved plan still is what would be done. */
@Component
public class ErasurePlans {

    /** A file is read for the plan, to find the edits and to be verified, and written once. */
    private static final int PASSES = 3;

    /** Bytes a second of one pass; careful, so that nobody waits longer than they were told. */
    private static final long RATE = 40_000_000;

    private final Datasets datasets;
    private final Requests requests;
    private final Erasures erasures;
    private final SqlErasures sql;
    private final LakeErasures lake;
    private final ObjectMapper json;
    private final Clock clock;

    ErasurePlans(
            Datasets datasets,
            Requests requests,
            Erasures erasures,
            SqlErasures sql,
            LakeErasures lake,
            ObjectMapper json,
            Clock clock) {
        this.datasets = datasets;
        this.requests = requests;
        this.erasures = erasures;
        this.sql = sql;
        this.lake = lake;
        this.json = json;
        this.clock = clock;
    }

    /**
     * What is to be done in one dataset, counted by the rows themselves. Files that are as they were when an earlier plan counted them
     * are not counted again.
     */
    public DatasetPlan survey(DataSubjectRequest request, String name) throws IOException, SQLException {
        Dataset dataset = datasets.get(name);
        DatasetFindings findings = findings(request, name);
        List<String> problems =
                findings.reasons().stream().map(Shortfall::sentence).toList();
        if (dataset.erasure().action() == Erasure.Action.KEEP) {
            return new DatasetPlan(name, 0, 0, wholly(dataset, findings.rows()), List.of(), problems);
        }
        return switch (dataset.kind()) {
            case SQL -> sql.survey(request, dataset, problems);
            case ROUTE -> new DatasetPlan(name, findings.rows(), 0, List.of(), List.of(), problems);
            case LAKE -> lake.survey(request, dataset, counted(request, name), problems);
        };
    }

    private static List<Kept> wholly(Dataset dataset, long rows) {
        Erasure erasure = dataset.erasure();
        return rows == 0
                ? List.of()
                : List.of(new Kept(
                        rows,
                        "Art. %s: %s".formatted(erasure.article(), erasure.ground().in(Locale.ENGLISH)),
                        erasure.until().in(Locale.ENGLISH)));
    }

    private DatasetFindings findings(DataSubjectRequest request, String dataset) {
        return requests.findings(request.id()).stream()
                .filter(findings -> findings.dataset().equals(dataset))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("dataset %s has not answered".formatted(dataset)));
    }

    private Map<String, FilePlan> counted(DataSubjectRequest request, String dataset) {
        return plan(request).stream()
                .flatMap(plan -> plan.datasets().stream())
                .filter(plan -> plan.dataset().equals(dataset))
                .flatMap(plan -> plan.files().stream())
                .collect(Collectors.toMap(FilePlan::file, Function.identity()));
    }

    /** The plan that was proposed for this run of the request. */
    Optional<ErasurePlan> plan(DataSubjectRequest request) {
        return erasures.proposal(request.id())
                .map(proposal -> read(proposal.plan()))
                .filter(plan -> plan.run() == request.run());
    }

    /** Makes the plan the one to be approved. Approvals of another plan are void. */
    public ErasurePlan propose(DataSubjectRequest request, List<DatasetPlan> surveyed) {
        long bytes = surveyed.stream()
                .flatMap(dataset -> dataset.files().stream())
                .mapToLong(FilePlan::bytes)
                .sum();
        ErasurePlan plan = new ErasurePlan(
                request.id(), request.run(), clock.instant(), surveyed, bytes, 1 + PASSES * bytes / RATE);
        String text = write(plan);
        erasures.propose(request, text, sha256(text));
        List<ErasedFile> files = new ArrayList<>();
        for (DatasetPlan dataset : surveyed) {
            dataset.files().forEach(file -> files.add(new ErasedFile(dataset.dataset(), file.file())));
        }
        erasures.planFiles(request.id(), files);
        return plan;
    }

    /** Whether what is found now is what was approved. Once something has been erased it no longer matters. */
    public boolean fits(DataSubjectRequest request, List<DatasetPlan> surveyed) {
        if (erasures.hasBegun(request.id())) {
            return true;
        }
        List<DatasetPlan> approved = plan(request).orElseThrow().datasets();
        return approved.size() == surveyed.size()
                && surveyed.stream().allMatch(now -> approved.stream().anyMatch(now::isAs));
    }

    /** Whether nothing has to be approved, as nothing goes. */
    public boolean isEmpty(ErasurePlan plan) {
        return plan.datasets().stream().noneMatch(DatasetPlan::changesAnything);
    }

    private String write(ErasurePlan plan) {
        try {
            return json.writeValueAsString(plan);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ErasurePlan read(String plan) {
        try {
            return json.readValue(plan, ErasurePlan.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
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
