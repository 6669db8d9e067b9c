package io.themis.index;

import io.themis.lake.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Looks for some keys in the runs of a definition. */
final class Lookup {

    private final IndexStore store;
    private final Set<String> damaged = new HashSet<>();
    private final long[] keys;

    Lookup(IndexStore store, Set<Long> hashes) {
        this.store = store;
        keys = hashes.stream().mapToLong(Run::key).sorted().distinct().toArray();
    }

    /**
     * What each file is known to hold of the keys. A run that is damaged anywhere is as good as none: what it would say of
     * its files is not known.
     *
     * @throws java.nio.file.NoSuchFileException if a run has been replaced
     */
    Map<String, FileAnswer> answers(List<Run> runs, Collection<FileVersion> files) throws IOException {
        Map<FileVersion, Known> known = new HashMap<>();
        files.forEach(file -> known.put(file, new Known()));
        Map<Run, BitSet> groups = groups(runs, piece -> known.containsKey(piece.file()));
        Map<Run, List<Place>> places = new HashMap<>();
        Reads pages = new Reads(store, this::drop);
        groups.forEach((run, wanted) -> {
            List<Place> of = new ArrayList<>();
            places.put(run, of);
            BitSet pagesOfRun = new BitSet();
            wanted.stream().forEach(group -> pagesOfRun.set(group / Run.PAGE));
            pages.add(
                    run.stored().name(),
                    pagesOfRun,
                    run::page,
                    (page, bytes, at) -> run.readPage(page, bytes, at, (group, piece, from, to) -> {
                        if (wanted.get(group)) {
                            add(of, piece, new ByteRange(from, to));
                        }
                    }));
        });
        pages.run();
        places.forEach((run, of) -> {
            if (!damaged.contains(run.stored().name())) {
                run.pieces().forEach(piece -> known.computeIfPresent(piece.file(), (file, k) -> k.and(piece)));
                of.forEach(place ->
                        known.get(run.pieces().get(place.piece()).file()).ranges.add(place.range()));
            }
        });
        Map<String, FileAnswer> answers = new HashMap<>();
        known.forEach((file, k) -> answers.put(file.name(), k.answer(file)));
        return answers;
    }

    /** Ranges that will be read together are one here already, so that there are few of a key that is all over the file. */
    private static void add(List<Place> places, int piece, ByteRange range) {
        Place last = places.isEmpty() ? null : places.get(places.size() - 1);
        if (last != null && last.piece() == piece && ReadPlan.areNear(last.range(), range)) {
            ByteRange both = new ByteRange(last.range().from(), range.to());
            places.set(places.size() - 1, new Place(piece, both));
        } else {
            places.add(new Place(piece, range));
        }
    }

    /**
     * Which groups hold one of the keys.
     *
     * @param isWanted of which pieces
     * @return of each run that is not damaged, in its own numbers
     */
    Map<Run, BitSet> groups(List<Run> runs, Predicate<Piece> isWanted) throws IOException {
        Map<Run, BitSet> groups = new HashMap<>();
        Reads blocks = new Reads(store, this::drop);
        for (Run run : runs) {
            BitSet wanted = new BitSet();
            for (int i = 0; i < run.pieces().size(); i++) {
                if (isWanted.test(run.pieces().get(i))) {
                    wanted.set(
                            run.firstGroup(i),
                            run.firstGroup(i) + run.pieces().get(i).groups());
                }
            }
            BitSet found = new BitSet();
            groups.put(run, found);
            BitSet blocksOfRun = new BitSet();
            if (!wanted.isEmpty()) {
                for (long key : keys) {
                    if (run.mayHold(key)) {
                        run.addBlocks(key, blocksOfRun);
                    }
                }
            }
            blocks.add(
                    run.stored().name(),
                    blocksOfRun,
                    run::block,
                    (block, bytes, at) -> run.readBlock(block, bytes, at, new Matches(wanted, found)));
        }
        blocks.run();
        groups.keySet().removeIf(run -> damaged.contains(run.stored().name()));
        return groups;
    }

    private void drop(DamagedRunException e) {
        damaged.add(e.run());
    }

    /** Goes through the entries of a block and the keys at the same pace. */
    private final class Matches implements Run.Entries {

        private final BitSet wanted;
        private final BitSet found;
        private int next = -1;

        private Matches(BitSet wanted, BitSet found) {
            this.wanted = wanted;
            this.found = found;
        }

        @Override
        public void entry(long key, int count, SectionReader groups) {
            if (next < 0) {
                int at = Arrays.binarySearch(keys, key);
                next = at < 0 ? -at - 1 : at;
            }
            while (next < keys.length && keys[next] < key) {
                next++;
            }
            if (next == keys.length || keys[next] != key) {
                groups.skipNumbers(count);
                return;
            }
            int group = 0;
            for (int i = 0; i < count; i++) {
                group += groups.smallNumber();
                if (wanted.get(group)) {
                    found.set(group);
                }
            }
        }
    }

    private record Place(int piece, ByteRange range) {}

    /** What the runs say of a file. */
    private static final class Known {

        private final List<Piece> pieces = new ArrayList<>();
        private final List<ByteRange> ranges = new ArrayList<>();

        private Known and(Piece piece) {
            pieces.add(piece);
            return this;
        }

        private FileAnswer answer(FileVersion file) {
            pieces.sort(Comparator.comparingLong(Piece::from));
            long known = 0;
            boolean isToTheEnd = false;
            for (Piece piece : pieces) {
                if (piece.from() > known) {
                    return new FileAnswer.Unknown();
                }
                known = Math.max(known, piece.to());
                isToTheEnd |= piece.isLast();
            }
            if (!isToTheEnd) {
                return new FileAnswer.Unknown();
            }
            if (!pieces.get(0).isRanged() && !ranges.isEmpty()) {
                return new FileAnswer.Anywhere();
            }
            return ReadPlan.of(ranges, pieces.get(0).rowsBegin(), file.length());
        }
    }
}
