package io.themis.enrichment;

import com.azure.core.util.FluxUtil;
import com.azure.storage.blob.BlobAsyncClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.azure.BlobUploads;
import io.themis.index.IndexStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** The index in Blob storage, in a container of its own. */
@Component
public class BlobIndexStore implements IndexStore {

    private static final String ANY = "application/octet-stream";

    private final BlobContainerClient container;
    private final BlobContainerAsyncClient ranges;

    BlobIndexStore(
            @Qualifier("indexContainer") BlobContainerClient container,
            @Qualifier("indexRanges") BlobContainerAsyncClient ranges) {
        this.container = container;
        this.ranges = ranges;
    }

    @Override
    public void put(String name, Content content) throws IOException {
        try {
            OutputStream out = BlobUploads.open(container.getBlobClient(name).getBlockBlobClient(), ANY);
            content.writeTo(out);
            // Only now, as closing it commits it
            out.close();
        } catch (BlobStorageException e) {
            throw failure(e);
        }
    }

    @Override
    public CompletableFuture<byte[]> read(String name, long from, int length) {
        BlobAsyncClient blob = ranges.getBlobAsyncClient(name);
        return blob.downloadStreamWithResponse(new BlobRange(from, (long) length), null, null, false)
                .flatMap(response -> FluxUtil.collectBytesInByteBufferStream(response.getValue(), length))
                .onErrorMap(
                        BlobStorageException.class,
                        e -> BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())
                                ? new NoSuchFileException(name)
                                : failure(e))
                .toFuture();
    }

    @Override
    public List<Stored> list(String prefix) throws IOException {
        try {
            return container.listBlobs(new ListBlobsOptions().setPrefix(prefix), null).stream()
                    .map(blob -> new Stored(blob.getName(), blob.getProperties().getContentLength()))
                    .toList();
        } catch (BlobStorageException e) {
            throw failure(e);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        try {
            container.getBlobClient(name).deleteIfExists();
        } catch (BlobStorageException e) {
            throw failure(e);
        }
    }

    private static IOException failure(BlobStorageException e) {
        return new IOException("the index's store answers with HTTP " + e.getStatusCode(), e);
    }
}
