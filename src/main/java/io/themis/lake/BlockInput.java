package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;

/** A stream that is read in blocks, of one byte where only that is asked for. */
abstract class BlockInput extends InputStream {

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public abstract int read(byte[] target, int from, int length) throws IOException;
}
