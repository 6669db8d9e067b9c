package io.themis.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever becomes of the bytes of a run: the answers are right, or the files are unknown. */
class DamagedRunTest {

    private static final String DEFINITION = "posts";

    private final List<Long> keys = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final MemoryStore store = new MemoryStore();
    private String name;
    private byte[] run;

    @BeforeEach
    void writeRun() throws IOException {
        Random random = new Random(11);
        for (int i = 0; i < 20; i++) {
            keys.add(random.nextLong());
        }
        for (int i = 0; i < 3; i++) {
            Table table = Table.random(random, i + ".csv", i, keys);
            tables.add(table);
            scan(table);
        }
        new LakeIndex(store).merge(DEFINITION, files());
        name = store.blobs().keySet().iterator().next();
        run = store.blobs().get(name);
        assertThat(check()).isEqualTo(tables.size());
    }

    @Test
    void noChangedByteLosesARow() throws Exception {
        for (int at = 0; at < run.length; at++) {
            for (int bit = 0; bit < 8; bit += 3) {
                byte[] changed = run.clone();
                changed[at] ^= (byte) (1 << bit);
                store.blobs().put(name, changed);
                check();
            }
        }
    }

    @Test
    void noLengthLosesARow() throws Exception {
        for (int length = 0; length < run.length; length++) {
            store.blobs().put(name, Arrays.copyOf(run, length));
            assertThat(check()).as("files that are known from %d bytes", length).isZero();
            store.blobs().put(name, Arrays.copyOfRange(run, run.length - length, run.length));
            assertThat(check())
                    .as("files that are known from the last %d bytes", length)
                    .isZero();
        }
    }

    @Test
    void aRunThatWasCutWhileItsSummaryIsInMemoryLosesNoRow() throws Exception {
        for (int length = 0; length < run.length; length++) {
            store.blobs().put(name, run);
            LakeIndex index = new LakeIndex(store);
            check(index);
            store.blobs().put(name, Arrays.copyOf(run, length));
            check(index);
            byte[] overwritten = run.clone();
            Arrays.fill(overwritten, length, run.length, (byte) 0);
            store.blobs().put(name, overwritten);
            check(index);
        }
    }

    @Test
    void aRunThatIsNotReadableAnyMoreIsReplaced() throws Exception {
        for (int at : new int[] {0, run.length / 4, run.length / 2, run.length - 20, run.length - 1}) {
            byte[] changed = run.clone();
            changed[at] ^= 4;
            store.blobs().clear();
            store.blobs().put(name, changed);
            for (Table table : tables) {
                scan(table);
            }
            assertThat(check()).isEqualTo(tables.size());
            new LakeIndex(store).merge(DEFINITION, files());
            assertThat(store.blobs()).hasSize(1).doesNotContainKey(name);
            assertThat(check()).isEqualTo(tables.size());
        }
    }

    @Test
    void aDamagedRunIsForgottenAsAWhole() throws Exception {
        byte[] changed = run.clone();
        changed[run.length / 8] ^= 4;
        store.blobs().put(name, changed);
        new LakeIndex(store).forget(Set.of(keys.get(0)));
        assertThat(store.blobs()).isEmpty();
    }

    @Test
    void whatIsNoRunIsLeftAlone() throws Exception {
        store.blobs().put("readme.txt", new byte[10]);
        store.blobs().put("x.run", new byte[10]);
        LakeIndex index = new LakeIndex(store);
        index.forget(Set.of(1L));
        index.keepOnly(Set.of(DEFINITION));
        assertThat(store.blobs()).containsOnlyKeys("readme.txt", "x.run", name);
    }

    private void scan(Table table) throws IOException {
        SegmentBuilder builder =
                new SegmentBuilder(new LakeIndex(store), DEFINITION, table.file(), table.isRanged(), Integer.MAX_VALUE);
        table.scan(builder, table.rows().size());
        builder.finish();
    }

    private int check() throws IOException {
        return check(new LakeIndex(store));
    }

    /** @return how many files are known */
    private int check(LakeIndex index) throws IOException {
        int known = 0;
        for (Set<Long> asked : List.of(Set.of(keys.get(0)), Set.of(keys.get(1), keys.get(2)), Set.of(5L))) {
            Map<String, FileAnswer> answers = index.find(DEFINITION, files(), asked);
            known = 0;
            for (Table table : tables) {
                FileAnswer answer = answers.get(table.file().name());
                if (!(answer instanceof FileAnswer.Unknown)) {
                    table.check(answer, asked);
                    known++;
                }
            }
        }
        return known;
    }

    private List<FileVersion> files() {
        return tables.stream().map(Table::file).toList();
    }
}
