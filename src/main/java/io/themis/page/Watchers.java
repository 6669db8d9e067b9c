package io.themis.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.RequestLists;
import io.themis.request.RequestLists.Standing;
import io.themis.request.RequestProgress;
import io.themis.request.RequestStatus;
import io.themis.request.SearchProgresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The pages that watch how far requests come, by server-sent events. No thread waits for any of them: a timer looks once a second at
 * what all of them watch, with two queries, and tells those for whom something has changed.
 */
@Component
public class Watchers {

    /** For all of a replica. Whoever comes later sees the page without it, and loads it again. */
    private static final int MOST = 1000;

    /** Of these. A person has a handful of pages open; one alone must not take the places of all. */
    private static final int MOST_OF_ONE = 10;

    /**
     * After that the browser asks again, and whoever is no longer signed in is not told any more. Shorter than a server that stops
     * waits (30 s), since the container does not always notice that a page was closed.
     */
    private static final Duration LONGEST = Duration.ofSeconds(25);

    /** A gateway takes a connection on which nothing comes for dead. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Set<Watch> watches = Collections.newSetFromMap(new ConcurrentHashMap<>());
    private final AtomicLong numbers = new AtomicLong();
    private final RequestLists requests;
    private final SearchProgresses searches;
    private final Clock clock;
    private volatile boolean isClosed;

    Watchers(RequestLists requests, SearchProgresses searches, Clock clock) {
        this.requests = requests;
        this.searches = searches;
        this.clock = clock;
    }

    /** One page that watches. */
    private final class Watch {

        private final long number = numbers.incrementAndGet();
        private final UUID id;
        private final String who;
        private final Locale language;
        private final long datasets;
        private final SseEmitter events = new SseEmitter(LONGEST.toMillis());
        private String told;
        private Instant toldAt = Instant.MIN;

        Watch(UUID id, String who, Locale language, long datasets) {
            this.id = id;
            this.who = who;
            this.language = language;
            this.datasets = datasets;
        }

        /** Tells what has changed since the last time. One at a time: the timer may meet the one who opens the page. */
        synchronized void tell(Standing standing, RequestProgress lake) {
            try {
                Instant now = clock.instant();
                String news = news(standing, lake, now);
                if (!news.equals(told)) {
                    events.send(SseEmitter.event().name("progress").data(news));
                } else if (toldAt.plus(SILENCE).isBefore(now)) {
                    events.send(SseEmitter.event().comment("still here"));
                } else {
                    return;
                }
                told = news;
                toldAt = now;
                if (standing.status().isClosed()) {
                    events.send(SseEmitter.event().name("end").data(""));
                    end();
                }
            } catch (IOException | IllegalStateException e) {
                // The page was closed.
                watches.remove(this);
            }
        }

        private String news(Standing standing, RequestProgress lake, Instant now) {
            Progress progress = Progress.of(standing.datasetsAnswered(), datasets, lake);
            return json(Map.of(
                    "state", state(standing.status(), standing.hasPackage(), standing.isParked()),
                    "text", new PageWords(language, now).progress(progress),
                    "share", progress.share()));
        }

        /** For another page of the same person. This one loads itself again after a while. */
        void makeRoom() {
            try {
                events.send(SseEmitter.event().name("later").data(""));
            } catch (IOException | IllegalStateException e) {
                // The page was closed.
            }
            end();
        }

        void end() {
            watches.remove(this);
            events.complete();
        }
    }

    /** A page shows the state it was made in, and is loaded again when that is another one. */
    static String state(RequestStatus status, boolean hasPackage, boolean isParked) {
        return status.label() + (hasPackage ? "+" : "") + (isParked ? "!" : "");
    }

    /**
     * Begins to watch for somebody who may read the request. Whoever watches too much already watches the oldest of it no more.
     *
     * @param who the same for all pages of one person
     * @param datasets how many there are
     * @return nothing if there are too many already
     */
    Optional<SseEmitter> watch(UUID id, String who, Locale language, long datasets) {
        Watch watch = new Watch(id, who, language, datasets);
        List<Watch> tooOld;
        synchronized (watches) {
            List<Watch> own = watches.stream()
                    .filter(each -> each.who.equals(who))
                    .sorted(Comparator.comparingLong(each -> each.number))
                    .toList();
            tooOld = own.subList(0, Math.max(0, own.size() - MOST_OF_ONE + 1));
            if (isClosed || watches.size() - tooOld.size() >= MOST) {
                return Optional.empty();
            }
            tooOld.forEach(watches::remove);
            watches.add(watch);
        }
        tooOld.forEach(Watch::makeRoom);
        watch.events.onCompletion(() -> watches.remove(watch));
        watch.events.onTimeout(watch::end);
        watch.events.onError(e -> watches.remove(watch));
        try {
            tell(List.of(watch));
        } catch (RuntimeException e) {
            // Nobody will have it, so nobody would end it.
            watches.remove(watch);
            throw e;
        }
        return Optional.of(watch.events);
    }

    /** Called by the clock. */
    public void tell() {
        if (!watches.isEmpty()) {
            tell(List.copyOf(watches));
        }
    }

    private void tell(List<Watch> some) {
        Set<UUID> ids = some.stream().map(watch -> watch.id).collect(Collectors.toSet());
        Map<UUID, Standing> standings =
                requests.standings(ids).stream().collect(Collectors.toMap(Standing::id, Function.identity()));
        Map<UUID, RequestProgress> lakes = searches.of(ids);
        some.stream()
                .filter(watch -> standings.containsKey(watch.id))
                .forEach(watch -> watch.tell(standings.get(watch.id), lakes.get(watch.id)));
    }

    /** A server that stops waits for what is under way. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        isClosed = true;
        watches.forEach(Watch::end);
    }

    private static String json(Map<String, Object> news) {
        try {
            return JSON.writeValueAsString(new TreeMap<>(news));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
