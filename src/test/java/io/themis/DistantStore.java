package io.themis;

import io.themis.devservices.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;

/** Passes TCP on to a store as if it were far away, so that work on it takes as long as a test wants, and few cores. */
final class DistantStore extends TcpProxy {

    private volatile long nanos;

    DistantStore(int target) {
        super(target, ServerSocketFactory.getDefault());
    }

    /** @param millis that whatever a client says from now on is on its way */
    void moveTo(long millis) {
        nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    protected void passRequests(InputStream client, OutputStream upstream) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int read = client.read(buffer); read >= 0; read = client.read(buffer)) {
            LockSupport.parkNanos(nanos);
            upstream.write(buffer, 0, read);
        }
    }
}
