package io.themis.azure;

import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.ParallelTransferOptions;
import com.azure.storage.blob.options.BlockBlobOutputStreamOptions;
import com.azure.storage.blob.specialized.BlobOutputStream;
import com.azure.storage.blob.specialized.BlockBlobClient;

/** Streaming uploads of blobs whose length is not known beforehand. */
public final class BlobUploads {

    /** A blob has at most 50,000 blocks: these take it to 390 GiB. */
    private static final long BLOCK = 8L << 20;

    /**
     * Two in flight keep the sender busy while one fills, in constant memory. Only what fits one block is sent in one go:
     * to find that out the client holds the beginning of every blob in memory, 256 MiB unless it is told.
     */
    private static final ParallelTransferOptions BLOCKS = new ParallelTransferOptions()
            .setBlockSizeLong(BLOCK)
            .setMaxSingleUploadSizeLong(BLOCK)
            .setMaxConcurrency(2);

    private BlobUploads() {}

    /**
     * Nobody sees the blob before the stream is closed; then it replaces an older one of this name. After a failure,
     * do not close the stream: what was sent is never committed, and the store drops it.
     */
    public static BlobOutputStream open(BlockBlobClient blob, String contentType) {
        return blob.getBlobOutputStream(new BlockBlobOutputStreamOptions()
                .setParallelTransferOptions(BLOCKS)
                .setHeaders(new BlobHttpHeaders().setContentType(contentType)));
    }
}
