package io.themis.lake;

import java.util.List;

/**
 * Finds the places in a buffer at which something of interest may stand: a byte, a control character, or a {@link Needle}.
 */
abstract class Sieve {

    private final Positions places = new Positions();

    /** @param controls whether characters below a space are of interest */
    static Sieve of(char wanted, boolean controls, List<Needle> needles) {
        return Vectors.ARE_FAST
                ? new VectorSieve((byte) wanted, controls, needles)
                : new WordSieve((byte) wanted, controls, needles);
    }

    /**
     * Finds the places in the range.
     *
     * @return every place of interest, in ascending order, and now and then one that is of none; of a needle, the place of its
     *     {@linkplain Needle#mark() marked} byte. Good until the next call.
     */
    abstract Positions look(byte[] buffer, int from, int to);

    /** Of the range, where bytes stop being UTF-8; -1 if they don't. */
    abstract int firstInvalid();

    final Positions cleared() {
        places.clear();
        return places;
    }
}
