package io.themis.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Measures in turns: A B C, A B C. What else happens on the machine meanwhile then meets all of them. */
final class Contest {

    /** Measured rounds, after one that is not. */
    static final int ROUNDS = 5;

    private final List<Entry> entries = new ArrayList<>();
    private final List<Entry> once = new ArrayList<>();

    Entry enter(Engine engine, Question question) {
        Entry entry = new Entry(engine, question);
        entries.add(entry);
        return entry;
    }

    /** For what is there to be compared with, and takes long. */
    Entry enterOnce(Engine engine, Question question) {
        Entry entry = new Entry(engine, question);
        once.add(entry);
        return entry;
    }

    List<Entry> entries() {
        List<Entry> all = new ArrayList<>(entries);
        all.addAll(once);
        return all;
    }

    /** @throws AssertionError if an engine gives other rows than the generator wrote */
    void run() throws Exception {
        warmUp();
        for (int round = 0; round < ROUNDS; round++) {
            round();
        }
        for (Entry entry : once) {
            entry.measure();
        }
    }

    /**
     * As many rounds as can begin within a time, but one at least, and no more than usual; for engines that take long.
     *
     * @throws AssertionError as above
     */
    void runFor(Duration time) throws Exception {
        long start = System.nanoTime();
        do {
            round();
        } while (entries.get(0).times().rounds() < ROUNDS && System.nanoTime() - start < time.toNanos());
    }

    /** A round that is not measured. */
    void warmUp() throws Exception {
        for (Entry entry : entries) {
            entry.run();
        }
    }

    private void round() throws Exception {
        for (Entry entry : entries) {
            entry.measure();
        }
    }

    /** One engine and its question. */
    static final class Entry {

        private final Engine engine;
        private final Question question;
        private final Times times = new Times();

        private Entry(Engine engine, Question question) {
            this.engine = engine;
            this.question = question;
        }

        Engine engine() {
            return engine;
        }

        Question question() {
            return question;
        }

        Times times() {
            return times;
        }

        private void measure() throws Exception {
            long start = System.nanoTime();
            run();
            times.addSince(start);
        }

        private void run() throws Exception {
            Answer answer = engine.answer(question);
            Answer truth = question.truth();
            if (!(engine instanceof ReadAndSum) && !answer.equals(truth)) {
                throw new AssertionError("%s found other rows of %s people in %s files of %s: %s instead of %s"
                        .formatted(
                                engine.name(),
                                question.people(),
                                question.format(),
                                question.table().name(),
                                answer,
                                truth));
            }
        }
    }
}
