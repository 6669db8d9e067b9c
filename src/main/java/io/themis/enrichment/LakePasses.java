package io.themis.enrichment;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Sees to it that a lake file is read once for all who wait for it: one pass over a file at a time, and those who come meanwhile share
 * the next one, if they still need it.
 */
@Component
class LakePasses {

    private final Map<Object, Deque<Seat>> waiting = new HashMap<>();

    /** Somebody who needs the file. */
    static final class Seat {

        private final LakeRows rows;
        private final LakeFileQuery query;
        private SearchResult result;
        private boolean isUnderWay;

        Seat(LakeFileQuery query, LakeRows rows) {
            this.query = query;
            this.rows = rows;
        }

        LakeFileQuery query() {
            return query;
        }

        LakeRows rows() {
            return rows;
        }

        void serve(SearchResult result) {
            this.result = result;
        }

        /** Null if nobody has searched the file for this seat. */
        SearchResult result() {
            return result;
        }
    }

    /**
     * Waits until the seat is served by somebody else's pass, or is the first of those who wait and nobody is reading.
     *
     * @return whether it had to wait
     */
    synchronized boolean take(Object file, Seat seat) throws InterruptedIOException {
        Deque<Seat> seats = waiting.computeIfAbsent(file, none -> new ArrayDeque<>());
        seats.add(seat);
        boolean hasWaited = false;
        while (seat.result == null && (seats.peek() != seat || isUnderWay(seats))) {
            hasWaited = true;
            try {
                wait();
            } catch (InterruptedException e) {
                leave(file, seat);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for a lake file");
            }
        }
        return hasWaited;
    }
}
