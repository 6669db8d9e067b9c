package io.themis.request;

import java.time.Instant;

/**
 * A request in a list.
 *
 * @param closedAt null as long as it is open
 * @param isPartial whether a dataset could not be searched as a whole
 * @param isStuck whether it goes on only if somebody sees to it
 * @param isReplay see {@link Requests#isReplay}
 */
public record ListedRequest(
        DataSubjectRequest request, Instant closedAt, boolean isPartial, boolean isStuck, boolean isReplay) {

    /** What the list that it stands in is in the order of. */
    public RequestLists.Place place() {
        return new RequestLists.Place(closedAt == null ? request.dueAt() : closedAt, request.id());
    }
}
