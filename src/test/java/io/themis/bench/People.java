package io.themis.bench;

import java.util.SplittableRandom;

/**
 * Whose the rows are, spread over all files: three rows a person, while half of them have one or two and the busiest have
 * thousands. The cube gives about what the posts of a real site have: a median of 1, a mean of 3, 6 for nine in ten, and 118.
 *
 * @param count of people who may have rows
 */
record People(int count) {

    private static final int ROWS = 3;
    private static final int APART = 97;

    static People of(long rows) {
        return new People((int) Math.max(10, rows / ROWS));
    }

    /** A number of one to eight digits, so that keys are prefixes of others. Beyond {@link #count} nobody has a row. */
    static long id(int person) {
        return 1 + (long) APART * person + new SplittableRandom(person).nextInt(APART);
    }

    long any(SplittableRandom dice) {
        double share = dice.nextDouble();
        return id((int) (share * share * share * count));
    }

    /** How many have so many rows that they are no example: the first of them. */
    int busy() {
        return Math.max(1, count / 1000);
    }
}
