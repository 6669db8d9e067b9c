package io.themis.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What was measured in several rounds, in seconds. */
final class Times {

    private final List<Double> seconds = new ArrayList<>();

    /** @param start by {@link System#nanoTime} */
    void addSince(long start) {
        seconds.add((System.nanoTime() - start) / 1e9);
        seconds.sort(Comparator.naturalOrder());
    }

    void addAll(Times others) {
        seconds.addAll(others.seconds);
        seconds.sort(Comparator.naturalOrder());
    }

    int rounds() {
        return seconds.size();
    }

    double median() {
        return seconds.get(seconds.size() / 2);
    }

    double fastest() {
        return seconds.get(0);
    }

    double slowest() {
        return seconds.get(seconds.size() - 1);
    }
}
