package io.themis.index;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A store that counts what is read, and can be made to fail. */
class MemoryStore implements IndexStore {

    private final Map<String, byte[]> blobs = new ConcurrentSkipListMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicLong bytesRead = new AtomicLong();
    private volatile boolean isAway;

    @Override
    public void put(String name, Content content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        content.writeTo(out);
        check();
        blobs.put(name, out.toByteArray());
    }

    @Override
    public CompletableFuture<byte[]> read(String name, long from, int length) {
        reads.incrementAndGet();
        bytesRead.addAndGet(length);
        byte[] blob = blobs.get(name);
        if (isAway) {
            return CompletableFuture.failedFuture(new IOException("away"));
        }
        if (blob == null) {
            return CompletableFuture.failedFuture(new NoSuchFileException(name));
        }
        if (from >= blob.length) {
            // As Blob storage does, with HTTP 416
            return CompletableFuture.failedFuture(new IOException("there is nothing behind the end"));
        }
        return CompletableFuture.completedFuture(
                Arrays.copyOfRange(blob, (int) from, (int) Math.min(from + length, blob.length)));
    }

    @Override
    public List<Stored> list(String prefix) throws IOException {
        check();
        return blobs.entrySet().stream()
                .filter(blob -> blob.getKey().startsWith(prefix))
                .map(blob -> new Stored(blob.getKey(), blob.getValue().length))
                .toList();
    }

    @Override
    public void delete(String name) throws IOException {
        check();
        blobs.remove(name);
    }

    private void check() throws IOException {
        if (isAway) {
            throw new IOException("away");
        }
    }

    void away(boolean away) {
        isAway = away;
    }

    /** By name. */
    Map<String, byte[]> blobs() {
        return blobs;
    }

    Collection<byte[]> contents() {
        return blobs.values();
    }

    long size() {
        return blobs.values().stream().mapToLong(blob -> blob.length).sum();
    }

    /** Since it was asked last. */
    int reads() {
        return reads.getAndSet(0);
    }

    /** Since it was asked last. */
    long bytesRead() {
        return bytesRead.getAndSet(0);
    }
}
