package io.themis;

import io.themis.devservices.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/**
 * Passes TCP on to a server until a client says something certain: that connection is held there, without an end and
 * without an answer, so that a test can do what it wants to do at exactly this point. There can be several points at a time, each for
 * another connection.
 */
final class HoldingProxy extends TcpProxy {

    /**
     * @param first has to be said before, by whomever; null if nothing has
     * @param isPassedOn whether the server hears it, and only its answer is lost
     * @param left how many are held yet
     */
    private record Point(
            Pattern text,
            Pattern first,
            CountDownLatch firstSaid,
            boolean isPassedOn,
            AtomicInteger left,
            CountDownLatch reached) {

        Point(String text, String first, boolean isPassedOn, int left) {
            this(
                    Pattern.compile(text),
                    first == null ? null : Pattern.compile(first),
                    new CountDownLatch(first == null ? 0 : 1),
                    isPassedOn,
                    new AtomicInteger(left),
                    new CountDownLatch(1));
        }

        boolean takes(byte[] said, int length) {
            return firstSaid.getCount() == 0 && find(text, said, length) && left.getAndDecrement() > 0;
        }

        void hear(byte[] said, int length) {
            if (firstSaid.getCount() > 0 && find(first, said, length)) {
                firstSaid.countDown();
            }
        }
    }

    private record Held(Point point, CountDownLatch clientGone) {}

    private final Map<Socket, Held> held = new ConcurrentHashMap<>();
    private final List<Point> points = new CopyOnWriteArrayList<>();

    HoldingProxy(int target) {
        super(target, ServerSocketFactory.getDefault());
    }

    /**
     * Holds here, and at no point that was named before.
     *
     * @param text what holds every connection that says it, in one piece
     */
    void holdAt(String text) {
        holdNothing();
        points.add(new Point(text, null, false, Integer.MAX_VALUE));
    }

    /** Holds the first that says this, too. */
    void alsoHoldFirst(String text) {
        points.add(new Point(text, null, false, 1));
    }

    /** Holds the first that says one thing after another, which is passed on, was said by whomever. */
    void alsoHoldFirstAfter(String first, String text) {
        points.add(new Point(text, first, false, 1));
    }

    /** The server does what the first tells it, who never hears of it. */
    void alsoLoseFirstAnswerTo(String text) {
        points.add(new Point(text, null, true, 1));
    }

    /** Waits until somebody is held at each of the points. */
    void awaitHeld() throws InterruptedException {
        for (Point point : points) {
            if (!point.reached().await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody said " + point.text());
            }
        }
    }

    void holdNothing() {
        points.clear();
    }

    @Override
    protected void passRequests(Socket client, Socket upstream) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        InputStream requests = client.getInputStream();
        for (int read = requests.read(buffer); read >= 0; read = requests.read(buffer)) {
            for (Point point : points) {
                if (point.takes(buffer, read)) {
                    hold(point, client, upstream, buffer, read);
                    return;
                }
            }
            for (Point point : points) {
                point.hear(buffer, read);
            }
            upstream.getOutputStream().write(buffer, 0, read);
        }
    }

    /** Until the client is gone. */
    private void hold(Point point, Socket client, Socket upstream, byte[] said, int length) throws IOException {
        Held connection = new Held(point, new CountDownLatch(1));
        held.put(client, connection);
        try {
            if (point.isPassedOn()) {
                upstream.getOutputStream().write(said, 0, length);
                client.getInputStream().transferTo(upstream.getOutputStream());
            } else {
                point.reached().countDown();
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
        } finally {
            connection.clientGone().countDown();
        }
    }

    @Override
    protected void passAnswers(Socket upstream, Socket client) throws IOException {
        try {
            byte[] buffer = new byte[64 * 1024];
            InputStream answers = upstream.getInputStream();
            for (int read = answers.read(buffer); read >= 0; read = answers.read(buffer)) {
                Held connection = held.get(client);
                if (connection == null) {
                    client.getOutputStream().write(buffer, 0, read);
                } else if (connection.point().isPassedOn()) {
                    connection.point().reached().countDown();
                }
            }
        } finally {
            // A server ends a connection that it takes for idle, and the client must not hear of that
            Held connection = held.remove(client);
            if (connection != null) {
                await(connection.clientGone());
            }
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static boolean find(Pattern text, byte[] said, int length) {
        return text.matcher(new String(said, 0, length, StandardCharsets.ISO_8859_1))
                .find();
    }
}
