package io.themis.devservices;

import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.core.models.CloudEvent;
import com.azure.messaging.eventgrid.EventGridPublisherClient;
import com.azure.messaging.eventgrid.EventGridPublisherClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import reactor.netty.resources.ConnectionProvider;

/**
 * Stands in for an Event Grid topic with the CloudEvents schema: takes what the real one takes, refuses what it
 * refuses, and delivers to every subscriber at least once and in no particular order. It listens on the loopback
 * address, by TLS, since no client of Azure sends a key in clear.
 *
 * <p>Events and subscriptions live as long as this object; {@link #stop} and {@link #start} are an outage.
 */
public final class EventGridTopic implements AutoCloseable {

    private static final int MAX_BYTES = 1024 * 1024;
    private static final int DELIVERY_THREADS = 4;
    private static final LoopbackCertificate CERTIFICATE = LoopbackCertificate.get();

    private final String accessKey;
    private final RetrySchedule schedule;
    private final ConnectionProvider connections = ConnectionProvider.create("event-grid-topic");
    private final Map<String, EventGridSubscription> subscriptions = new ConcurrentHashMap<>();
    private final Map<String, JsonNode> accepted = new ConcurrentHashMap<>();
    private int port;
    private HttpsServer server;
    private ScheduledThreadPoolExecutor executor;
    private ExecutorService requests;

    /**
     * @param port 0 for any free one
     * @param retryUnit how long a second of Event Grid's retry schedule lasts here
     */
    public EventGridTopic(int port, String accessKey, Duration retryUnit) {
        this.port = port;
        this.accessKey = accessKey;
        this.schedule = new RetrySchedule(retryUnit);
    }

    /** @throws IllegalStateException if another program listens on the port */
    public synchronized void start() {
        try {
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The Event Grid stand-in can't listen on port " + port + ": " + e.getMessage(), e);
        }
        port = server.getAddress().getPort();
        executor = new ScheduledThreadPoolExecutor(DELIVERY_THREADS, EventGridTopic::daemon, new DiscardPolicy());
        requests = Executors.newCachedThreadPool(EventGridTopic::daemon);
        server.setHttpsConfigurator(new HttpsConfigurator(CERTIFICATE.server()));
        server.setExecutor(requests);
        server.createContext("/", this::publish);
        subscriptions.values().forEach(subscription -> subscription.start(executor));
        server.start();
    }

