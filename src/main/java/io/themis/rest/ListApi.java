package io.themis.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.request.EmailAddress;
import io.themis.request.InvalidRequestException;
import io.themis.request.JsonBodies;
import io.themis.request.ListedRequest;
import io.themis.request.RequestLists;
import io.themis.request.RequestLists.Counts;
import io.themis.request.RequestLists.Filter;
import io.themis.request.RequestLists.Place;
import io.themis.security.Caller;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** What the REST routes about lists of requests call. */
@Component
public class ListApi {

    private static final int PAGE = 50;

    /** Of what is found of one person. */
    private static final int MOST_FOUND = 200;

    /** What the caller has asked for themself. */
    private static final String MINE = "mine";

    /** Java knows later times than PostgreSQL does. */
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private static final Filter[] FILTERS = Filter.values();

    private final RequestLists lists;
    private final JsonBodies bodies;

    ListApi(RequestLists lists, JsonBodies bodies) {
        this.lists = lists;
        this.bodies = bodies;
    }

    /**
     * A person's own requests, or a page of everybody's.
     *
     * @param show which ones, in lower case; all that are open if there is none. A person gets their own ones alone
     * @param after {@code next} of the page before, or null
     * @throws InvalidRequestException if these say something else
     */
    public RequestList list(
            @Variable("caller") Caller caller, @Header("show") String show, @Header("after") String after) {
        if (!caller.mayOperate() || MINE.equals(show)) {
            List<ListedRequest> own = caller.emailAddress() == null ? List.of() : lists.of(caller.emailAddress());
            return new RequestList(own.stream().map(Entry::withoutPerson).toList(), null, null, null);
        }
        List<ListedRequest> found = lists.list(filter(show), place(after), PAGE + 1);
        List<ListedRequest> page = found.subList(0, Math.min(PAGE, found.size()));
        return new RequestList(
                page.stream()
                        .map(caller.isOfficer() ? Entry::withPerson : Entry::withoutPerson)
                        .toList(),
                found.size() > PAGE ? text(page.get(PAGE - 1).place()) : null,
                null,
                lists.counts());
    }

    /**
     * All that there is about one person, {@code {"emailAddress": "…"}}; in a body, since addresses of pages are logged on their way.
     *
     * @throws InvalidRequestException if the body says something else
     */
    public RequestList find(@Body byte[] body) {
        JsonNode root = bodies.read(body, "{\"emailAddress\": \"…\"}", Set.of("emailAddress"));
        List<ListedRequest> found =
                lists.about(new EmailAddress(JsonBodies.text(root, "emailAddress")), MOST_FOUND + 1);
        return new RequestList(
                found.stream().limit(MOST_FOUND).map(Entry::withPerson).toList(),
                null,
                found.size() > MOST_FOUND ? true : null,
                null);
    }

    private static Filter filter(String show) {
        for (Filter filter : FILTERS) {
            if (filter.name().toLowerCase(Locale.ROOT).equals(show == null ? "open" : show)) {
                return filter;
            }
        }
        throw new InvalidRequestException("", "show must be open, late, waiting, partial, stuck, closed or mine");
    }

    private static String text(Place place) {
        return place.time() + "_" + place.id();
    }

    private static Place place(String after) {
        if (after == null) {
            return null;
        }
        try {
            String[] parts = after.split("_", 2);
            Instant time = Instant.parse(parts[0]);
            if (time.isBefore(Instant.EPOCH) || time.isAfter(END_OF_TIME)) {
                throw notANext();
            }
            return new Place(time, UUID.fromString(parts[parts.length - 1]));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw notANext();
        }
    }

    private static InvalidRequestException notANext() {
        return new InvalidRequestException("", "after must be what the page before has as next");
    }

    /**
     * @param next where the next page begins, or null if this is the last one
     * @param more true if one person has more than these; null if this is all
     * @param counts of open requests; null in a list of one person's
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RequestList(List<Entry> requests, String next, Boolean more, Counts counts) {}

    /** @param emailAddress for privacy officers */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            UUID id,
            String type,
            String status,
            String emailAddress,
            Instant receivedAt,
            Instant dueAt,
            Instant closedAt,
            boolean partial,
            boolean stuck,
            boolean replay) {

        static Entry withPerson(ListedRequest listed) {
            return of(listed, listed.request().emailAddress().value());
        }

        static Entry withoutPerson(ListedRequest listed) {
            return of(listed, null);
        }

        private static Entry of(ListedRequest listed, String emailAddress) {
            return new Entry(
                    listed.request().id(),
                    listed.request().type().label(),
                    listed.request().status().label(),
                    emailAddress,
                    listed.request().receivedAt(),
                    listed.request().dueAt(),
                    listed.closedAt(),
                    listed.isPartial(),
                    listed.isStuck(),
                    listed.isReplay());
        }
    }
}
