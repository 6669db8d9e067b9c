package io.themis.enrichment;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobStorageException;
import io.themis.azure.BlobDeletions;
import io.themis.azure.BlobUploads;
import io.themis.export.PartDamagedException;
import io.themis.export.PartStore;
import io.themis.request.DataSubjectRequest;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Parts of packages to be, in Blob storage, each under its request's id. */
@Component
public class Staging implements PartStore, PartSink {

    private static final DataSize LONGEST = DataSize.ofGigabytes(1);

    private final BlobContainerClient container;
    private final long fullAt;

    /** @param volumeSize of a zip, which a few parts must fit into as JSON Lines and as CSV */
    Staging(
            @Qualifier("stagingContainer") BlobContainerClient container,
            @Value("${themis.delivery.part-size}") DataSize volumeSize) {
        this.container = container;
        fullAt = Math.min(volumeSize.toBytes() / 8, LONGEST.toBytes());
    }

    /**
     * The same for every attempt, so that a repeated search replaces its part; another after a request has begun again, as
     * a search of before may still be writing.
     *
     * @param part unique in the dataset
     */
    static String name(DataSubjectRequest request, String dataset, String part) {
        return "%s/%d/%s/%s.jsonl".formatted(request.id(), request.run(), dataset, part);
    }

    /** @param number of the part, from 2, where the rows of one place are in several */
    static String name(String first, int number) {
        return first.replaceFirst("\\.jsonl$", "-" + number + ".jsonl");
    }

    /** @param part with the record of the file */
    static String fileName(String part) {
        return part.replaceFirst("\\.jsonl$", ".file");
    }

    @Override
    public long fullAt() {
        return fullAt;
    }

    @Override
    public OutputStream create(String name) {
        return BlobUploads.open(
                container.getBlobClient(name).getBlockBlobClient(),
                name.endsWith(".jsonl") ? "application/x-ndjson" : "application/octet-stream");
    }

    /** @throws PartDamagedException if the part is gone */
    @Override
    public InputStream open(String name) {
        try {
            return container.getBlobClient(name).openInputStream();
        } catch (BlobStorageException e) {
            if (e.getStatusCode() == HttpStatus.NOT_FOUND.value()) {
                throw new PartDamagedException(name, "it is gone");
            }
            throw e;
        }
    }

    /** Deletes what was staged for a request, also parts of attempts that failed. */
    public void clear(UUID requestId) {
        BlobDeletions.deleteAll(container, requestId + "/", name -> true);
    }
}
