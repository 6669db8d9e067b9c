package io.themis.erasure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.util.Context;
import com.azure.core.util.DateTimeRfc1123;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.AccessTier;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.BlobType;
import com.azure.storage.blob.models.BlockBlobItem;
import com.azure.storage.blob.models.DeleteSnapshotsOptionType;
import com.azure.storage.blob.options.BlobUploadFromUrlOptions;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import io.themis.erasure.FileNotReplacedException.Reason;
import io.themis.erasure.NewBlocks.Committed;
import io.themis.lake.Edit;
import io.themis.lake.FileEdits;
import io.themis.lake.NewContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A file of the lake in one version, which can be read, and replaced as long as it still is that version.
 *
 * <p>A new version is sent in blocks that nobody sees, and then takes the place of the old one under its entity tag, with its headers,
 * metadata, tags, tier and encryption scope: whoever reads gets the one or the other, and a crash leaves the old one. A checksum in the
 * headers would be that of the old content, so it is left out; so is a lock or hold, which the store puts on versions by its own rules.
 *
 * <p>An account with a hierarchical namespace does not take blocks for a file that its other endpoint has written (Spark and Data Factory
 * do). Then the new version is written to a blob beside it, which the store copies over the file in one step; it does that for 5,000 MiB
 * at most. The file stays the same path. Whether it keeps its access control then was neither found in the documentation, which says that
 * writing over a file by either endpoint does not affect its properties, nor tried.
 */
final class StoredFile {

    /** Put Block and Put Block List, for a file that was written by the endpoint of hierarchical accounts. */
    static final BlobErrorCode WRITTEN_BY_OTHER_ENDPOINT = BlobErrorCode.fromString("BlobOperationNotSupported");

    /** What Put Blob From URL takes. */
    private static final long MOST_COPIED_OVER = 5_000L << 20;

    private static final String BESIDE = ".themis-erasure/";

    private final BlobClient blob;
    private final CopySource source;
    private final BlobProperties properties;
    private final Map<String, String> tags;
    private final BlobRequestConditions unchanged;

    /**
     * What the file is now, and the bytes that were moved for it, apart from those that were read to find the edits.
     *
     * @param at when the store says that it was written, in whole seconds
     */
    record Replaced(String etag, Instant at, long read, long written, long copiedByStore) {}

    /** Writes the whole new content. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream target) throws IOException;
    }

    /** Puts new content in the place of the file, if that still is this version. */
    @FunctionalInterface
    interface Swap {
        Replaced swap() throws FileNotReplacedException, IOException;
    }

    /** Sends the whole new content, and says how many bytes of the old one were read for it. */
    @FunctionalInterface
    private interface Sending {
        long sendTo(NewBlocks blocks) throws FileNotReplacedException, IOException;
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

    /** When the store says that it was written, in whole seconds. */
    Instant writtenAt() {
        return properties.getLastModified().toInstant();
    }

    long length() {
        return properties.getBlobSize();
    }

    /**
     * New content that is sent while it is still being found out whether it is wanted: while the old content is read. What stays is copied
     * by the store, if it can; what is too little for that is kept from the reading until that is known. Nobody sees anything before
     * {@link #replace}. A store that refuses it is asked again by that.
     */
    final class Draft extends OutputStream implements NewContent {

        private final NewBlocks blocks = new NewBlocks(blob, properties.getEncryptionScope());
        private final NewBlocks.Output output = blocks.new Output();
        private final boolean isCopying = source.canCopy();
        private final long leastCopied = Block.leastCopied(length());
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private long keptFrom;
        private long keptTo;
        private boolean isRefused;

        @FunctionalInterface
        private interface Part {
            void send() throws FileNotReplacedException, IOException;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] chunk, int from, int length) throws IOException {
            attempt(() -> output.write(chunk, from, length));
        }

        @Override
        public void kept(long offset, byte[] bytes, int from, int length) throws IOException {
            if (!isCopying) {
                write(bytes, from, length);
                return;
            }
            if (keptFrom == keptTo) {
                keptFrom = offset;
            }
            keptTo = offset + length;
            if (isEnoughToCopy()) {
                kept.reset();
            } else {
                kept.write(bytes, from, length);
            }
        }

        private boolean isEnoughToCopy() {
            return keptTo - keptFrom >= leastCopied;
        }

        @Override
        public void instead(byte[] bytes) throws IOException {
            endKept();
            write(bytes, 0, bytes.length);
        }

        private void endKept() throws IOException {
            attempt(() -> {
                if (isEnoughToCopy()) {
                    output.end();
                    for (Block copy : Block.copies(keptFrom, keptTo)) {
                        blocks.copy(source, blob, etag(), new BlobRange(copy.from(), copy.to() - copy.from()));
                    }
                } else {
                    kept.writeTo(output);
                }
            });
            kept.reset();
            keptFrom = keptTo;
        }

