package io.themis.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Replicas that scan, merge and look up the same files at the same time. */
class MergeRaceTest {

    private static final String DEFINITION = "posts";
    private static final int ROUNDS = 40;

    @Test
    void replicasMergeTheSameRunsAndNothingIsLost() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                race(threads, round);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void race(ExecutorService threads, int seed) throws Exception {
        Random random = new Random(seed);
        List<Long> keys = random.longs(20).boxed().toList();
        List<Table> tables = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            tables.add(Table.random(random, i + ".csv", i, keys));
        }
        List<FileVersion> files = tables.stream().map(Table::file).toList();
        MemoryStore store = new MemoryStore();
        List<Callable<Void>> replicas = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            replicas.add(() -> {
                LakeIndex index = new LakeIndex(store);
                for (Table table : tables) {
                    SegmentBuilder builder = new SegmentBuilder(index, DEFINITION, table.file(), table.isRanged(), 30);
                    table.scan(builder, table.rows().size());
                    builder.finish();
                    index.merge(DEFINITION, files);
                }
                return null;
            });
        }
        replicas.add(() -> {
            LakeIndex index = new LakeIndex(store);
            for (int i = 0; i < 50; i++) {
                check(index, tables, Set.of(keys.get(i % keys.size())), false);
            }
            return null;
        });
        for (Future<Void> done : threads.invokeAll(replicas)) {
            done.get();
        }
        LakeIndex index = new LakeIndex(store);
        for (long key : keys) {
            check(index, tables, Set.of(key), true);
        }
        index.merge(DEFINITION, files);
        assertThat(store.blobs()).hasSizeLessThan(5);
        check(index, tables, Set.of(keys.get(0)), true);
    }

    private static void check(LakeIndex index, List<Table> tables, Set<Long> asked, boolean isKnown) throws Exception {
        Map<String, FileAnswer> answers =
                index.find(DEFINITION, tables.stream().map(Table::file).toList(), asked);
        for (Table table : tables) {
            FileAnswer answer = answers.get(table.file().name());
            if (isKnown || !(answer instanceof FileAnswer.Unknown)) {
                table.check(answer, asked);
            }
        }
    }
}
