package io.themis.bench;

import java.util.SplittableRandom;

/**
 * Whose the rows are: about forty rows a person, spread over all files. One row in ten belongs to the busiest thousandth,
 * who have some thousands each, as in a real dump.
 *
 * @param count of people who may have rows
 */
record People(int count) {

    private static final int ROWS = 40;
    private static final int APART = 613;

    static People of(long rows) {
        return new People((int) Math.max(10, rows / ROWS));
    }

    /** A number of one to eight digits, so that keys are prefixes of others. Beyond {@link #count} nobody has a row. */
    static long id(int person) {
        return 1 + (long) APART * person + new SplittableRandom(person).nextInt(APART);
    }

    long any(SplittableRandom dice) {
        return id(dice.nextInt(10) == 0 ? dice.nextInt(busy()) : busy() + dice.nextInt(count - busy()));
    }

    int busy() {
        return Math.max(1, count / 1000);
    }
}
