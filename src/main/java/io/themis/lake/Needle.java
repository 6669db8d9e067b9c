package io.themis.lake;

import java.util.Arrays;

/**
 * A few bytes that are looked for: the one of them that is rarest in a lake, or the two rarest if that is not rare enough, and the rest only
 * where those are right.
 */
final class Needle {

    /** The commonest in written text, numbers and markup first; what is not here is rarer. */
    private static final String COMMON = " etaoinsrhldcumfpgwyb0123456789vk-,.\"=/;&:\\xjqz_TASIMCWBPHDRLENFGOJVKYUQXZ";

    /** Rarer than once in some hundred bytes: to look at each place costs less than to look for two bytes. */
    private static final int RARE = COMMON.indexOf('_');

    private final byte[] bytes;
    private final int mark;
    private final int other;

    /** @param bytes at least two */
    Needle(byte[] bytes) {
        this.bytes = bytes.clone();
        int rarest = 0;
        int second = 1;
        for (int i = 1; i < bytes.length; i++) {
            if (rarity(bytes[i]) > rarity(bytes[rarest])) {
                second = rarest;
                rarest = i;
            } else if (i == 1 || rarity(bytes[i]) > rarity(bytes[second])) {
                second = i;
            }
        }
        boolean isOneEnough = rarity(bytes[rarest]) >= RARE && !Vectors.ARE_FAST;
        mark = isOneEnough ? rarest : Math.min(rarest, second);
        other = isOneEnough ? rarest : Math.max(rarest, second);
    }

    private static int rarity(byte b) {
        int place = COMMON.indexOf((char) (b & 0xFF));
        return place < 0 ? COMMON.length() : place;
    }

    int length() {
        return bytes.length;
    }

    /** Which byte of the needle is looked for first. */
    int mark() {
        return mark;
    }

    /** How far behind the first the second one is; 0 if one is enough. */
    int distance() {
        return other - mark;
    }

    /** What is looked for at the mark. */
    byte first() {
        return bytes[mark];
    }

    /** What is looked for behind it, at the {@linkplain #distance() distance}. */
    byte second() {
        return bytes[other];
    }

    /** Whether the needle stands where its first byte is at this place, within the range. */
    boolean isAt(byte[] buffer, int position, int from, int to) {
        int start = position - mark;
        return start >= from
                && start + bytes.length <= to
                && Arrays.equals(buffer, start, start + bytes.length, bytes, 0, bytes.length);
    }
}
