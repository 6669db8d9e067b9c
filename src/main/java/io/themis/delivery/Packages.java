package io.themis.delivery;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.specialized.BlobOutputStream;
import io.themis.azure.BlobUploads;
import io.themis.datamap.DataMap;
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
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Packages in Blob storage, each named by its request alone, so that a second attempt replaces the first. */
@Component
public class Packages {

    private final BlobContainerClient container;
    private final DataMap map;
    private final Requests requests;
    private final PartStore parts;
    private final PackageWriter writer;
    private final Controller controller;
    private final DeliverySettings settings;
    private final Clock clock;

    Packages(
            @Qualifier("packagesContainer") BlobContainerClient container,
            DataMap map,
            Requests requests,
            PartStore parts,
            PackageWriter writer,
            Controller controller,
            DeliverySettings settings,
            Clock clock) {
        this.container = container;
        this.map = map;
        this.requests = requests;
        this.parts = parts;
        this.writer = writer;
        this.controller = controller;
        this.settings = settings;
        this.clock = clock;
    }

    /** Name of the request's package in the container. */
    public String blobName(UUID requestId) {
        return requestId + ".zip";
    }

    /** Where the package is; useless without permission to read the container. */
    public String url(UUID requestId) {
        return container.getBlobClient(blobName(requestId)).getBlobUrl();
    }

    /** Writes the package from all that was found. If that fails, no package appears. */
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
                map.datasets().stream()
                        .map(dataset -> new PackageContent.Entry(dataset, findings.get(dataset.name())))
                        .toList());
        BlobOutputStream out = BlobUploads.open(
                container.getBlobClient(blobName(request.id())).getBlockBlobClient(), "application/zip");
        PackageSummary summary = writer.write(content, parts, out);
        out.close();
        return new PackageDraft(summary, createdAt, expiresAt);
    }

    /**
     * Checks what the store gives back against what was written, and against the package's own manifest.
     *
     * @throws IOException naming what is not as it should be
     */
    public void verify(DataSubjectRequest request, PackageDraft draft, InputStream readBack) throws IOException {
        PackageSummary found = PackageCheck.read(readBack, request.id());
        if (!found.equals(draft.summary())) {
            throw new IOException("the store gave back another zip than was written");
        }
    }

    /** @throws HopelessException if the link has ended, and the package with it */
    public void requireUnexpired(DataSubjectRequest request) {
        if (!clock.instant().isBefore(request.sealed().expiresAt())) {
            throw new HopelessException("the link ended before the person got it; restart the request");
        }
    }

    public void delete(UUID requestId) {
        container.getBlobClient(blobName(requestId)).deleteIfExists();
    }
}
