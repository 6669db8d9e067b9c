package io.themis.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Lakes that change at random, next to a list of all their rows: whatever was scanned, replaced, merged, forgotten or
 * damaged, no row is lost, and what should be known is.
 */
@Tag("fuzz")
class LakeIndexFuzzTest {

    private static final int LAKES = 100 * Integer.getInteger("themis.fuzz.times", 1);
    private static final List<String> DEFINITIONS = List.of("posts", "votes-2");

    @Test
    void whatWasScannedIsKnownUntilTheFileChanges() throws Exception {
        for (int seed = 0; seed < LAKES; seed++) {
            live(seed, false);
        }
    }

    @Test
    void damageCostsTimeAndNeverRows() throws Exception {
        for (int seed = 0; seed < LAKES; seed++) {
            live(-1 - seed, true);
        }
    }

    private static void live(int seed, boolean withDamage) throws IOException {
        Lake lake = new Lake(seed);
        try {
            for (int i = 0; i < 40; i++) {
                switch (lake.random.nextInt(withDamage ? 10 : 9)) {
                    case 0, 1, 2 -> lake.scan();
                    case 3 -> lake.breakOff();
                    case 4 -> lake.replace();
                    case 5 -> lake.remove();
                    case 6 -> lake.merge();
                    case 7 -> lake.forget();
                    case 8 -> lake.restart();
                    default -> lake.damage();
                }
                lake.check();
            }
            lake.merge();
            lake.check();
            lake.checkThatRunsAreFew();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("lake " + seed, e);
        }
    }

    /** A lake, its index, and what that index should know. */
    private static final class Lake {

        private final Random random;
        private final MemoryStore store = new MemoryStore();
        private final List<Long> keys = new ArrayList<>();
        private final Map<String, Table> tables = new TreeMap<>();

        /** Of each definition, tables that were scanned to their end. */
        private final Map<String, Set<Table>> scanned = new HashMap<>();

        /** And tables of which a scan, or several, may have seen all rows although none was finished. */
        private final Map<String, Set<Table>> begun = new HashMap<>();

        private LakeIndex index = new LakeIndex(store);
        private int versions;
        private boolean isDamaged;

        private Lake(int seed) {
            random = new Random(seed);
            for (int i = 0; i < 30; i++) {
                keys.add(random.nextLong());
            }
            DEFINITIONS.forEach(definition -> scanned.put(definition, new HashSet<>()));
            DEFINITIONS.forEach(definition -> begun.put(definition, new HashSet<>()));
            for (int i = 0; i <= random.nextInt(6); i++) {
                replace();
            }
        }

        private void replace() {
            String name = "a/" + random.nextInt(8) + ".csv";
            tables.put(name, Table.random(random, name, versions++, keys));
        }

        private void remove() {
            tables.remove("a/" + random.nextInt(8) + ".csv");
        }

        private void scan() throws IOException {
            for (Table table : tables.values()) {
                String definition = definition();
                if (random.nextInt(3) == 0) {
                    SegmentBuilder builder = builder(definition, table);
                    table.scan(builder, table.rows().size());
                    builder.finish();
                    scanned.get(definition).add(table);
                }
            }
        }

        private void breakOff() {
            for (Table table : tables.values()) {
                if (random.nextInt(3) == 0) {
                    table.scan(
                            builder(definition(), table),
                            random.nextInt(table.rows().size() + 1));
                }
            }
        }

        private SegmentBuilder builder(String definition, Table table) {
            begun.get(definition).add(table);
            return switch (random.nextInt(3)) {
                case 0 -> new SegmentBuilder(index, definition, table.file(), table.isRanged(), 1 + random.nextInt(20));
                default ->
                    table.isRanged()
                            ? index.build(definition, table.file())
                            : index.buildUnranged(definition, table.file());
            };
        }

        private void merge() throws IOException {
            for (String definition : DEFINITIONS) {
                index.merge(definition, files());
            }
        }

        private void forget() throws IOException {
            Set<Long> person = Set.of(keys.get(random.nextInt(keys.size())));
            index.forget(person);
            for (Set<Table> tables : scanned.values()) {
                tables.removeIf(table -> table.rows().stream()
                        .anyMatch(row -> row.keys().stream().anyMatch(person::contains)));
            }
        }

        private void restart() {
            index = new LakeIndex(store);
        }

        private void damage() {
            isDamaged = true;
            store.blobs().replaceAll((name, blob) -> {
                return random.nextInt(3) == 0 ? damaged(blob.clone()) : blob;
            });
            if (random.nextBoolean() && !store.blobs().isEmpty()) {
                store.blobs().remove(store.blobs().keySet().iterator().next());
            }
            if (random.nextInt(4) == 0) {
                List<byte[]> contents = List.copyOf(store.contents());
                store.blobs().replaceAll((name, blob) -> contents.get(random.nextInt(contents.size())));
            }
        }

        private byte[] damaged(byte[] blob) {
            if (blob.length == 0) {
                return new byte[20];
            }
            int at = random.nextInt(blob.length + 1);
            switch (random.nextInt(4)) {
                case 0 -> blob[Math.max(at - 1, 0)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> random.nextBytes(blob);
                case 2 -> Arrays.fill(blob, at, blob.length, (byte) 0);
                default -> {
                    return Arrays.copyOf(blob, at);
                }
            }
            return blob;
        }

        private void check() throws IOException {
            for (String definition : DEFINITIONS) {
                Set<Long> asked = new HashSet<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    asked.add(random.nextInt(5) == 0 ? random.nextLong() : keys.get(random.nextInt(keys.size())));
                }
                Map<String, FileAnswer> answers = index.find(definition, files(), asked);
                assertThat(answers.keySet()).isEqualTo(tables.keySet());
                answers.forEach((name, answer) -> check(definition, tables.get(name), answer, asked));
            }
        }

        private void check(String definition, Table table, FileAnswer answer, Set<Long> asked) {
            boolean isKnown = scanned.get(definition).contains(table);
            if (answer instanceof FileAnswer.Unknown) {
                assertThat(isKnown && !isDamaged)
                        .as("%s is lost of %s", table, definition)
                        .isFalse();
            } else {
                assertThat(begun.get(definition)).contains(table);
                table.check(answer, asked);
            }
        }

        private void checkThatRunsAreFew() {
            for (String definition : DEFINITIONS) {
                assertThat(store.blobs().keySet().stream().filter(name -> name.startsWith(definition)))
                        .hasSizeLessThan(6);
            }
        }

        private String definition() {
            return DEFINITIONS.get(random.nextInt(DEFINITIONS.size()));
        }

        private List<FileVersion> files() {
            return tables.values().stream().map(Table::file).toList();
        }
    }
}
