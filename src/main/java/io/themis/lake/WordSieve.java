package io.themis.lake;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Looks at eight bytes at once, as one number.
 *
 * <p>The loops over arrays of longs are written so that the JIT compiler makes vector instructions of them, as it does from
 * Java 17 on: one index, no call, no branch. That is why the words are copied first, and once more for each distance between
 * the two bytes of a needle: a loop that reads its array at two places stays scalar. Rewriting them costs a factor of three without a
 * test that fails, so measure with {@code mvn -Pbench verify}.
 */
final class WordSieve extends Sieve {

    /** Longs that are looked at in one go: with their copies and marks they fit a core's first cache. */
    private static final int LENGTH = 1024;

    private final long[] words = new long[LENGTH];
    private final long[] further = new long[LENGTH];
    private final long[] marks = new long[LENGTH];
    private final long[] bytes;
    private final boolean controls;
    private final List<Needle> pairs;
    private final int last;
    private final int furthest;
    private int firstInvalid;

    WordSieve(byte wanted, boolean controls, List<Needle> needles) {
        LongStream single = needles.stream()
                .filter(needle -> needle.distance() == 0)
                .mapToLong(needle -> Words.repeat(needle.first()));
        this.bytes = LongStream.concat(LongStream.of(Words.repeat(wanted)), single)
                .distinct()
                .toArray();
        last = this.bytes.length - 1;
        this.controls = controls;
        pairs = needles.stream().filter(needle -> needle.distance() > 0).toList();
        furthest = pairs.stream().mapToInt(Needle::distance).max().orElse(0);
    }

    @Override
    Positions look(byte[] buffer, int from, int to) {
        Positions places = cleared();
        ByteBuffer all = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
        int at = from;
        for (int end = Math.min(to, buffer.length - furthest); end - at >= Long.BYTES; ) {
            int length = Math.min(LENGTH, (end - at) / Long.BYTES);
            all.position(at);
            all.asLongBuffer().get(words, 0, length);
            if (controls) {
                markBytesAndControls(words, marks, bytes[0], bytes[last], length);
            } else {
                markBytes(words, marks, bytes[0], bytes[last], length);
            }
            for (int i = 1; i < last; i++) {
                markMoreBytes(words, marks, bytes[i], length);
            }
            for (Needle needle : pairs) {
                all.position(at + needle.distance());
                all.asLongBuffer().get(further, 0, length);
                markPairs(words, further, marks, Words.repeat(needle.first()), Words.repeat(needle.second()), length);
            }
            int eights = (length + 7) / 8 * 8;
            Arrays.fill(marks, length, eights, 0);
            note(marks, eights, at, places);
            at += length * Long.BYTES;
        }
        for (; at < to; at++) {
            places.add(at);
        }
        firstInvalid = Utf8.firstInvalid(buffer, from, to);
        return places;
    }

    @Override
    int firstInvalid() {
        return firstInvalid;
    }

    private static void markBytes(long[] words, long[] marks, long one, long other, int length) {
        for (int i = 0; i < length; i++) {
            long unlikeOne = words[i] ^ one;
            long unlikeOther = words[i] ^ other;
            marks[i] = unlikeOne - Words.ONES & ~unlikeOne | unlikeOther - Words.ONES & ~unlikeOther;
        }
    }

    private static void markBytesAndControls(long[] words, long[] marks, long one, long other, int length) {
        for (int i = 0; i < length; i++) {
            long word = words[i];
            long unlikeOne = word ^ one;
            long unlikeOther = word ^ other;
            marks[i] = unlikeOne - Words.ONES & ~unlikeOne
                    | unlikeOther - Words.ONES & ~unlikeOther
                    | word - Words.SPACES & ~word;
        }
    }

    private static void markMoreBytes(long[] words, long[] marks, long wanted, int length) {
        for (int i = 0; i < length; i++) {
            long unlike = words[i] ^ wanted;
            marks[i] |= unlike - Words.ONES & ~unlike;
        }
    }

    private static void markPairs(long[] words, long[] further, long[] marks, long first, long second, int length) {
        for (int i = 0; i < length; i++) {
            long unlike = words[i] ^ first | further[i] ^ second;
            marks[i] |= unlike - Words.ONES & ~unlike;
        }
    }

    /** @param length eights of them; those behind the last place are zero */
    private static void note(long[] marks, int length, int from, Positions places) {
        for (int i = 0; i < length; i += 8) {
            long some = marks[i]
                    | marks[i + 1]
                    | marks[i + 2]
                    | marks[i + 3]
                    | marks[i + 4]
                    | marks[i + 5]
                    | marks[i + 6]
                    | marks[i + 7];
            if ((some & Words.HIGHS) != 0) {
                noteEach(marks, i, from + i * Long.BYTES, places);
            }
        }
    }

    private static void noteEach(long[] marks, int begin, int from, Positions places) {
        long hits = 0;
        for (int i = 0; i < 8; i++) {
            hits |= Words.gather(marks[begin + i]) << i * Byte.SIZE;
        }
        places.addAll(hits, from);
    }
}
