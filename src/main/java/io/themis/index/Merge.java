package io.themis.index;

import io.themis.lake.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;

/** Makes one run of several. Memory: a little for each, whatever their size. */
final class Merge {

    /** Runs that are merged at once; each takes about a megabyte. */
    static final int MOST_RUNS = 32;

    private static final int DROPPED = -1;

    private final IndexStore store;
    private final List<Run> runs;
    private final List<Piece> kept = new ArrayList<>();

    /** For each run and piece, its first group in the new run. */
    private final List<int[]> firstGroups = new ArrayList<>();

    /** @param isKept which pieces; of those that are there twice, one is kept */
    Merge(IndexStore store, List<Run> runs, Predicate<Piece> isKept) {
        this.store = store;
        this.runs = runs;
        Set<Piece> seen = new HashSet<>();
        int groups = 0;
        for (Run run : runs) {
            int[] first = new int[run.pieces().size()];
            for (int i = 0; i < first.length; i++) {
                Piece piece = run.pieces().get(i);
                if (isKept.test(piece) && seen.add(piece)) {
                    first[i] = groups;
                    groups = Math.addExact(groups, piece.groups());
                    kept.add(piece);
                } else {
                    first[i] = DROPPED;
                }
            }
            firstGroups.add(first);
        }
    }

    List<Piece> pieces() {
        return kept;
    }

    /** An entry has three numbers at least. */
    long mostKeys() {
        return runs.stream().mapToLong(run -> run.block(run.blockCount()) / 3).sum();
    }

    /**
     * @throws java.nio.file.NoSuchFileException if one of the runs is no longer there
     * @throws DamagedRunException if one can't be read
     */
    void writeTo(RunWriter out) throws IOException {
        PriorityQueue<Source> sources = new PriorityQueue<>();
        for (int i = 0; i < runs.size(); i++) {
            Source source = new Source(i);
            if (source.advance()) {
                sources.add(source);
            }
        }
        for (Source source = sources.poll(); source != null; source = sources.poll()) {
            source.writeEntry(out);
            if (source.advance()) {
                sources.add(source);
            }
        }
        for (int i = 0; i < runs.size(); i++) {
            writeGroups(runs.get(i), firstGroups.get(i), out);
        }
    }

    private void writeGroups(Run run, int[] first, RunWriter out) throws IOException {
        List<ByteRange> ofPage = new ArrayList<>();
        SectionStream pages = new SectionStream(store, run.stored().name(), run.pageCount(), run::page);
        while (pages.advance()) {
            run.readPage(pages.section(), pages.bytes(), pages.at(), (group, piece, from, to) -> {
                if (first[piece] != DROPPED) {
                    ofPage.add(new ByteRange(from, to));
                }
            });
            for (ByteRange group : ofPage) {
                out.group(group.from(), group.to());
            }
            ofPage.clear();
        }
    }

    /** A run that is being merged. */
    private final class Source implements Comparable<Source> {

        private final int number;
        private final Run run;
        private final int[] first;
        private final RunCursor cursor;

        /** Its key, and of the same key its number. */
        private long order;

        private Source(int number) {
            this.number = number;
            run = runs.get(number);
            first = firstGroups.get(number);
            cursor = new RunCursor(store, run);
        }

        private boolean advance() throws IOException {
            boolean hasEntry = cursor.advance();
            order = hasEntry ? cursor.key() * MOST_RUNS + number : Long.MAX_VALUE;
            return hasEntry;
        }

        @Override
        public int compareTo(Source other) {
            return Long.compare(order, other.order);
        }

        /** Groups keep their order: those of a run stay together, and so do those of a piece. */
        private void writeEntry(RunWriter out) throws IOException {
            for (int group : cursor.groups()) {
                int piece = run.pieceOf(group);
                if (first[piece] != DROPPED) {
                    out.posting(cursor.key(), first[piece] + group - run.firstGroup(piece));
                }
            }
        }
    }
}
