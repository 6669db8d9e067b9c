package io.themis.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;

/** Reads of runs, several at the same time. Memory: 16 MiB, or the longest read. */
final class Reads {

    private static final int MOST_AT_ONCE = 16;
    private static final long MOST_BYTES_AT_ONCE = 16L << 20;

    /** Sections that are nearer to each other are read together: that takes less time than another read. */
    private static final long NEAR = 256L << 10;

    private static final long LONGEST = 4L << 20;

    /** Takes the bytes that were read: fewer, if the run ends before. */
    @FunctionalInterface
    interface Taker {

        void take(byte[] bytes) throws DamagedRunException;
    }

    /** Sections of a run that are read together. */
    @FunctionalInterface
    interface Sections {

        /** @param at where in the bytes the section begins */
        void take(int section, byte[] bytes, int at) throws DamagedRunException;
    }

    private record Read(String run, long from, int length, Taker taker) {}

    private final IndexStore store;
    private final Consumer<DamagedRunException> damage;
    private final List<Read> reads = new ArrayList<>();

    /** @param damage what to do about a run that can't be read; the other reads go on */
    Reads(IndexStore store, Consumer<DamagedRunException> damage) {
        this.store = store;
        this.damage = damage;
    }

    void add(String run, long from, int length, Taker taker) {
        reads.add(new Read(run, from, length, taker));
    }

    /**
     * Adds what it takes to read the sections.
     *
     * @param begins where each section begins; that of the next is where it ends
     */
    void add(String run, BitSet sections, IntToLongFunction begins, Sections taker) {
        int first = sections.nextSetBit(0);
        while (first >= 0) {
            long from = begins.applyAsLong(first);
            int last = first;
            int next = sections.nextSetBit(first + 1);
            while (next >= 0
                    && begins.applyAsLong(next) - begins.applyAsLong(last + 1) <= NEAR
                    && begins.applyAsLong(next + 1) - from <= LONGEST) {
                last = next;
                next = sections.nextSetBit(next + 1);
            }
            BitSet together = sections.get(0, last + 1);
            together.clear(0, first);
            add(run, from, (int) (begins.applyAsLong(last + 1) - from), bytes -> {
                for (int i = together.nextSetBit(0); i >= 0; i = together.nextSetBit(i + 1)) {
                    taker.take(i, bytes, (int) (begins.applyAsLong(i) - from));
                }
            });
            first = next;
        }
    }

    /**
     * Does them all.
     *
     * @throws java.nio.file.NoSuchFileException if a run has been replaced
     * @throws IOException if the store fails
     */
    void run() throws IOException {
        int next = 0;
        while (next < reads.size()) {
            List<Read> wave = new ArrayList<>();
            long bytes = 0;
            do {
                bytes += reads.get(next).length();
                wave.add(reads.get(next++));
            } while (next < reads.size()
                    && wave.size() < MOST_AT_ONCE
                    && bytes + reads.get(next).length() <= MOST_BYTES_AT_ONCE);
            run(wave);
        }
        reads.clear();
    }

    private void run(List<Read> wave) throws IOException {
        List<CompletableFuture<byte[]>> answers = wave.stream()
                .map(read -> store.read(read.run(), read.from(), read.length()))
                .toList();
        try {
            for (int i = 0; i < wave.size(); i++) {
                take(wave.get(i), join(answers.get(i)));
            }
        } finally {
            answers.forEach(answer -> answer.cancel(true));
        }
    }

    private void take(Read read, byte[] bytes) {
        try {
            read.taker().take(bytes);
        } catch (DamagedRunException e) {
            damage.accept(e);
        }
    }

    static byte[] join(CompletableFuture<byte[]> answer) throws IOException {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
