package io.themis.enrichment;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.azure.BlobUploads;
import io.themis.export.PartStore;
import io.themis.request.Part;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Parts of packages to be, in Blob storage, each under its request's id. */
@Component
public class Staging implements PartStore, PartSink {

    private final BlobContainerClient container;

    Staging(@Qualifier("stagingContainer") BlobContainerClient container) {
        this.container = container;
    }

    @Override
    public OutputStream create(String name) {
        return BlobUploads.open(container.getBlobClient(name).getBlockBlobClient(), "application/x-ndjson");
    }

    @Override
    public InputStream open(Part part) {
        return container.getBlobClient(part.name()).openInputStream();
    }

    /** Deletes what was staged for a request, also parts of attempts that failed. */
    public void clear(UUID requestId) {
        container
                .listBlobs(new ListBlobsOptions().setPrefix(requestId + "/"), null)
                .forEach(blob -> container.getBlobClient(blob.getName()).deleteIfExists());
    }
}
