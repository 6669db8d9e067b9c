package io.themis.lake;

import java.util.List;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Looks at as many bytes at once as the machine compares by one instruction: 16, 32 or 64. */
final class VectorSieve extends Sieve {

    private static final VectorSpecies<Byte> SPECIES = ByteVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    /** Blocks of 64 bytes that are looked at in one go; they stay in a core's first cache. */
    private static final int LENGTH = 128;

    private static final byte HIGH = (byte) 0x80;
    private static final byte HIGH_SPACE = (byte) (0x80 ^ ' ');

    private final long[] marks = new long[LENGTH];
    private final long[] highs = new long[LENGTH];
    private final byte wanted;
    private final byte below;
    // The first needle, in the loop that looks at the rest, too; and those that come after it
    private final byte first;
    private final byte second;
    private final int distance;
    private final List<Needle> further;
    private final int furthest;
    private int firstInvalid;

    VectorSieve(byte wanted, boolean controls, List<Needle> needles) {
        this.wanted = wanted;
        below = controls ? HIGH_SPACE : HIGH;
        first = needles.isEmpty() ? wanted : needles.get(0).first();
        second = needles.isEmpty() ? wanted : needles.get(0).second();
        distance = needles.isEmpty() ? 0 : needles.get(0).distance();
        further = needles.stream().skip(1).toList();
        furthest = needles.stream().mapToInt(Needle::distance).max().orElse(0);
    }

    @Override
    Positions look(byte[] buffer, int from, int to) {
        Positions places = cleared();
        firstInvalid = -1;
        int at = from;
        int character = from;
        for (int end = Math.min(to, buffer.length - furthest); end - at >= Long.SIZE; ) {
            int blocks = Math.min(LENGTH, (end - at) / Long.SIZE);
            mark(buffer, at, marks, highs, wanted, below, first, second, distance, blocks);
            for (Needle needle : further) {
                markPairs(buffer, at, marks, needle.first(), needle.second(), needle.distance(), blocks);
            }
            for (int i = 0; i < blocks; i++) {
                places.addAll(marks[i], at + i * Long.SIZE);
                if (highs[i] != 0) {
                    character = validate(buffer, highs[i], at + i * Long.SIZE, character, to);
                }
            }
            at += blocks * Long.SIZE;
        }
        if (firstInvalid < 0) {
            firstInvalid = Utf8.firstInvalid(buffer, Math.max(at, character), to);
        }
        for (; at < to; at++) {
            places.add(at);
        }
        return places;
    }

    @Override
    int firstInvalid() {
        return firstInvalid;
    }

    /** @return where the next character begins */
    private int validate(byte[] buffer, long highs, int at, int from, int to) {
        int character = from;
        for (long rest = highs; rest != 0 && firstInvalid < 0; rest &= rest - 1) {
            int place = at + Long.numberOfTrailingZeros(rest);
            if (place >= character) {
                int length = Utf8.lengthAt(buffer, place, to);
                character = place + length;
                firstInvalid = length == 0 ? place : -1;
            }
        }
        return character;
    }

    private static void mark(
            byte[] buffer,
            int from,
            long[] marks,
            long[] highs,
            byte wanted,
            byte below,
            byte first,
            byte second,
            int distance,
            int blocks) {
        for (int i = 0; i < blocks; i++) {
            long hits = 0;
            long high = 0;
            for (int lane = 0; lane < Long.SIZE; lane += LANES) {
                int at = from + i * Long.SIZE + lane;
                ByteVector vector = ByteVector.fromArray(SPECIES, buffer, at);
                VectorMask<Byte> pair = vector.eq(first)
                        .and(ByteVector.fromArray(SPECIES, buffer, at + distance)
                                .eq(second));
                hits |= vector.eq(wanted)
                                .or(vector.lanewise(VectorOperators.XOR, HIGH).lt(below))
                                .or(pair)
                                .toLong()
                        << lane;
                high |= vector.lt((byte) 0).toLong() << lane;
            }
            marks[i] = hits;
            highs[i] = high;
        }
    }

    private static void markPairs(
            byte[] buffer, int from, long[] marks, byte first, byte second, int distance, int blocks) {
        for (int i = 0; i < blocks; i++) {
            long hits = 0;
            for (int lane = 0; lane < Long.SIZE; lane += LANES) {
                int at = from + i * Long.SIZE + lane;
                hits |= ByteVector.fromArray(SPECIES, buffer, at)
                                .eq(first)
                                .and(ByteVector.fromArray(SPECIES, buffer, at + distance)
                                        .eq(second))
                                .toLong()
                        << lane;
            }
            marks[i] |= hits;
        }
    }
}
