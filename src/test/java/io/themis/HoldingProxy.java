package io.themis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Passes TCP on to a server until a client says something certain: that connection is held there, without an end and
 * without an answer, so that a test can do what it wants to do at exactly this point.
 */
final class HoldingProxy implements AutoCloseable {

    private record Point(Pattern text, CountDownLatch reached) {}

    private final int target;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Point point;

    HoldingProxy(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
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

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                sockets.add(client);
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(upstream);
                daemon(() -> pass(client, upstream, true));
                daemon(() -> pass(upstream, client, false));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void pass(Socket from, Socket to, boolean fromClient) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[64 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                Point now = point;
                if (fromClient
                        && now != null
                        && now.text()
                                .matcher(new String(buffer, 0, read, StandardCharsets.ISO_8859_1))
                                .find()) {
                    now.reached().countDown();
                    // until the client is gone
                    in.transferTo(OutputStream.nullOutputStream());
                    return;
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // one side is gone, and so is the other now
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "holding-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