        private void attempt(Part part) throws IOException {
            if (!isRefused) {
                try {
                    part.send();
                } catch (BlobStorageException | FileNotReplacedException e) {
                    isRefused = true;
                }
            }
        }

        /**
         * Puts it in the file's place.
         *
         * @param otherwise is done if the store does not take it so
         */
        Replaced replace(Swap otherwise) throws FileNotReplacedException, IOException {
            endKept();
            attempt(() -> {
                output.end();
                blocks.endCopies();
            });
            if (!isRefused) {
                try {
                    return commit(blocks, 0);
                } catch (BlobStorageException e) {
                    if (!WRITTEN_BY_OTHER_ENDPOINT.equals(e.getErrorCode())) {
                        throw failure(e);
                    }
                }
            }
            return otherwise.swap();
        }
    }

    /**
     * Replaces the file by itself with edits. What stays is copied by the store, if it can.
     *
     * @throws FileNotReplacedException if the file is as it was
     * @throws IOException if the store failed; the file is as it was, unless the very last answer was lost
     */
    Replaced replace(FileEdits edits) throws FileNotReplacedException, IOException {
        List<Block> blocks = Block.of(edits);
        if (blocks.size() > NewBlocks.MOST) {
            throw new FileNotReplacedException(Reason.REFUSED, BlobErrorCode.BLOCK_LIST_TOO_LONG.toString());
        }
        return swap(target -> send(blocks, target));
    }

    private long send(List<Block> blocks, NewBlocks target) throws FileNotReplacedException, IOException {
        if (source.canCopy() && blocks.stream().anyMatch(Block::isCopied)) {
            try {
                long read = send(blocks, target, true);
                target.endCopies();
                return read;
            } catch (BlobStorageException e) {
                if (!NewBlocks.isForCopiesOnly(e)) {
                    throw e;
                }
                if (e.getStatusCode() != 404 && e.getStatusCode() != 409) {
                    // Not because of this one file
                    source.refused();
                }
                target.clear();
            }
        }
        return send(blocks, target, false);
    }

    private long send(List<Block> blocks, NewBlocks target, boolean canCopy)
            throws FileNotReplacedException, IOException {
        long read = 0;
        for (Block block : blocks) {
            if (block.isCopied() && canCopy) {
                target.copy(source, blob, etag(), new BlobRange(block.from(), block.to() - block.from()));
            } else {
                for (Block part : block.inMemory()) {
                    target.write(edited(part));
                    read += part.isKept() ? part.to() - part.from() : 0;
                }
            }
        }
        return read;
    }

    private byte[] edited(Block block) throws IOException {
        byte[] old = block.isKept() ? stored(block) : new byte[Math.toIntExact(block.to() - block.from())];
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

    private byte[] stored(Block block) throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        blob.downloadStreamWithResponse(
                stored,
                new BlobRange(block.from(), block.to() - block.from()),
                null,
                unchanged,
                false,
                null,
                Context.NONE);
        if (stored.size() != block.to() - block.from()) {
            throw new IOException("read %d of %d bytes".formatted(stored.size(), block.to() - block.from()));
        }
        return stored.toByteArray();
    }

    /**
     * Replaces the file by wholly new content.
     *
     * @param content may be asked twice
     * @throws FileNotReplacedException if the file is as it was
     * @throws IOException from the content or the store; the file is as it was, unless the very last answer was lost
     */
    Replaced replace(Content content) throws FileNotReplacedException, IOException {
        return swap(target -> {
            NewBlocks.Output output = target.new Output();
            content.writeTo(output);
            output.end();
            return length();
        });
    }

