package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.index.IndexStore;
import io.themis.index.SegmentBuilder;
import io.themis.lake.ExactMatch;
import io.themis.lake.KeyHash;
import io.themis.request.SubjectKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

/** An index that can't be used costs time and nothing else, and operators see that it can't. */
class KnownPlacesTest {

    private static final FileVersion FILE = new FileVersion("posts.xml", "1", 100);

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Dataset posts;
    private final KnownPlaces places;

    KnownPlacesTest() throws IOException {
        DataMap map = PostsByOwner.map();
        posts = map.dataset("posts");
        places = new KnownPlaces(map, new StoreThatIsAway(), registry);
    }

    @Test
    void whatTheIndexCanNotDoIsCountedFromZero() {
        assertThat(failures("read")).isZero();
        assertThat(failures("write")).isZero();
        assertThat(failures("tidy")).isZero();
    }

    @Test
    void aFileIsUnknownWhereTheIndexCanNotBeRead() {
        assertThat(places.of(posts, Map.of(FILE, ExactMatch.of(Map.of("Owner", Set.of("42"))))))
                .isEqualTo(Map.of("posts.xml", new FileAnswer.Unknown()));
        assertThat(failures("read")).isOne();
    }

    @Test
    void aScanWhoseIndexCanNotBeStoredIsAScan() {
        places.learnt(posts, places.learn(posts, FILE));

        assertThat(failures("write")).isOne();
    }

    @Test
    void anIndexThatCanNotBeTidiedStaysAsItIs() {
        places.tidy(posts, List.of(FILE));
        places.dropOthers();

        assertThat(failures("tidy")).isEqualTo(2);
    }

    @Test
    void aPersonWhoMustBeForgottenIsNotPassedOver() {
        Keys keys = new Keys(Set.of(new SubjectKey("userId", null, "42")), Map.of());

        assertThatThrownBy(() -> places.forget(keys)).isInstanceOf(IOException.class);
    }

    @Test
    void whoIsForgottenIsInTheIndexNoLongerAndOthersFilesAre() throws IOException {
        FileVersion others = new FileVersion("other.xml", "1", 100);
        KnownPlaces kept = new KnownPlaces(PostsByOwner.map(), new StoreInMemory(), registry);
        learn(kept, FILE, "42");
        learn(kept, others, "43");
        assertThat(answer(kept, FILE, "42")).isInstanceOf(FileAnswer.Anywhere.class);

        kept.forget(new Keys(Set.of(new SubjectKey("userId", "some-site", "42")), Map.of()));

        assertThat(answer(kept, FILE, "42")).isInstanceOf(FileAnswer.Unknown.class);
        assertThat(answer(kept, others, "43")).isInstanceOf(FileAnswer.Anywhere.class);
    }

    private void learn(KnownPlaces kept, FileVersion file, String owner) {
        SegmentBuilder scan = kept.learn(posts, file);
        scan.row(10);
        scan.key(KeyHash.of("Owner", owner));
        kept.learnt(posts, scan);
    }

    private FileAnswer answer(KnownPlaces kept, FileVersion file, String owner) {
        return kept.of(posts, Map.of(file, ExactMatch.of(Map.of("Owner", Set.of(owner)))))
                .get(file.name());
    }

    private double failures(String what) {
        return registry.get("themis.lake.index.failures")
                .tag("what", what)
                .counter()
                .count();
    }

    private static final class StoreInMemory implements IndexStore {

        private final Map<String, byte[]> blobs = new ConcurrentSkipListMap<>();

        @Override
        public void put(String name, Content content) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            content.writeTo(out);
            blobs.put(name, out.toByteArray());
        }

        @Override
        public CompletableFuture<byte[]> read(String name, long from, int length) {
            byte[] blob = blobs.get(name);
            return CompletableFuture.completedFuture(
                    Arrays.copyOfRange(blob, (int) from, (int) Math.min(from + length, blob.length)));
        }

        @Override
        public List<Stored> list(String prefix) {
            return blobs.entrySet().stream()
                    .filter(blob -> blob.getKey().startsWith(prefix))
                    .map(blob -> new Stored(blob.getKey(), blob.getValue().length))
                    .toList();
        }

        @Override
        public void delete(String name) {
            blobs.remove(name);
        }
    }

    private static final class StoreThatIsAway implements IndexStore {

        @Override
        public void put(String name, Content content) throws IOException {
            throw new IOException("away");
        }

        @Override
        public CompletableFuture<byte[]> read(String name, long from, int length) {
            return CompletableFuture.failedFuture(new IOException("away"));
        }

        @Override
        public List<Stored> list(String prefix) throws IOException {
            throw new IOException("away");
        }

        @Override
        public void delete(String name) throws IOException {
            throw new IOException("away");
        }
    }
}
