package io.themis;

import io.themis.devservices.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

    private final int target;
    private final List<Point> points = new CopyOnWriteArrayList<>();

    HoldingProxy(int target) {
        super(target, ServerSocketFactory.getDefault());
        this.target = target;
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
    protected void passRequests(InputStream client, OutputStream upstream) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int read = client.read(buffer); read >= 0; read = client.read(buffer)) {
            for (Point point : points) {
                if (point.takes(buffer, read)) {
                    hold(point, client, buffer, read);
                    return;
                }
            }
            for (Point point : points) {
                point.hear(buffer, read);
            }
            upstream.write(buffer, 0, read);
        }
    }

    /** Until the client is gone. */
    private void hold(Point point, InputStream client, byte[] said, int length) throws IOException {
        if (!point.isPassedOn()) {
            point.reached().countDown();
            client.transferTo(OutputStream.nullOutputStream());
            return;
        }
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            server.getOutputStream().write(said, 0, length);
            Thread answered = new Thread(() -> awaitAnswer(server, point.reached()), "lost-answer");
            answered.setDaemon(true);
            answered.start();
            client.transferTo(server.getOutputStream());
        }
    }

    private static void awaitAnswer(Socket server, CountDownLatch reached) {
        try {
            if (server.getInputStream().read() >= 0) {
                reached.countDown();
            }
        } catch (IOException e) {
            // the client is gone before there was one, and whoever waits for it is told
        }
    }

    private static boolean find(Pattern text, byte[] said, int length) {
        return text.matcher(new String(said, 0, length, StandardCharsets.ISO_8859_1))
                .find();
    }
}
