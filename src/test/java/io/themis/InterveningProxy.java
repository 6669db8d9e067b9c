package io.themis;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Passes HTTP on to a store and notes what was asked, as {@code PUT lake/a/file.csv?comp=blocklist} without the account. It can hold
 * requests before the store hears of them, and answer some in its place.
 */
final class InterveningProxy {

    /** Those that the client sets itself. */
    private static final Set<String> OWN_HEADERS =
            Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade");

    /** What becomes of requests that say something. */
    private interface Intervention {

        Pattern text();
    }

    private record Answer(Pattern text, int status, String code) implements Intervention {}

    /** Requests that are held until they are released. */
    final class Hold implements Intervention {

        private final Pattern text;
        private final CountDownLatch reached;
        private final CountDownLatch released = new CountDownLatch(1);

        private Hold(Pattern text, int count) {
            this.text = text;
            this.reached = new CountDownLatch(count);
        }

        @Override
        public Pattern text() {
            return text;
        }

        void await() throws InterruptedException {
            if (!reached.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("too few have asked " + text);
            }
        }

        void release() {
            remove(this);
            released.countDown();
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpServer server;
    private final int target;
    private final List<String> asked = new ArrayList<>();
    private final List<Intervention> interventions = new ArrayList<>();

    /** @param target port of the store */
    InterveningProxy(int target) {
        this.target = target;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "intervening-proxy");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::pass);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /**
     * Holds all requests that say this.
     *
     * @param count how many are to be waited for
     */
    Hold hold(String text, int count) {
        Hold hold = new Hold(Pattern.compile(text), count);
        add(hold);
        return hold;
    }

    /** The store does not hear of requests that say this. */
    void answer(String text, int status, String code) {
        add(new Answer(Pattern.compile(text), status, code));
    }

    private synchronized void add(Intervention intervention) {
        interventions.add(intervention);
    }

    private synchronized void remove(Intervention intervention) {
        interventions.remove(intervention);
    }

    /** Lets all go on, and forgets what was asked. */
    synchronized void passAll() {
        for (Intervention intervention : List.copyOf(interventions)) {
            if (intervention instanceof Hold hold) {
                hold.release();
            }
        }
        interventions.clear();
        asked.clear();
    }

    /** How many requests have said this. */
    synchronized long count(String text) {
        Pattern pattern = Pattern.compile(text);
        return asked.stream().filter(line -> pattern.matcher(line).find()).count();
    }

    private synchronized Intervention intervention(String line) {
        asked.add(line);
        return interventions.stream()
                .filter(each -> each.text().matcher(line).find())
                .findFirst()
                .orElse(null);
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String line = exchange.getRequestMethod() + " "
                    + URLDecoder.decode(exchange.getRequestURI().toString(), StandardCharsets.UTF_8)
                            .replaceFirst("^/[^/]+/", "");
            Intervention intervention = intervention(line);
            if (intervention instanceof Hold hold) {
                hold.reached.countDown();
                hold.released.await();
            } else if (intervention instanceof Answer answer) {
                byte[] error =
                        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code><Message>No.</Message></Error>"
                                .formatted(answer.code())
                                .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("x-ms-error-code", answer.code());
                exchange.getResponseHeaders().set("Content-Type", "application/xml");
                exchange.sendResponseHeaders(answer.status(), error.length);
                exchange.getResponseBody().write(error);
                return;
            }
            answer(exchange, http.send(request(exchange, body), BodyHandlers.ofByteArray()));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private HttpRequest request(HttpExchange exchange, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + target + exchange.getRequestURI()))
                .version(HttpClient.Version.HTTP_1_1)
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request.build();
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        answer.headers().map().forEach((name, values) -> {
            boolean isLength = name.equalsIgnoreCase("content-length");
            if (isLength ? isHead : !OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        boolean hasBody = !isHead && answer.body().length > 0;
        exchange.sendResponseHeaders(answer.statusCode(), hasBody ? answer.body().length : -1);
        if (hasBody) {
            exchange.getResponseBody().write(answer.body());
        }
    }
}
