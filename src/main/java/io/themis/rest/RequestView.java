package io.themis.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.Extension;
import io.themis.request.RequestProgress;
import io.themis.request.Shortfall;
import io.themis.request.Step;
import io.themis.request.Volume;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** A request as {@code GET /api/v1/requests/{id}} shows it; the contract is {@code openapi/themis.yaml}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RequestView(
        UUID id,
        String type,
        String status,
        String emailAddress,
        Instant receivedAt,
        Instant dueAt,
        ExtensionView extension,
        Progress progress,
        List<StepView> steps,
        List<DatasetView> datasets,
        ReviewView review,
        @JsonProperty("package") PackageView sealed,
        ErasureApi.ErasureView erasure) {

    /** @param formerDueAt when it was due before */
    record ExtensionView(Instant formerDueAt, Instant extendedAt, String reason) {

        static ExtensionView of(Extension extension) {
            return new ExtensionView(extension.formerDueAt(), extension.extendedAt(), extension.reason());
        }
    }

    /** @param lake null if no lake file has been asked for */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Progress(int datasetsAnswered, int datasets, LakeView lake) {}

    /**
     * How far the lake has been searched, in the datasets that have been begun.
     *
     * @param reading datasets with something left to read
     * @param bytesPerSecond null if nothing is being read, as is the time left
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LakeView(
            long files,
            long filesDone,
            long bytes,
            long bytesDone,
            List<String> reading,
            Long bytesPerSecond,
            Long secondsLeft) {

        static LakeView of(RequestProgress progress) {
            return new LakeView(
                    progress.files(),
                    progress.filesDone(),
                    progress.bytes(),
                    progress.bytesDone(),
                    progress.reading(),
                    progress.bytesPerSecond(),
                    progress.secondsLeft());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StepView(
            String name,
            String state,
            int attempts,
            Instant dueAt,
            Instant startedAt,
            Instant finishedAt,
            String lastError) {

        static StepView of(Step step, boolean withError) {
            return new StepView(
                    step.name(),
                    step.state().name().toLowerCase(Locale.ROOT),
                    step.attempts(),
                    step.dueAt(),
                    step.startedAt(),
                    step.finishedAt(),
                    withError ? step.lastError() : null);
        }
    }

    /**
     * Possible homonyms.
     *
     * @param problems files that could not be searched for them
     */
    record ReviewView(long rows, List<String> problems) {

        static ReviewView of(List<DatasetFindings> findings) {
            Review all =
                    Review.sum(findings.stream().map(DatasetFindings::review).toList());
            return new ReviewView(
                    all.rows(), all.problems().stream().map(Shortfall::sentence).toList());
        }
    }

    record DatasetView(
            String name, String status, long rows, long searchedFiles, long searchedBytes, List<String> reasons) {

        static DatasetView of(DatasetFindings findings) {
            return new DatasetView(
                    findings.dataset(),
                    findings.status().label(),
                    findings.rows(),
                    findings.searchedFiles(),
                    findings.searchedBytes(),
                    findings.reasons().stream().map(Shortfall::sentence).toList());
        }
    }

    /**
     * @param bytes of all zips
     * @param sha256 of the only zip
     * @param parts the zips, where there are several
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PackageView(long bytes, String sha256, Instant expiresAt, List<PartView> parts) {}

    record PartView(String name, long bytes, String sha256) {

        static PartView of(Volume volume) {
            return new PartView(volume.name(), volume.bytes(), volume.sha256());
        }
    }
}
