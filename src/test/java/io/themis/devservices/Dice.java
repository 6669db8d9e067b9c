package io.themis.devservices;

import java.util.List;
import java.util.UUID;

/**
 * Dice that fall the same way in every run, on every machine: SplitMix64, seeded by what is rolled for. Because a row's
 * dice depend on nothing but the row, any row can be worked out again without keeping it.
 */
final class Dice {

    private long state;

    Dice(String purpose, long site, long id) {
        state = purpose.hashCode() + (site << 40);
        state = next() ^ id;
        state = next();
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long below(long bound) {
        return Long.remainderUnsigned(next(), bound);
    }

    int below(int bound) {
        return (int) below((long) bound);
    }

    int between(int first, int last) {
        return first + below(last - first + 1);
    }

    boolean oneIn(int times) {
        return below(times) == 0;
    }

    <T> T pick(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    UUID uuid() {
        return new UUID(next(), next());
    }
}