    /** From now on nobody reaches the topic and it delivers nothing; what it has accepted stays. */
    public synchronized void stop() {
        if (server == null) {
            return;
        }
        server.stop(0);
        requests.shutdown();
        executor.shutdownNow();
        try {
            executor.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server = null;
    }

    @Override
    public void close() {
        stop();
        connections.dispose();
    }

    /** What a real topic's page shows as its endpoint; known once started. */
    public URI endpoint() {
        return URI.create("https://localhost:" + port + "/api/events");
    }

    /** Publishes to this topic with its key. */
    public EventGridPublisherClient<CloudEvent> publisherClient() {
        return new EventGridPublisherClientBuilder()
                .endpoint(endpoint().toString())
                .credential(new AzureKeyCredential(accessKey))
                .httpClient(httpClient())
                .buildCloudEventPublisherClient();
    }

    /** Trusts this topic's certificate and no other. */
    public HttpClient httpClient() {
        try {
            var trust = SslContextBuilder.forClient()
                    .trustManager(CERTIFICATE.certificate())
                    .build();
            return new NettyAsyncHttpClientBuilder(reactor.netty.http.client.HttpClient.create(connections)
                            .secure(tls -> tls.sslContext(trust)))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Adds a subscriber. The handshake comes first, and again and again while the webhook does not listen; meanwhile
     * events wait for it.
     *
     * @param webhook on this machine only
     */
    public synchronized void subscribe(String name, URI webhook) {
        try {
            if (!InetAddress.getByName(webhook.getHost()).isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        "The stand-in delivers on this machine only, not to " + webhook.getHost());
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("Unknown host " + webhook.getHost(), e);
        }
        EventGridSubscription subscription = new EventGridSubscription(name, webhook, schedule);
        if (subscriptions.putIfAbsent(name, subscription) != null) {
            throw new IllegalArgumentException("There is a subscription " + name + " already");
        }
        if (server != null) {
            subscription.start(executor);
        }
    }

    /** Ends a subscription; what it has still to be sent is dropped. */
    public void unsubscribe(String name) {
        EventGridSubscription subscription = subscriptions.remove(name);
        if (subscription != null) {
            subscription.end();
        }
    }

    /** Whether the handshake has succeeded. */
    public boolean isActive(String subscription) {
        return subscription(subscription).active();
    }

    /** Whether the handshake was answered wrongly, so that nothing is ever delivered. */
    public boolean isRefused(String subscription) {
        return subscription(subscription).refused();
    }

    /** How often the subscriber was sent the event, whatever it answered. */
    public int attempts(String subscription, String eventId) {
        return subscription(subscription).attempts(eventId);
    }

    /** How often the subscriber acknowledged the event. */
    public int acknowledged(String subscription, String eventId) {
        return subscription(subscription).acknowledged(eventId);
    }

    /** How many events the subscriber has still to be sent. */
    public int pending(String subscription) {
        return subscription(subscription).pending();
    }

    /** Delivers an accepted event to every subscriber once more, as Event Grid may at any time. */
    public void deliverAgain(String eventId) {
        JsonNode event = accepted.get(eventId);
        if (event == null) {
            throw new NoSuchElementException("No event " + eventId + " was published");
        }
        subscriptions.values().forEach(subscription -> subscription.accept(event));
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "event-grid-topic");
        thread.setDaemon(true);
        return thread;
    }

    private EventGridSubscription subscription(String name) {
        EventGridSubscription subscription = subscriptions.get(name);
        if (subscription == null) {
            throw new NoSuchElementException("There is no subscription " + name);
        }
        return subscription;
    }

    private void publish(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals("/api/events")) {
                refuse(exchange, 404, "NotFound", "There is no such resource.");
            } else if (!exchange.getRequestMethod().equals("POST")) {
                refuse(exchange, 405, "MethodNotAllowed", "Events are published by POST.");
            } else if (!accessKey.equals(exchange.getRequestHeaders().getFirst("aeg-sas-key"))) {
                refuse(exchange, 401, "Unauthorized", "The request has no valid aeg-sas-key.");
            } else if (!hasApiVersion(exchange.getRequestURI())) {
                refuse(exchange, 400, "BadRequest", "The query has no api-version=2018-01-01.");
            } else if (!isBatch(exchange.getRequestHeaders().getFirst("Content-Type"))) {
                refuse(exchange, 400, "BadRequest", "The Content-Type is not application/cloudevents-batch+json.");
            } else {
                accept(exchange);
            }
        }
    }

    private void accept(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            // a client reads no answer before it has sent its whole body
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            refuse(exchange, 413, "RequestEntityTooLarge", "The body is larger than 1 MB.");
            return;
        }
        List<JsonNode> events;
        try {
            events = CloudEventsBatch.parse(body).events();
        } catch (CloudEventsBatch.RefusedException e) {
            refuse(exchange, 400, "BadRequest", e.getMessage());
            return;
        }
        for (JsonNode event : events) {
            accepted.put(event.get("id").textValue(), event);
            subscriptions.values().forEach(subscription -> subscription.accept(event));
        }
        exchange.sendResponseHeaders(200, -1);
    }

    private static boolean hasApiVersion(URI uri) {
        return uri.getQuery() != null
                && Arrays.asList(uri.getQuery().split("&")).contains("api-version=2018-01-01");
    }

    private static boolean isBatch(String contentType) {
        return contentType != null
                && contentType.split(";")[0].trim().equalsIgnoreCase("application/cloudevents-batch+json");
    }

    private static void refuse(HttpExchange exchange, int status, String code, String message) throws IOException {
        byte[] body = "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}"
                .formatted(code, message)
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
