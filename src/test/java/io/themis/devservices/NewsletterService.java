package io.themis.devservices;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Stands in for the service that sends the shop's newsletter: {@code GET /letters?subscriber=ADDRESS&after=ID} answers
 * {@code {"letters": [...], "next": ID}} without {@code next} on the last page, and 404 if there is no such subscriber; DELETE of
 * the same forgets one. It wants a token, and answers 429 to who asks too often.
 */
public final class NewsletterService implements AutoCloseable {

    /** What may become of an answer. */
    public enum Trouble {
        ERROR,
        TOO_MANY_REQUESTS,
        CONNECTION_CUT,
        HALF_AN_ANSWER,
        MOVED,
        GONE,
        SILENCE
    }

    private static final int PAGE = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String token = UUID.randomUUID().toString();
    private final List<SampleShop.Letter> letters;
    private final int requestsASecond;
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final Deque<Long> times = new ArrayDeque<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private Trouble trouble;
    private int goodAnswers;

    /** @param requestsASecond that it answers; the next one gets 429 */
    public NewsletterService(List<SampleShop.Letter> letters, int requestsASecond) {
        this.letters = new CopyOnWriteArrayList<>(letters);
        this.requestsASecond = requestsASecond;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/letters", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String token() {
        return token;
    }

    /** Every request so far: its line and its headers. */
    public List<String> received() {
        return received;
    }

    /** Answers that many requests more, and then has trouble with each, until it is mended. */
    public synchronized void breakAfter(int answers, Trouble kind) {
        goodAnswers = answers;
        trouble = kind;
    }

    public synchronized void mend() {
        trouble = null;
    }

    private void handle(HttpExchange exchange) throws IOException {
        received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().entrySet());
        Trouble now = trouble();
        if (now == Trouble.SILENCE) {
            return;
        }
        if (now == Trouble.CONNECTION_CUT) {
            byte[] page = page(exchange);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page, 0, page.length / 2);
            exchange.getResponseBody().flush();
            exchange.close();
            return;
        }
        if (now == Trouble.MOVED) {
            exchange.getResponseHeaders().set("Location", url() + "/letters?subscriber=somebody%40example.org");
        }
        if (now == Trouble.TOO_MANY_REQUESTS || isTooOften()) {
            exchange.getResponseHeaders().set("Retry-After", "1");
            answer(exchange, 429, new byte[0]);
        } else if (now == Trouble.ERROR || now == Trouble.MOVED) {
            answer(exchange, now == Trouble.ERROR ? 500 : 302, "{\"letters\": []}".getBytes(StandardCharsets.UTF_8));
        } else if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, new byte[0]);
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            String subscriber = query(exchange).get("subscriber");
            boolean isThere = letters.removeIf(letter -> letter.subscriber().equalsIgnoreCase(subscriber));
            answer(exchange, isThere ? 204 : 404, new byte[0]);
        } else {
            byte[] page = page(exchange);
            if (page == null || now == Trouble.GONE) {
                answer(exchange, 404, new byte[0]);
            } else {
                answer(exchange, 200, now == Trouble.HALF_AN_ANSWER ? Arrays.copyOf(page, page.length / 2) : page);
            }
        }
    }

    private synchronized Trouble trouble() {
        return trouble == null || goodAnswers-- > 0 ? null : trouble;
    }

    private synchronized boolean isTooOften() {
        long now = System.nanoTime();
        while (!times.isEmpty() && now - times.peek() > 1_000_000_000) {
            times.remove();
        }
        times.add(now);
        return times.size() > requestsASecond;
    }

    /** Null if there is no such subscriber. */
    private byte[] page(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange);
        List<SampleShop.Letter> all = letters.stream()
                .filter(letter -> letter.subscriber().equalsIgnoreCase(query.get("subscriber")))
                .toList();
        if (all.isEmpty()) {
            return null;
        }
        String last = query.getOrDefault("after", "");
        long after = last.isEmpty() ? 0 : Long.parseLong(last);
        List<SampleShop.Letter> rest =
                all.stream().filter(letter -> letter.id() > after).toList();
        ObjectNode page = JSON.createObjectNode();
        ArrayNode rows = page.putArray("letters");
        rest.stream()
                .limit(PAGE)
                .forEach(letter -> rows.addObject()
                        .put("id", letter.id())
                        .put("subscriber", letter.subscriber())
                        .put("subject", letter.subject())
                        .put("sent", letter.sent().toString())
                        .put("opened", letter.opened())
                        .put("seconds", letter.seconds()));
        if (rest.size() > PAGE) {
            page.put("next", rest.get(PAGE - 1).id());
        }
        return JSON.writeValueAsBytes(page);
    }

    private static Map<String, String> query(HttpExchange exchange) {
        return Arrays.stream(exchange.getRequestURI().getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
