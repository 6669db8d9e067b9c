package io.themis.lake;

import java.io.FilterInputStream;
import java.io.InputStream;

/** A stream whose reader may close it, although others read on. */
class KeptOpen extends FilterInputStream {

    KeptOpen(InputStream in) {
        super(in);
    }

    @Override
    public void close() {
        // whoever opened it closes it
    }
}
