package io.themis.erasure;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.common.StorageSharedKeyCredential;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.enrichment.BlobRanges;
import io.themis.erasure.RewritableFile.Rewriting;
import io.themis.erasure.StoredFile.Replaced;
import io.themis.lake.FileEdits;
import io.themis.lake.FileRanges;
import io.themis.lake.LakeFile;
import io.themis.request.SubjectKey;
import java.io.InputStream;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Erases people from files of a store as {@link LakeErasures} does, and copies the same files, one after the other. */
public final class BlobErasure {

    private static final String PSEUDONYM_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private final BlobContainerClient lake;
    private final BlobContainerAsyncClient ranges;
    private final Dataset dataset;
    private final Map<UUID, Keys> people = new LinkedHashMap<>();

    /**
     * Bytes that were moved.
     *
     * @param read by the process from the store
     * @param written by it to the store
     * @param copied by the store
     * @param deleted rows
     */
    public record Moved(long read, long written, long copied, long deleted) {

        public Moved plus(Moved other) {
            return new Moved(
                    read + other.read, written + other.written, copied + other.copied, deleted + other.deleted);
        }
    }

    /**
     * In the container {@code lake}.
     *
     * @param key of the data map, with the people's values of it
     */
    public BlobErasure(
            String endpoint, StorageSharedKeyCredential account, Dataset dataset, String key, Collection<Long> values) {
        BlobServiceClientBuilder clients =
                new BlobServiceClientBuilder().endpoint(endpoint).credential(account);
        lake = clients.buildClient().getBlobContainerClient("lake");
        ranges = clients.buildAsyncClient().getBlobContainerAsyncClient("lake");
        this.dataset = dataset;
        for (Long value : values) {
            people.put(UUID.randomUUID(), new Keys(Set.of(new SubjectKey(key, null, value.toString())), Map.of()));
        }
    }

    /** @param storeCopies whether the store is taken for one that copies ranges */
    public Moved erase(String name, boolean storeCopies) throws Exception {
        CopySource source = new CopySource(null);
        if (!storeCopies) {
            source.refused();
        }
        StoredFile stored = StoredFile.open(lake.getBlobClient(name), source);
        Counted counted = ranges(name, stored);
        Rewriting rewriting = open(name, stored, counted).scan(nobodyYet());
        Replaced replaced = rewriting.swap().swap();
        return new Moved(
                counted.read.get() + replaced.read(),
                replaced.written(),
                replaced.copiedByStore(),
                rewriting.edits().deleted());
    }

    /** Reads the file by the full parser, as before and after it is rewritten. */
    public FileEdits read(String name) throws Exception {
        StoredFile stored = StoredFile.open(lake.getBlobClient(name), new CopySource(null));
        return open(name, stored, ranges(name, stored)).edits(nobodyYet());
    }

    /** Through the process, with the same reader and the same writer. */
    public Moved copy(String from, String to) throws Exception {
        StoredFile stored = StoredFile.open(lake.getBlobClient(from), new CopySource(null));
        NewBlocks blocks = new NewBlocks(lake.getBlobClient(to), null);
        NewBlocks.Output output = blocks.new Output();
        try (InputStream content = ranges(from, stored).stream()) {
            content.transferTo(output);
        }
        output.end();
        blocks.commit(options -> options);
        return new Moved(stored.length(), blocks.written(), 0, 0);
    }

    /** By the store, in the largest ranges that it takes. */
    public Moved copyByStore(String from, String to) throws Exception {
        CopySource source = new CopySource(null);
        BlobClient blob = lake.getBlobClient(from);
        StoredFile stored = StoredFile.open(blob, source);
        NewBlocks blocks = new NewBlocks(lake.getBlobClient(to), null);
        long most = 100L << 20;
        for (long at = 0; at < stored.length(); at += most) {
            BlobRange range = new BlobRange(at, Math.min(most, stored.length() - at));
            blocks.copy(source, blob, stored.etag(), range);
        }
        blocks.commit(options -> options);
        return new Moved(0, 0, blocks.copied(), 0);
    }

    private RewritableFile open(String name, StoredFile stored, FileRanges counted) {
        LakeFile file = dataset.lakePath().file(name).orElseThrow();
        return RewritableFile.of(dataset, file, stored, counted);
    }

    private PeopleInFile nobodyYet() {
        return new PeopleInFile(dataset, people, new Pseudonyms(PSEUDONYM_KEY));
    }

    private Counted ranges(String name, StoredFile stored) {
        return new Counted(
                BlobRanges.of(ranges.getBlobAsyncClient(name), stored.etag(), stored.length()), new AtomicLong());
    }

    private record Counted(FileRanges file, AtomicLong read) implements FileRanges {

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public CompletableFuture<byte[]> read(long from, int length) {
            read.addAndGet(length);
            return file.read(from, length);
        }
    }
}
