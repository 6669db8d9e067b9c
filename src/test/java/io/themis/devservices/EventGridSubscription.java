package io.themis.devservices;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One subscriber of the topic: first the handshake, then each event until it is acknowledged, refused or expired. */
final class EventGridSubscription {

    private static final Logger LOG = LoggerFactory.getLogger(EventGridSubscription.class);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final String ORIGIN = "eventgrid.azure.net";

    /** Bad Request, Unauthorized, Forbidden, Request Entity Too Large: Event Grid drops the event at once. */
    private static final Set<Integer> NOT_RETRIED = Set.of(400, 401, 403, 413);

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_WITHIN)
            .build();

    private enum State {
        VALIDATING,
        ACTIVE,
        REFUSED,
        ENDED
    }

    private static final class Pending {
        private final JsonNode event;
        private int failures;

        Pending(JsonNode event) {
            this.event = event;
        }

        String id() {
            return event.get("id").textValue();
        }
    }

    private final String name;
    private final URI webhook;
    private final RetrySchedule schedule;
    private final Set<Pending> pending = new LinkedHashSet<>();
    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
    private State state = State.VALIDATING;
    private ScheduledExecutorService executor;

    EventGridSubscription(String name, URI webhook, RetrySchedule schedule) {
        this.name = name;
        this.webhook = webhook;
        this.schedule = schedule;
    }

    /** Begins, or goes on with all that is still to be delivered. */
    synchronized void start(ScheduledExecutorService newExecutor) {
        executor = newExecutor;
        switch (state) {
            case VALIDATING -> executor.execute(this::handshake);
            case ACTIVE -> pending.forEach(delivery -> executor.execute(() -> deliver(delivery)));
            case REFUSED, ENDED -> {}
        }
    }

    synchronized void accept(JsonNode event) {
        if (state == State.REFUSED || state == State.ENDED) {
            return;
        }
        Pending delivery = new Pending(event);
        pending.add(delivery);
        if (state == State.ACTIVE) {
            executor.execute(() -> deliver(delivery));
        }
    }

    synchronized void end() {
        state = State.ENDED;
        pending.clear();
    }

    synchronized boolean active() {
        return state == State.ACTIVE;
    }

    synchronized boolean refused() {
        return state == State.REFUSED;
    }

    synchronized int pending() {
        return pending.size();
    }

    int attempts(String eventId) {
        return attempts.getOrDefault(eventId, 0);
    }

    int acknowledged(String eventId) {
        return acknowledged.getOrDefault(eventId, 0);
    }

    /** HTTP 1.1 Web Hooks for Event Delivery, section 4. */
    private void handshake() {
        HttpRequest request = HttpRequest.newBuilder(webhook)
                .timeout(ANSWER_WITHIN)
                .method("OPTIONS", BodyPublishers.noBody())
                .header("WebHook-Request-Origin", ORIGIN)
                .header("WebHook-Request-Rate", "120")
                .build();
        try {
            HttpResponse<Void> response = HTTP.send(request, BodyHandlers.discarding());
            if (allows(response)) {
                validated(State.ACTIVE);
                LOG.info("Subscription {} is active", name);
            } else if (response.statusCode() == 404 || response.statusCode() >= 500) {
                handshakeLater();
            } else {
                validated(State.REFUSED);
                LOG.warn(
                        "Subscription {} is refused: its webhook answered the handshake with status {} and {}",
                        name,
                        response.statusCode(),
                        response.headers().map().keySet());
            }
        } catch (IOException e) {
            handshakeLater();
        } catch (InterruptedException e) {
            // the topic was stopped, and begins again when it is started
        }
    }

    private static boolean allows(HttpResponse<Void> response) {
        String origin = response.headers().firstValue("WebHook-Allowed-Origin").orElse("");
        String rate = response.headers().firstValue("WebHook-Allowed-Rate").orElse("");
        return response.statusCode() == 200 && List.of(ORIGIN, "*").contains(origin) && rate.matches("\\*|[1-9][0-9]*");
    }

    /** The real one gives up at once; this one starts together with the application that it calls. */
    private synchronized void handshakeLater() {
        if (state == State.ENDED) {
            return;
        }
        executor.schedule(this::handshake, schedule.after(1).orElseThrow().toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void validated(State result) {
        if (state == State.ENDED) {
            return;
        }
        state = result;
        if (result == State.REFUSED) {
            pending.clear();
        }
        start(executor);
    }

    private void deliver(Pending delivery) {
        HttpRequest request = HttpRequest.newBuilder(webhook)
                .timeout(ANSWER_WITHIN)
                .header("Content-Type", "application/cloudevents+json; charset=utf-8")
                .header("aeg-subscription-name", name.toUpperCase(Locale.ROOT))
                .header("aeg-delivery-count", Integer.toString(delivery.failures))
                .header("aeg-event-type", "Notification")
                .POST(BodyPublishers.ofString(delivery.event.toString()))
                .build();
        try {
            answered(delivery, HTTP.send(request, BodyHandlers.discarding()).statusCode());
        } catch (IOException e) {
            answered(delivery, 0);
        } catch (InterruptedException e) {
            // the topic was stopped, and delivers again when it is started
        }
    }

    private synchronized void answered(Pending delivery, int status) {
        attempts.merge(delivery.id(), 1, Integer::sum);
        if (status >= 200 && status <= 204) {
            acknowledged.merge(delivery.id(), 1, Integer::sum);
            pending.remove(delivery);
        } else if (NOT_RETRIED.contains(status)) {
            drop(delivery, "its webhook answered " + status);
        } else if (state != State.ENDED) {
            delivery.failures++;
            Optional<Duration> wait = schedule.after(delivery.failures);
            wait.ifPresentOrElse(
                    delay -> executor.schedule(() -> deliver(delivery), delay.toMillis(), TimeUnit.MILLISECONDS),
                    () -> drop(delivery, "it is older than 24 hours of the schedule"));
        }
    }

    private void drop(Pending delivery, String reason) {
        pending.remove(delivery);
        LOG.warn("Subscription {}: event {} is dropped, since {}", name, delivery.id(), reason);
    }
}
