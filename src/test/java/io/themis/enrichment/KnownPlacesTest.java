package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.index.IndexStore;
import io.themis.lake.ExactMatch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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

    private double failures(String what) {
        return registry.get("themis.lake.index.failures")
                .tag("what", what)
                .counter()
                .count();
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
