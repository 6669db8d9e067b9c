package io.themis.delivery;

import com.azure.storage.blob.BlobContainerClient;
import io.themis.azure.BlobDeletions;
import io.themis.azure.BlobUploads;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.export.Controller;
import io.themis.export.PackageCheck;
import io.themis.export.PackageContent;
import io.themis.export.PackageSummary;
import io.themis.export.PackageWriter;
import io.themis.export.PartStore;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.HopelessException;
import io.themis.request.Requests;
import io.themis.request.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Packages in Blob storage, each of one zip or several. They are named by their request, so that a second attempt replaces
 * the first.
 */
@Component
public class Packages {

    private final BlobContainerClient container;
    private final DataMap map;
    private final Requests requests;
    private final PartStore parts;
    private final PackageWriter writer;
    private final WrittenPackages written;
    private final Controller controller;
    private final DeliverySettings settings;
    private final Clock clock;

    Packages(
            @Qualifier("packagesContainer") BlobContainerClient container,
            DataMap map,
            Requests requests,
            PartStore parts,
            PackageWriter writer,
            WrittenPackages written,
            Controller controller,
            DeliverySettings settings,
            Clock clock) {
        this.container = container;
        this.map = map;
        this.requests = requests;
        this.parts = parts;
        this.writer = writer;
        this.written = written;
        this.controller = controller;
        this.settings = settings;
        this.clock = clock;
    }

    /** Where a zip is; useless without permission to read the container. */
    public String url(Volume volume) {
        return container.getBlobClient(volume.name()).getBlobUrl();
    }

    /**
     * Writes the package from all that was found. If that fails, the zips before the one that failed are there, and the
     * next attempt replaces them.
     */
    public PackageDraft write(DataSubjectRequest request) throws IOException {
        Instant createdAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant expiresAt = createdAt.plus(settings.linkLife());
        Map<String, DatasetFindings> findings = requests.findings(request.id()).stream()
                .collect(Collectors.toMap(DatasetFindings::dataset, Function.identity()));
        PackageContent content = new PackageContent(
                request.id(),
                request.type().label(),
                request.language(),
                createdAt,
                expiresAt,
                controller,
                // As the author of the map put them, and not as they had to be asked.
                map.datasets().stream()
                        .sorted(Comparator.comparingInt(Dataset::line))
                        .map(dataset -> new PackageContent.Entry(dataset, findings.get(dataset.name())))
                        .toList());
        PackageSummary summary = writer.write(
                content,
                parts,
                name -> written.counting(
                        BlobUploads.open(container.getBlobClient(name).getBlockBlobClient(), "application/zip"),
                        request.id()));
        deleteAllBut(summary.volumes().stream().map(Volume::name).collect(Collectors.toSet()), request.id());
        return new PackageDraft(summary, createdAt, expiresAt);
    }

    /** To be given what the store gives back of each zip. */
    public PackageCheck beginCheck() {
        return new PackageCheck();
    }

    /** Reads a zip to its end. */
    public void read(PackageCheck check, Volume volume, InputStream readBack) throws IOException {
        check.read(volume.name(), readBack);
    }

    /**
     * Compares what the store gave back with what was written, and with the package's own manifest.
     *
     * @throws IOException naming what is not as it should be
     */
    public void verify(DataSubjectRequest request, PackageDraft draft, PackageCheck check) throws IOException {
        if (!check.finish(request.id()).equals(draft.summary())) {
            throw new IOException("the store gave back another zip than was written");
        }
    }

    /** Whether the request is closed and the link to its package has ended: there is nothing to send any more. */
    public boolean isClosedAndLinkEnded(DataSubjectRequest request) {
        return request.status().isClosed() && hasEnded(request);
    }

    private boolean hasEnded(DataSubjectRequest request) {
        return !clock.instant().isBefore(request.sealed().expiresAt());
    }

    /** @throws HopelessException if the link has ended, and the package with it */
    public void requireUnexpired(DataSubjectRequest request) {
        if (hasEnded(request)) {
            throw new HopelessException("the link ended before the person got it; restart the request");
        }
    }

    /** Deletes every zip of the request, also those of attempts that failed. */
    public void delete(UUID requestId) {
        deleteAllBut(Set.of(), requestId);
    }

    /** An attempt before may have written other zips. */
    private void deleteAllBut(Set<String> names, UUID requestId) {
        BlobDeletions.deleteAll(container, requestId.toString(), name -> !names.contains(name));
    }
}
