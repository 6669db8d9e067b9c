package io.themis.erasure;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.AccessTier;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.BlobType;
import com.azure.storage.blob.models.ParallelTransferOptions;
import com.azure.storage.blob.options.BlobInputStreamOptions;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobOutputStreamOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockFromUrlOptions;
import com.azure.storage.blob.specialized.BlobOutputStream;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.themis.azure.CountedOutput;
import io.themis.erasure.FileNotReplacedException.Reason;
import io.themis.lake.Edit;
import io.themis.lake.FileEdits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.http.HttpStatus;

/**
 * A file of the lake in one version, which can be read, and replaced as long as it still is that version.
 *
 * <p>A new version is sent in blocks that nobody sees, and then takes the place of the old one under its entity tag, with its
 * headers, metadata, tags and tier: whoever reads gets the one or the other, and a crash leaves the old one. The store drops blocks
 * that were never used after a week. A checksum in the headers would be that of the old content, so it is left out.
 *
 * <p>On an account with a hierarchical namespace the file stays the same path, and so keeps its access control. That was read in the
 * documentation and not tried.
 */
final class StoredFile {

    private static final ParallelTransferOptions BLOCKS = new ParallelTransferOptions()
            .setBlockSizeLong(Block.WRITTEN)
            .setMaxSingleUploadSizeLong(Block.WRITTEN)
            .setMaxConcurrency(2);

    private final BlobClient blob;
    private final CopySource source;
    private final BlobProperties properties;
    private final Map<String, String> tags;
    private final BlobRequestConditions unchanged;

    /** Bytes that were moved to replace a file. */
    record Replaced(String etag, long read, long written, long copiedByStore) {}

    /** Writes the whole new content. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream target) throws IOException;
    }

    private StoredFile(BlobClient blob, CopySource source, BlobProperties properties, Map<String, String> tags) {
        this.blob = blob;
        this.source = source;
        this.properties = properties;
        this.tags = tags;
        unchanged = new BlobRequestConditions().setIfMatch(properties.getETag());
    }

    /**
     * The file as it is now.
     *
     * @param source how the store may read it to copy ranges of it
     * @throws FileNotReplacedException if the file is gone, or is of a kind that can't be replaced
     */
    static StoredFile open(BlobClient blob, CopySource source) throws FileNotReplacedException {
        try {
            BlobProperties properties = blob.getProperties();
            if (properties.getBlobType() != BlobType.BLOCK_BLOB) {
                throw new FileNotReplacedException(
                        Reason.REFUSED, properties.getBlobType().toString());
            }
            // An account with a hierarchical namespace has no tags and refuses the question
            boolean hasTags = properties.getTagCount() != null && properties.getTagCount() > 0;
            return new StoredFile(blob, source, properties, hasTags ? blob.getTags() : Map.of());
        } catch (BlobStorageException e) {
            throw failure(e);
        }
    }

    String etag() {
        return properties.getETag();
    }

    long length() {
        return properties.getBlobSize();
    }

    /**
     * The content of this version.
     *
     * @throws FileNotReplacedException if there is another by now; where that comes later, reading fails
     */
    InputStream read() throws FileNotReplacedException {
        try {
            return blob.openInputStream(new BlobInputStreamOptions().setRequestConditions(unchanged));
        } catch (BlobStorageException e) {
            throw failure(e);
        }
    }

    /**
     * Replaces the file by itself with edits. What stays is copied by the store, if it can.
     *
     * @throws FileNotReplacedException if the file is as it was
     * @throws IOException if the store failed; the file is as it was, unless the very last answer was lost
     */
    Replaced replace(FileEdits edits) throws FileNotReplacedException, IOException {
        UUID attempt = UUID.randomUUID();
        BlockBlobClient blocks = blob.getBlockBlobClient();
        List<String> ids = new ArrayList<>();
        long read = 0;
        long written = 0;
        long copied = 0;
        boolean canCopy = true;
        try {
            for (Block block : Block.of(edits)) {
                String copy = id(attempt, ids.size());
                if (block.isCopied() && canCopy && copy(blocks, block, copy)) {
                    ids.add(copy);
                    copied += block.to() - block.from();
                } else {
                    canCopy &= !block.isCopied();
                    for (Block part : parts(block)) {
                        byte[] content = edited(part);
                        read += part.to() - part.from();
                        if (content.length > 0) {
                            String id = id(attempt, ids.size());
                            blocks.stageBlock(id, new ByteArrayInputStream(content), content.length);
                            ids.add(id);
                            written += content.length;
                        }
                    }
                }
            }
            String etag = blocks.commitBlockListWithResponse(
                            new BlockBlobCommitBlockListOptions(ids)
                                    .setHeaders(headers())
                                    .setMetadata(properties.getMetadata())
                                    .setTags(tags.isEmpty() ? null : tags)
                                    .setTier(tier())
                                    .setRequestConditions(unchanged),
                            null,
                            Context.NONE)
                    .getValue()
                    .getETag();
            return new Replaced(etag, read, written, copied);
        } catch (BlobStorageException e) {
            throw failure(e);
        }
    }

    /** A part that the store was to copy, and can't, does not fit into memory. */
    private static List<Block> parts(Block block) {
        if (!block.isCopied()) {
            return List.of(block);
        }
        List<Block> parts = new ArrayList<>();
        for (long at = block.from(); at < block.to(); at += Block.WRITTEN) {
            parts.add(new Block(at, Math.min(block.to(), at + Block.WRITTEN), List.of(), false));
        }
        return parts;
    }

