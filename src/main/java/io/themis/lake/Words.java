package io.themis.lake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Several bytes of a buffer as one number, to look at all of them at once. The byte that comes first is the lowest. */
final class Words {

    static final long ONES = 0x0101010101010101L;
    static final long SPACES = 0x2020202020202020L;
    static final long HIGHS = 0x8080808080808080L;

    /** Brings the lowest bits of eight bytes together in the highest byte, the first byte's lowest. */
    private static final long GATHER = 0x0102040810204080L;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Words() {}

    static long eightAt(byte[] buffer, int position) {
        return (long) LONGS.get(buffer, position);
    }

    static int fourAt(byte[] buffer, int position) {
        return (int) INTS.get(buffer, position);
    }

    static long repeat(byte value) {
        return (value & 0xFFL) * ONES;
    }

    /** The highest bits of eight bytes as one byte, the first byte's lowest. */
    static long gather(long word) {
        return ((word & HIGHS) >>> 7) * GATHER >>> 56;
    }

    /** Whether a byte in the range is zero. It has no branch for each word, so that it costs next to nothing. */
    static boolean hasZero(byte[] buffer, int from, int to) {
        long zeros = 0;
        int i = from;
        for (; i <= to - 4 * Long.BYTES; i += 4 * Long.BYTES) {
            long first = eightAt(buffer, i);
            long second = eightAt(buffer, i + 8);
            long third = eightAt(buffer, i + 16);
            long fourth = eightAt(buffer, i + 24);
            zeros |= first - ONES & ~first | second - ONES & ~second | third - ONES & ~third | fourth - ONES & ~fourth;
        }
        for (; i < to; i++) {
            zeros |= buffer[i] == 0 ? HIGHS : 0;
        }
        return (zeros & HIGHS) != 0;
    }

    /** The last place in the range at which the byte stands; -1 if there is none. */
    static int lastPlace(byte wanted, byte[] buffer, int from, int to) {
        long all = repeat(wanted);
        int end = to;
        while (end - Long.BYTES >= from) {
            long unlike = eightAt(buffer, end - Long.BYTES) ^ all;
            if ((unlike - ONES & ~unlike & HIGHS) != 0) {
                break;
            }
            end -= Long.BYTES;
        }
        int i = end - 1;
        while (i >= from && buffer[i] != wanted) {
            i--;
        }
        return i < from ? -1 : i;
    }

    /** The first place in the range at which the byte stands; the end of the range if there is none. */
    static int nextPlace(byte wanted, byte[] buffer, int from, int to) {
        int i = from;
        while (i < to && buffer[i] != wanted) {
            i++;
        }
        return i;
    }
}
