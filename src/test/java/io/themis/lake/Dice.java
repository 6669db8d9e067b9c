package io.themis.lake;

import java.util.Random;
import java.util.SplittableRandom;

/** Chance that is the same in each run. */
public final class Dice {

    private Dice() {}

    /** One of many, by its number. {@link Random} by itself begins with much the same draws if seeds are neighbours. */
    public static Random of(long number) {
        return new Random(new SplittableRandom(number).nextLong());
    }
}
