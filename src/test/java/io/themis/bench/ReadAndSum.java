package io.themis.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/** The least that anybody does who looks at every byte: reads them and adds them up, eight at a time. Finds nothing. */
final class ReadAndSum implements Engine {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    @Override
    public String name() {
        return "read and sum";
    }

    /** The sum is in the answer so that no compiler leaves it out. */
    @Override
    public Answer answer(Question question) throws Exception {
        List<Long> sums = Threads.each(question.files(), file -> {
            long[] sum = new long[1];
            Threads.read(file, (bytes, length) -> sum[0] += sum(bytes, length));
            return sum[0];
        });
        return new Answer(0, sums.stream().mapToLong(Long::longValue).sum());
    }

    private static long sum(byte[] bytes, int length) {
        long sum = 0;
        for (int i = 0; i <= length - Long.BYTES; i += Long.BYTES) {
            sum += (long) LONGS.get(bytes, i);
        }
        return sum;
    }
}
