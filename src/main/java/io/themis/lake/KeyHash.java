package io.themis.lake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * 64 bits for a key in a column. Two keys may have the same, so what is found by a hash only <em>may</em> be the key, and
 * what is not found by it is not there. The same in every version of Themis, as indexes are kept.
 */
public final class KeyHash {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Odd constants of xxHash64 (BSD 2-clause), whose final mix this is
    private static final long FIRST = 0x9E3779B185EBCA87L;
    private static final long SECOND = 0xC2B2AE3D27D4EB4FL;
    private static final long THIRD = 0x165667B19E3779F9L;

    private KeyHash() {}

    /** @param normalForm of the key's text, see {@link NormalForm} */
    public static long of(String column, String normalForm) {
        byte[] text = normalForm.getBytes(StandardCharsets.UTF_8);
        return of(seed(column), text, 0, text.length);
    }

    static long seed(String column) {
        byte[] name = column.getBytes(StandardCharsets.UTF_8);
        return of(0, name, 0, name.length);
    }

    /** @param text in UTF-8 */
    static long of(long seed, byte[] text, int from, int to) {
        long hash = seed + (to - from) * FIRST;
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            hash = mix(hash, (long) LONGS.get(text, i));
        }
        hash = mix(hash, rest(text, i, to));
        hash = (hash ^ hash >>> 33) * SECOND;
        hash = (hash ^ hash >>> 29) * THIRD;
        return hash ^ hash >>> 32;
    }

    /** The last bytes, fewer than eight. */
    private static long rest(byte[] text, int from, int to) {
        if (from + Long.BYTES <= text.length) {
            return (long) LONGS.get(text, from) & (1L << (to - from) * Byte.SIZE) - 1;
        }
        long rest = 0;
        for (int i = from; i < to; i++) {
            rest |= (text[i] & 0xFFL) << (i - from) * Byte.SIZE;
        }
        return rest;
    }

    private static long mix(long hash, long word) {
        return Long.rotateLeft(hash ^ word * SECOND, 31) * FIRST;
    }
}
