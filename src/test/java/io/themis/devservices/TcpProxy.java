package io.themis.devservices;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ServerSocketFactory;

/** Passes TCP on to a server on this machine. When one side ends a connection, so does the other. */
public class TcpProxy implements AutoCloseable {

    private final int target;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /**
     * @param target port of the server
     * @param sockets makes the socket that clients connect to
     */
    protected TcpProxy(int target, ServerSocketFactory sockets) {
        this.target = target;
        try {
            server = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** Where clients connect. */
    public final int port() {
        return server.getLocalPort();
    }

    /** Passes on what a client says, until it ends; returning ends the connection. */
    protected void passRequests(InputStream client, OutputStream upstream) throws IOException {
        client.transferTo(upstream);
    }

    /** Passes on what the server answers, until it ends; returning ends the connection. */
    protected void passAnswers(InputStream upstream, OutputStream client) throws IOException {
        upstream.transferTo(client);
    }

    /** The same, for who has to know which connection it is. */
    protected void passRequests(Socket client, Socket upstream) throws IOException {
        passRequests(client.getInputStream(), upstream.getOutputStream());
    }

    /** The same, for who has to know which connection it is. */
    protected void passAnswers(Socket upstream, Socket client) throws IOException {
        passAnswers(upstream.getInputStream(), client.getOutputStream());
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                sockets.add(client);
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(upstream);
                daemon(() -> pass(client, upstream, this::passRequests));
                daemon(() -> pass(upstream, client, this::passAnswers));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private interface Direction {
        void pass(Socket from, Socket to) throws IOException;
    }

    private static void pass(Socket from, Socket to, Direction direction) {
        try (from;
                to) {
            direction.pass(from, to);
        } catch (IOException e) {
            // one side is gone, and so is the other now
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public final void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
