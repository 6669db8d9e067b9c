package io.themis.request;

import java.time.Instant;

/**
 * One step of a request.
 *
 * @param dueAt when it runs next, or ran
 * @param lastError why the last attempt failed, for a person to read; null if none did
 */
public record Step(
        String name,
        State state,
        int attempts,
        Instant dueAt,
        Instant startedAt,
        Instant finishedAt,
        String lastError) {

    public enum State {
        WAITING,
        RUNNING,
        DONE,
        /** Given up after the last attempt; waits for an operator. */
        PARKED
    }
}
