package io.themis.azure;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** Says of what goes into a stream how many bytes it was, as soon as they are taken. */
public final class CountedOutput extends FilterOutputStream {

    private final LongConsumer taken;

    public CountedOutput(OutputStream out, LongConsumer taken) {
        super(out);
        this.taken = taken;
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        taken.accept(1);
    }

    @Override
    public void write(byte[] chunk, int from, int length) throws IOException {
        out.write(chunk, from, length);
        taken.accept(length);
    }
}
