package io.themis.erasure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.rest.Response;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.core.util.DateTimeRfc1123;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.BlockBlobItem;
import com.azure.storage.blob.models.BlockList;
import com.azure.storage.blob.models.BlockListType;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobListBlocksOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockFromUrlOptions;
import com.azure.storage.blob.specialized.BlockBlobAsyncClient;
import com.azure.storage.blob.specialized.BlockBlobClient;
import com.azure.storage.blob.specialized.SpecializedBlobClientBuilder;
import io.themis.erasure.FileNotReplacedException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;

/**
 * What one attempt sends of a blob. Nobody sees it before it is committed, and what is never committed the store drops after a week. While
 * one block is on its way, the next may be made.
 */
final class NewBlocks {

    /** Of a blob. */
    static final int MOST = 50_000;

    /** Copies that the store is asked for at the same time: each waits for its answer longer than for the copy. */
    private static final int COPIES = 8;

    private static final HttpHeaderName LENGTH = HttpHeaderName.fromString("x-ms-blob-content-length");

    private final BlockBlobClient blob;
    private final BlockBlobAsyncClient sending;
    private final UUID attempt = UUID.randomUUID();
    private final List<String> ids = new ArrayList<>();
    private final Deque<CompletableFuture<Void>> copies = new ArrayDeque<>();
    private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
    private long written;
    private long copied;

    /** What was committed, and when the store says that it was. */
    record Committed(String etag, Instant at) {}

    /** @param encryptionScope null for the one that follows from the container */
    NewBlocks(BlobClient blob, String encryptionScope) {
        this.blob = new SpecializedBlobClientBuilder()
                .blobClient(blob)
                .encryptionScope(encryptionScope)
                .buildBlockBlobClient();
        sending = new SpecializedBlobClientBuilder()
                .blobClient(blob)
                .encryptionScope(encryptionScope)
                .buildBlockBlobAsyncClient();
    }

    long written() {
        return written;
    }

    long copied() {
        return copied;
    }

    /** @param content not changed by anybody afterwards */
    void write(byte[] content) throws FileNotReplacedException, IOException {
        if (content.length > 0) {
            String id = nextId();
            await(underWay);
            underWay = sending.stageBlock(id, BinaryData.fromBytes(content)).toFuture();
            ids.add(id);
            written += content.length;
        }
    }

    private static void await(CompletableFuture<Void> request) throws IOException {
        try {
            request.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BlobStorageException refused) {
                throw refused;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /**
     * Lets the store copy a range. {@link #endCopies} tells whether it could.
     *
     * @param etag of the version that it is to copy
     */
    void copy(CopySource source, BlobClient from, String etag, BlobRange range)
            throws FileNotReplacedException, IOException {
        String id = nextId();
        if (copies.size() == COPIES) {
            await(copies.remove());
        }
        copies.add(sending.stageBlockFromUrlWithResponse(new BlockBlobStageBlockFromUrlOptions(id, source.url(from))
                        .setSourceRange(range)
                        .setSourceAuthorization(source.authorization())
                        .setSourceRequestConditions(new BlobRequestConditions().setIfMatch(etag)))
                .then()
                .toFuture());
        ids.add(id);
        copied += range.getCount();
    }

    /** Waits for all copies. */
    void endCopies() throws IOException {
        while (!copies.isEmpty()) {
            await(copies.remove());
        }
    }

    /** Gives up what was sent, to begin again. */
    void clear() {
        copies.forEach(copy -> copy.cancel(true));
        copies.clear();
        underWay.cancel(true);
        underWay = CompletableFuture.completedFuture(null);
        ids.clear();
        written = 0;
        copied = 0;
    }

    /**
     * Whether a store that refuses to copy a range may take it from here: some can't copy at all, and some do not let themselves be read
     * by their own URL, such as behind a firewall. If not, reading and writing the range meets the same.
     */
    static boolean isForCopiesOnly(BlobStorageException e) {
        return switch (e.getStatusCode()) {
            case 400, 401, 403, 404, 501 -> true;
            case 409 -> !StoredFile.WRITTEN_BY_OTHER_ENDPOINT.equals(e.getErrorCode());
            default -> false;
        };
    }

    /** Closing it means nothing: what is wrapped around it is closed after a failure too. */
    final class Output extends OutputStream {

        private byte[] block = new byte[(int) Block.WRITTEN];
        private int filled;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] chunk, int from, int length) throws IOException {
            int at = from;
            int left = length;
            while (left > 0) {
                int fits = Math.min(left, block.length - filled);
                System.arraycopy(chunk, at, block, filled, fits);
                filled += fits;
                at += fits;
                left -= fits;
                if (filled == block.length) {
                    send();
                }
            }
        }

        /** Sends what is left. */
        void end() throws IOException {
            send();
        }

        private void send() throws IOException {
            byte[] content = block;
            if (filled == block.length) {
                block = new byte[block.length];
            } else {
                content = Arrays.copyOf(block, filled);
            }
            filled = 0;
            try {
                NewBlocks.this.write(content);
            } catch (FileNotReplacedException e) {
                throw new IOException(e);
            }
        }
    }

    /**
     * Makes the blocks the content of the blob.
     *
     * <p>When the answer is lost, the client asks again, and the blob then is not what the condition says: it is what we have made of it.
     * The ids of its blocks tell, which nobody else has.
     *
     * @param properties sets what the store is to know of the blob, and the condition
     */
    Committed commit(UnaryOperator<BlockBlobCommitBlockListOptions> properties) throws IOException {
        await(underWay);
        endCopies();
        try {
            BlockBlobItem item = blob.commitBlockListWithResponse(
                            properties.apply(new BlockBlobCommitBlockListOptions(ids)), null, Context.NONE)
                    .getValue();
            return new Committed(item.getETag(), item.getLastModified().toInstant());
        } catch (RuntimeException e) {
            Committed committed = committedAlready(e);
            if (committed == null) {
                throw e;
            }
            return committed;
        }
    }

    /** Null if the blob is something else. An empty one has no ids: then it is enough that it is empty. */
    private Committed committedAlready(RuntimeException failure) {
        try {
            Response<BlockList> there = blob.listBlocksWithResponse(
                    new BlockBlobListBlocksOptions(BlockListType.COMMITTED), null, Context.NONE);
            HttpHeaders headers = there.getHeaders();
            boolean isOurs = ids.equals(there.getValue().getCommittedBlocks().stream()
                            .map(com.azure.storage.blob.models.Block::getName)
                            .toList())
                    && (!ids.isEmpty() || "0".equals(headers.getValue(LENGTH)));
            return isOurs
                    ? new Committed(
                            // As the client has it elsewhere
                            headers.getValue(HttpHeaderName.ETAG).replace("\"", ""),
                            new DateTimeRfc1123(headers.getValue(HttpHeaderName.LAST_MODIFIED))
                                    .getDateTime()
                                    .toInstant())
                    : null;
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            return null;
        }
    }

    /** All ids of a blob must be equally long. Another attempt, or writer, at the same time must not have the same. */
    private String nextId() throws FileNotReplacedException {
        if (ids.size() == MOST) {
            throw new FileNotReplacedException(Reason.REFUSED, BlobErrorCode.BLOCK_LIST_TOO_LONG.toString());
        }
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
                        .putLong(attempt.getMostSignificantBits())
                        .putLong(attempt.getLeastSignificantBits())
                        .putInt(ids.size())
                        .array());
    }
}
