package io.themis;

import io.themis.devservices.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/**
 * Passes TCP on to a server until a client says something certain: that connection is held there, without an end and
 * without an answer, so that a test can do what it wants to do at exactly this point.
 */
final class HoldingProxy extends TcpProxy {

    private record Point(Pattern text, CountDownLatch reached) {

        boolean isIn(byte[] said, int length) {
            return text.matcher(new String(said, 0, length, StandardCharsets.ISO_8859_1))
                    .find();
        }
    }

    private volatile Point point;

    HoldingProxy(int target) {
        super(target, ServerSocketFactory.getDefault());
    }

    /** @param text what holds the connection that says it, in one piece */
    void holdAt(String text) {
        point = new Point(Pattern.compile(text), new CountDownLatch(1));
    }

    void awaitHeld() throws InterruptedException {
        if (!point.reached().await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody said " + point.text());
        }
    }

    void holdNothing() {
        point = null;
    }

    @Override
    protected void passRequests(InputStream client, OutputStream upstream) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int read = client.read(buffer); read >= 0; read = client.read(buffer)) {
            Point now = point;
            if (now != null && now.isIn(buffer, read)) {
                now.reached().countDown();
                // until the client is gone
                client.transferTo(OutputStream.nullOutputStream());
                return;
            }
            upstream.write(buffer, 0, read);
        }
    }
}