    private Replaced swap(Sending sending) throws FileNotReplacedException, IOException {
        try {
            try {
                NewBlocks blocks = new NewBlocks(blob, properties.getEncryptionScope());
                long read = sending.sendTo(blocks);
                return commit(blocks, read);
            } catch (BlobStorageException e) {
                if (!WRITTEN_BY_OTHER_ENDPOINT.equals(e.getErrorCode())) {
                    throw e;
                }
                return swapFromBeside(sending);
            }
        } catch (BlobStorageException e) {
            throw failure(e);
        } catch (IOException e) {
            // What writes the content may wrap what the store refuses with
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof FileNotReplacedException refused) {
                    throw refused;
                }
                if (cause instanceof BlobStorageException refused) {
                    throw failure(refused);
                }
            }
            throw e;
        }
    }

    private Replaced commit(NewBlocks blocks, long read) throws IOException {
        Committed now = blocks.commit(options -> withProperties(options).setRequestConditions(unchanged));
        return new Replaced(now.etag(), now.at(), read, blocks.written(), blocks.copied());
    }

    /** There is one name beside each file, so that what a crash leaves there is found again. Two at once refuse each other. */
    private Replaced swapFromBeside(Sending sending) throws FileNotReplacedException, IOException {
        if (length() > MOST_COPIED_OVER) {
            throw new FileNotReplacedException(Reason.REFUSED, WRITTEN_BY_OTHER_ENDPOINT + ", larger than 5,000 MiB");
        }
        BlobClient beside = beside(blob);
        try {
            NewBlocks blocks = new NewBlocks(beside, properties.getEncryptionScope());
            long read = sending.sendTo(blocks);
            Committed copy = blocks.commit(this::withProperties);
            BlockBlobItem now = target().getBlockBlobClient()
                    .uploadFromUrlWithResponse(
                            new BlobUploadFromUrlOptions(source.url(beside))
                                    .setSourceAuthorization(source.authorization())
                                    .setSourceRequestConditions(new BlobRequestConditions().setIfMatch(copy.etag()))
                                    .setHeaders(headers())
                                    .setTier(tier())
                                    .setDestinationRequestConditions(unchanged),
                            null,
                            Context.NONE)
                    .getValue();
            return new Replaced(
                    now.getETag(),
                    now.getLastModified().toInstant(),
                    read,
                    blocks.written(),
                    blocks.copied() + length());
        } finally {
            beside.deleteIfExists();
        }
    }

    /** Where the new version of a file is written to, if it can't be sent to the file itself. Hidden from what reads folders of a lake. */
    static BlobClient beside(BlobClient file) {
        UUID name = UUID.nameUUIDFromBytes(file.getBlobName().getBytes(StandardCharsets.UTF_8));
        return file.getContainerClient().getBlobClient(BESIDE + name + ".tmp");
    }

    private BlobClient target() {
        return properties.getEncryptionScope() == null
                ? blob
                : blob.getEncryptionScopeClient(properties.getEncryptionScope());
    }

    private BlockBlobCommitBlockListOptions withProperties(BlockBlobCommitBlockListOptions options) {
        return options.setHeaders(headers())
                .setMetadata(properties.getMetadata())
                .setTags(tags.isEmpty() ? null : tags)
                .setTier(tier());
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

    /**
     * Deletes the file, if it still is this version, and with it its snapshots, without which the store keeps it, if the policy lets us.
     *
     * @return when it was gone, by the store's clock; also if it was gone already, as it is when the answer to an earlier try was lost
     */
    Instant delete(OldCopies.Policy oldCopies) throws FileNotReplacedException {
        DeleteSnapshotsOptionType snapshots =
                oldCopies == OldCopies.Policy.DELETE ? DeleteSnapshotsOptionType.INCLUDE : null;
        try {
            return date(blob.deleteWithResponse(snapshots, unchanged, null, Context.NONE)
                    .getHeaders());
        } catch (BlobStorageException e) {
            if (BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())) {
                return date(e.getResponse().getHeaders());
            }
            throw failure(e);
        }
    }

    private static Instant date(HttpHeaders headers) {
        return new DateTimeRfc1123(headers.getValue(HttpHeaderName.DATE))
                .getDateTime()
                .toInstant();
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
    static FileNotReplacedException failure(BlobStorageException e) {
        BlobErrorCode code = e.getErrorCode();
        String name = code == null ? "HTTP status " + e.getStatusCode() : code.toString();
        if (BlobErrorCode.LEASE_ID_MISSING.equals(code)) {
            return new FileNotReplacedException(Reason.LEASED, name);
        }
        // Another commit drops the blocks that have not been used yet
        if (BlobErrorCode.INVALID_BLOCK_LIST.equals(code)) {
            return new FileNotReplacedException(Reason.CHANGED, name);
        }
        // There are blocks with ids of another length
        if (BlobErrorCode.INVALID_BLOB_OR_BLOCK.equals(code)) {
            return new FileNotReplacedException(Reason.HALF_WRITTEN, name);
        }
        // What we had written beside the file was written over by another attempt, or deleted by one that has ended
        if (BlobErrorCode.CANNOT_VERIFY_COPY_SOURCE.equals(code) && e.getStatusCode() == 404) {
            return new FileNotReplacedException(Reason.CHANGED, name);
        }
        return switch (e.getStatusCode()) {
            case 404 -> new FileNotReplacedException(Reason.GONE, name);
            case 412 -> new FileNotReplacedException(Reason.CHANGED, name);
            case 403, 409, 413 -> new FileNotReplacedException(Reason.REFUSED, name);
            case 507 -> new FileNotReplacedException(Reason.NO_ROOM, name);
            default -> throw e;
        };
    }
}