    private boolean copy(BlockBlobClient blocks, Block block, String id) {
        try {
            blocks.stageBlockFromUrlWithResponse(
                    new BlockBlobStageBlockFromUrlOptions(id, source.url(blob))
                            .setSourceRange(new BlobRange(block.from(), block.to() - block.from()))
                            .setSourceAuthorization(source.authorization())
                            .setSourceRequestConditions(new BlobRequestConditions().setIfMatch(etag())),
                    null,
                    Context.NONE);
            return true;
        } catch (BlobStorageException e) {
            if (e.getStatusCode() == HttpStatus.NOT_IMPLEMENTED.value()) {
                return false;
            }
            throw e;
        }
    }

    private byte[] edited(Block block) throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        blob.downloadStreamWithResponse(
                stored,
                new BlobRange(block.from(), block.to() - block.from()),
                null,
                unchanged,
                false,
                null,
                Context.NONE);
        byte[] old = stored.toByteArray();
        if (old.length != block.to() - block.from()) {
            throw new IOException("read %d of %d bytes".formatted(old.length, block.to() - block.from()));
        }
        ByteArrayOutputStream edited = new ByteArrayOutputStream(old.length);
        long at = block.from();
        for (Edit edit : block.edits()) {
            edited.write(old, Math.toIntExact(at - block.from()), Math.toIntExact(edit.from() - at));
            edited.writeBytes(edit.instead());
            at = edit.to();
        }
        edited.write(old, Math.toIntExact(at - block.from()), Math.toIntExact(block.to() - at));
        return edited.toByteArray();
    }

    /** All ids of a blob must be equally long. Another attempt, or writer, at the same time must not have the same. */
    private static String id(UUID attempt, int number) {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
                        .putLong(attempt.getMostSignificantBits())
                        .putLong(attempt.getLeastSignificantBits())
                        .putInt(number)
                        .array());
    }

    /**
     * Replaces the file by wholly new content.
     *
     * @throws FileNotReplacedException if the file is as it was
     * @throws IOException from the content or the store; the file is as it was, unless the very last answer was lost
     */
    Replaced replace(Content content) throws FileNotReplacedException, IOException {
        BlobOutputStream upload = blob.getBlockBlobClient()
                .getBlobOutputStream(new BlockBlobOutputStreamOptions()
                        .setParallelTransferOptions(BLOCKS)
                        .setHeaders(headers())
                        .setMetadata(properties.getMetadata())
                        .setTags(tags.isEmpty() ? null : tags)
                        .setTier(tier())
                        .setRequestConditions(unchanged));
        LongAdder written = new LongAdder();
        OutputStream counted = new CountedOutput(upload, written::add);
        try {
            content.writeTo(counted);
            // Only now: an upload that is closed counts as whole
            upload.close();
        } catch (BlobStorageException e) {
            throw failure(e);
        } catch (IOException e) {
            // The stream wraps what the store refuses with
            if (e.getCause() instanceof BlobStorageException refused) {
                throw failure(refused);
            }
            throw e;
        }
        return new Replaced(blob.getProperties().getETag(), length(), written.sum(), 0);
    }

    private BlobHttpHeaders headers() {
        return new BlobHttpHeaders()
                .setContentType(properties.getContentType())
                .setContentEncoding(properties.getContentEncoding())
                .setContentLanguage(properties.getContentLanguage())
                .setContentDisposition(properties.getContentDisposition())
                .setCacheControl(properties.getCacheControl());
    }

    /** One that follows from the account's is left to follow. */
    private AccessTier tier() {
        return Boolean.TRUE.equals(properties.isAccessTierInferred()) ? null : properties.getAccessTier();
    }

    /** Deletes the file, if it still is this version. */
    void delete() throws FileNotReplacedException {
        try {
            blob.deleteWithResponse(null, unchanged, null, Context.NONE);
        } catch (BlobStorageException e) {
            throw failure(e);
        }
    }

    /**
     * What it means that reading has failed.
     *
     * @return the same, if it is no refusal of the store
     * @throws FileNotReplacedException if there is another version by now, or none
     */
    IOException orRefusal(IOException e) throws FileNotReplacedException {
        // The stream wraps what the store refuses with
        if (e.getCause() instanceof BlobStorageException refused) {
            throw failure(refused);
        }
        return e;
    }

    /**
     * What a refusal of the store means.
     *
     * @throws BlobStorageException the same, if it is no refusal and trying again may help
     */
    private static FileNotReplacedException failure(BlobStorageException e) {
        BlobErrorCode code = e.getErrorCode();
        String name = code == null ? "HTTP status " + e.getStatusCode() : code.toString();
        if (BlobErrorCode.LEASE_ID_MISSING.equals(code)) {
            return new FileNotReplacedException(Reason.LEASED, name);
        }
        // Another commit drops the blocks that have not been used yet, and another writer's ids can be longer
        if (BlobErrorCode.INVALID_BLOCK_LIST.equals(code) || BlobErrorCode.INVALID_BLOB_OR_BLOCK.equals(code)) {
            return new FileNotReplacedException(Reason.CHANGED, name);
        }
        return switch (e.getStatusCode()) {
            case 404 -> new FileNotReplacedException(Reason.GONE, name);
            case 412 -> new FileNotReplacedException(Reason.CHANGED, name);
            case 403, 409 -> new FileNotReplacedException(Reason.REFUSED, name);
            case 413, 507 -> new FileNotReplacedException(Reason.NO_ROOM, name);
            default -> throw e;
        };
    }
}
