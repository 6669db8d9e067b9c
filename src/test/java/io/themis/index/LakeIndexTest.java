package io.themis.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.index.Table.Row;
import io.themis.lake.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LakeIndexTest {

    private static final String DEFINITION = "posts";
    private static final long MAJA = 0x1111_2222_3333_4444L;
    private static final long THOMAS = 0x5555_6666_7777_8888L;

    private final MemoryStore store = new MemoryStore();
    private final LakeIndex index = new LakeIndex(store);

    @Test
    void aFileThatWasNeverScannedIsUnknown() throws Exception {
        assertThat(answer(table("a.csv", MAJA), MAJA)).isEqualTo(new FileAnswer.Unknown());
    }

    @Test
    void theFirstRowOfAFileIsSomewhereBehindItsHeader() throws Exception {
        FileVersion file = new FileVersion("a.csv", "1", 10_000_000);
        SegmentBuilder builder = index.build(DEFINITION, file);
        builder.row(40);
        builder.key(THOMAS);
        builder.row(5_000_000);
        builder.key(MAJA);
        builder.row(5_100_000);
        builder.finish();

        assertThat(index.find(DEFINITION, List.of(file), Set.of(MAJA)))
                .isEqualTo(Map.of("a.csv", new FileAnswer.Within(40, List.of(new ByteRange(5_000_000, 5_100_000)))));
    }

    @Test
    void anotherVersionOrLengthOrDefinitionOfTheFileIsUnknown() throws Exception {
        scan(table("a.csv", MAJA));
        FileVersion file = table("a.csv", MAJA).file();

        assertThat(find(new FileVersion("a.csv", "2", file.length()), MAJA)).isEqualTo(new FileAnswer.Unknown());
        assertThat(find(new FileVersion("a.csv", "1", file.length() + 1), MAJA)).isEqualTo(new FileAnswer.Unknown());
        assertThat(index.find("votes", List.of(file), Set.of(MAJA)))
                .isEqualTo(Map.of("a.csv", new FileAnswer.Unknown()));
    }

    @Test
    void aKeyInEveryGroupOfALargeFileIsFoundInAllAndSoIsARareOne() throws Exception {
        Table table = large("a.csv");
        Table other = large("b.csv");
        scan(table);

        for (int i = 0; i < 2; i++) {
            for (long key : List.of(MAJA, THOMAS, 7L << 40, 8L << 40)) {
                table.check(answer(table, key), Set.of(key));
            }
            assertThat(answer(table, MAJA)).isEqualTo(new FileAnswer.Anywhere());
            assertThat(answer(table, THOMAS))
                    .isInstanceOfSatisfying(
                            FileAnswer.Within.class,
                            within ->
                                    assertThat(within.ranges()).hasSize(3).allMatch(range -> range.length() < 20_000));
            scan(other);
            index.merge(DEFINITION, List.of(table.file(), other.file()));
            assertThat(store.blobs().keySet()).hasSize(1);
        }
    }

    /** 3,000 groups, 30,000 keys: several pages and blocks, and one key that fills blocks of its own. */
    private static Table large(String name) {
        Random random = new Random(5);
        List<Row> rows = new ArrayList<>();
        long at = 20;
        for (int i = 0; i < 60_000; i++) {
            long end = at + 600 + random.nextInt(400);
            rows.add(new Row(
                    at,
                    end,
                    i % 20_000 == 300 ? Set.of(MAJA, THOMAS) : Set.of(MAJA, (long) random.nextInt(30_000) << 40)));
            at = end;
        }
        return new Table(new FileVersion(name, "1", at), true, rows);
    }

    @Test
    void keysThatAreAlikeInWhatIsKeptOfThemCostAReadAndNoRow() throws Exception {
        long alike = MAJA ^ 1;
        scan(table("a.csv", MAJA));

        assertThat(answer(table("a.csv", MAJA), alike)).isInstanceOf(FileAnswer.Within.class);
        index.forget(Set.of(alike));
        assertThat(answer(table("a.csv", MAJA), MAJA)).isEqualTo(new FileAnswer.Unknown());
    }

    @Test
    void nothingOfAForgottenKeyIsLeft() throws Exception {
        MemoryStore expected = new MemoryStore();
        for (LakeIndex each : List.of(index, new LakeIndex(expected))) {
            for (int i = 0; i < 20; i++) {
                if (each == index || i % 5 > 0) {
                    scan(each, table(i + ".csv", i % 5 == 0 ? MAJA : THOMAS + ((long) i << 40)));
                }
            }
            each.merge(DEFINITION, versions(20));
        }

        index.forget(Set.of(MAJA));

        assertThat(store.contents())
                .singleElement()
                .satisfies(run -> assertThat(run)
                        .hasSameSizeAs(expected.contents().iterator().next()));
        for (int i = 0; i < 20; i++) {
            assertThat(answer(table(i + ".csv", 0), MAJA))
                    .isEqualTo(i % 5 == 0 ? new FileAnswer.Unknown() : new FileAnswer.Nowhere());
        }
    }

    @Test
    void whatWasForgottenOfTheOnlyFileLeavesNothing() throws Exception {
        scan(table("a.csv", MAJA));
        index.forget(Set.of(MAJA));
        assertThat(store.blobs()).isEmpty();
    }

    @Test
    void aFileThatTwoReplicasScannedIsInTheIndexOnce() throws Exception {
        Table table = large("a.csv");
        scan(table);
        long once = store.size();
        scan(table);
        index.merge(DEFINITION, List.of(table.file()));
        assertThat(store.size()).isLessThanOrEqualTo(once);
        table.check(answer(table, THOMAS), Set.of(THOMAS));
    }

    @Test
    void whatIsKnownOfAnOldVersionIsDroppedWithTheNextMerge() throws Exception {
        Table old = table("a.csv", MAJA);
        FileVersion changed = new FileVersion("a.csv", "2", 100_000);
        scan(old);
        scan(new Table(changed, true, old.rows()));
        scan(table("b.csv", MAJA));
        index.merge(DEFINITION, List.of(changed, table("b.csv").file()));

        assertThat(answer(old, MAJA)).isEqualTo(new FileAnswer.Unknown());
        assertThat(find(changed, MAJA)).isNotEqualTo(new FileAnswer.Unknown());
        assertThat(find(table("b.csv").file(), MAJA)).isNotEqualTo(new FileAnswer.Unknown());

        index.merge(DEFINITION, List.of());
        assertThat(store.blobs()).isEmpty();
    }

    @Test
    void definitionsThatNobodyAsksForAreDeleted() throws Exception {
        scan(table("a.csv", MAJA));
        SegmentBuilder old = index.build("old", table("a.csv", MAJA).file());
        old.finish();

        index.keepOnly(Set.of(DEFINITION));

        assertThat(store.blobs().keySet()).singleElement().asString().startsWith(DEFINITION + "/");
    }

    @Test
    void aRunThatIsMergedWhileItIsReadIsFoundInTheNewOne() throws Exception {
        List<Table> tables = List.of(table("a.csv", MAJA), table("b.csv", THOMAS));
        MemoryStore merging = new MemoryStore() {
            private boolean isMerged;

            @Override
            public CompletableFuture<byte[]> read(String name, long from, int length) {
                if (!isMerged) {
                    isMerged = true;
                    merge(this, tables);
                }
                return super.read(name, from, length);
            }
        };
        LakeIndex other = new LakeIndex(merging);
        for (Table table : tables) {
            scan(other, table);
        }

        Map<String, FileAnswer> answers = other.find(DEFINITION, files(tables), Set.of(MAJA));

        assertThat(answers.get("a.csv")).isInstanceOf(FileAnswer.Within.class);
        assertThat(answers.get("b.csv")).isEqualTo(new FileAnswer.Nowhere());
        assertThat(merging.blobs()).hasSize(1);
    }

    private static void merge(MemoryStore store, List<Table> tables) {
        try {
            new LakeIndex(store).merge(DEFINITION, files(tables));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aKeyIsForgottenAlthoughAnotherReplicaIsMergingIt() throws Exception {
        List<Table> tables = List.of(table("a.csv", MAJA), table("b.csv", THOMAS));
        for (boolean before : List.of(true, false)) {
            MemoryStore forgetting = new MemoryStore() {
                private boolean isMerging;

                @Override
                public void put(String name, Content content) throws IOException {
                    boolean isMerge = blobs().size() == 2 && !isMerging;
                    isMerging |= isMerge;
                    if (!isMerge) {
                        super.put(name, content);
                    } else if (before) {
                        super.put(name, out -> {
                            content.writeTo(out);
                            new LakeIndex(this).forget(Set.of(MAJA));
                        });
                    } else {
                        super.put(name, content);
                        new LakeIndex(this).forget(Set.of(MAJA));
                    }
                }
            };
            LakeIndex other = new LakeIndex(forgetting);
            for (Table table : tables) {
                scan(other, table);
            }

            other.merge(DEFINITION, files(tables));

            Map<String, FileAnswer> answers = other.find(DEFINITION, files(tables), Set.of(MAJA));
            assertThat(answers.get("a.csv")).isEqualTo(new FileAnswer.Unknown());
            assertThat(answers.get("b.csv")).isEqualTo(new FileAnswer.Nowhere());
        }
    }

    @Test
    void aStoreThatIsAwayStopsNoScanAndIsNoAnswer() throws Exception {
        Table table = large("a.csv");
        store.away(true);
        SegmentBuilder builder = new SegmentBuilder(index, DEFINITION, table.file(), true, 1_000);
        table.scan(builder, table.rows().size());

        assertThatThrownBy(builder::finish).isInstanceOf(IOException.class).hasMessage("away");
        assertThatThrownBy(() -> answer(table, MAJA)).isInstanceOf(IOException.class);
        store.away(false);
        assertThat(answer(table, MAJA)).isEqualTo(new FileAnswer.Unknown());
        assertThat(store.blobs()).isEmpty();
        scan(table("b.csv", MAJA));
        store.away(true);
        assertThatThrownBy(() -> new LakeIndex(store).find(DEFINITION, List.of(table.file()), Set.of(MAJA)))
                .isInstanceOf(IOException.class)
                .hasMessage("away");
    }

    /** As of a gzip file in UTF-16, which the parser reads: a long one would fill the memory. */
    @Test
    void aFileStaysUnknownWithVeryManyKeysOfWhichNobodySaysWhereTheirRowsAre() throws Exception {
        FileVersion small = new FileVersion("a.csv.gz", "1", 100);
        FileVersion large = new FileVersion("b.csv.gz", "1", 100);
        for (FileVersion file : List.of(small, large)) {
            SegmentBuilder builder = new SegmentBuilder(index, DEFINITION, file, false, 10);
            for (long i = 1; i <= (file == small ? 1_000 : 10_000); i++) {
                builder.key(i << 32);
            }
            builder.finish();
        }

        assertThat(find(small, 1L << 32)).isEqualTo(new FileAnswer.Anywhere());
        assertThat(find(small, 1_001L << 32)).isEqualTo(new FileAnswer.Nowhere());
        assertThat(find(large, 1L << 32)).isEqualTo(new FileAnswer.Unknown());
    }

    @Test
    void aStoreThatBreaksInTheMiddleOfAFileStopsNoScan() {
        LakeIndex broken = new LakeIndex(new MemoryStore() {
            @Override
            public void put(String name, Content content) {
                throw new IllegalStateException("connection reset");
            }
        });
        Table table = large("a.csv");
        SegmentBuilder builder = new SegmentBuilder(broken, DEFINITION, table.file(), true, 1_000);

        table.scan(builder, table.rows().size());

        assertThatThrownBy(builder::finish).isInstanceOf(IOException.class).hasRootCauseMessage("connection reset");
    }

    @Test
    void aScanThatMissesItsOwnFileIsRefused() {
        SegmentBuilder builder = index.build(DEFINITION, new FileVersion("a.csv", "1", 100));
        assertThatThrownBy(() -> builder.key(MAJA)).isInstanceOf(IllegalStateException.class);
        builder.row(10);
        assertThatThrownBy(() -> builder.row(10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.row(100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.build("../posts", new FileVersion("a.csv", "1", 100)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private FileAnswer answer(Table table, long key) throws IOException {
        return find(table.file(), key);
    }

    private FileAnswer find(FileVersion file, long key) throws IOException {
        return index.find(DEFINITION, List.of(file), Set.of(key)).get(file.name());
    }

    private void scan(Table table) throws IOException {
        scan(index, table);
    }

    private static void scan(LakeIndex index, Table table) throws IOException {
        SegmentBuilder builder = index.build(DEFINITION, table.file());
        table.scan(builder, table.rows().size());
        builder.finish();
    }

    /** A hundred rows of 1,000 bytes, of which the middle one holds the keys. */
    private static Table table(String name, long... keys) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(new Row(
                    i * 1_000L,
                    i * 1_000L + 1_000,
                    i == 50 ? Set.copyOf(Arrays.stream(keys).boxed().toList()) : Set.of()));
        }
        return new Table(new FileVersion(name, "1", 100_000), true, rows);
    }

    private static List<FileVersion> versions(int count) {
        List<FileVersion> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(table(i + ".csv").file());
        }
        return files;
    }

    private static List<FileVersion> files(Collection<Table> tables) {
        return tables.stream().map(Table::file).toList();
    }
}
