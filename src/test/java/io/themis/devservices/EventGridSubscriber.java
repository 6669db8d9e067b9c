package io.themis.devservices;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A webhook that agrees to the handshake, keeps every event it is sent, and answers with the given statuses, then with
 * 200.
 */
public final class EventGridSubscriber implements AutoCloseable {

    /** One delivery as it came over the wire. */
    public record Received(String contentType, String eventType, String deliveryCount, JsonNode event) {}

    private final HttpServer server;
    private final Queue<Integer> statuses;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private volatile String allowedOrigin = "*";

    public EventGridSubscriber(Integer... statuses) {
        this(0, statuses);
    }

    EventGridSubscriber(int port, Integer[] statuses) {
        this.statuses = new ConcurrentLinkedQueue<>(List.of(statuses));
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    /** Answers the handshake as if the sender were somebody else. */
    EventGridSubscriber allowingOnly(String origin) {
        allowedOrigin = origin;
        return this;
    }

    public URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/hook");
    }

    public List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestMethod().equals("OPTIONS")) {
                exchange.getResponseHeaders().set("WebHook-Allowed-Origin", allowedOrigin);
                exchange.getResponseHeaders().set("WebHook-Allowed-Rate", "*");
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            received.add(new Received(
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    exchange.getRequestHeaders().getFirst("aeg-event-type"),
                    exchange.getRequestHeaders().getFirst("aeg-delivery-count"),
                    CloudEventsBatch.JSON.readTree(exchange.getRequestBody())));
            Integer status = statuses.poll();
            exchange.sendResponseHeaders(status == null ? 200 : status, -1);
        }
    }
}
