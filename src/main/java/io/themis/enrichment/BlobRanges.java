package io.themis.enrichment;

import com.azure.core.util.FluxUtil;
import com.azure.storage.blob.BlobAsyncClient;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import io.themis.index.FileVersion;
import io.themis.lake.FileRanges;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;

/** A blob as it was when it was opened: after another write, reads fail with 412. */
public final class BlobRanges implements FileRanges {

    private final BlobAsyncClient blob;
    private final long length;
    private final BlobRequestConditions unchanged;

    private BlobRanges(BlobAsyncClient blob, String etag, long length) {
        this.blob = blob;
        this.length = length;
        unchanged = new BlobRequestConditions().setIfMatch(etag);
    }

    /** A blob in a version that is known already. */
    static BlobRanges of(BlobAsyncClient blob, FileVersion version) {
        return of(blob, version.etag(), version.length());
    }

    public static BlobRanges of(BlobAsyncClient blob, String etag, long length) {
        return new BlobRanges(blob, etag, length);
    }

    /** @throws com.azure.storage.blob.models.BlobStorageException if the store refuses */
    static BlobRanges open(BlobAsyncClient blob) {
        BlobProperties properties = blob.getProperties().block();
        return new BlobRanges(blob, properties.getETag(), properties.getBlobSize());
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public CompletableFuture<byte[]> read(long from, int count) {
        return blob.downloadStreamWithResponse(new BlobRange(from, (long) count), null, unchanged, false)
                .flatMap(response -> FluxUtil.collectBytesInByteBufferStream(response.getValue(), count))
                .flatMap(bytes -> bytes.length == count
                        ? Mono.just(bytes)
                        : Mono.error(new IOException("read %d of %d bytes".formatted(bytes.length, count))))
                .toFuture();
    }
}
