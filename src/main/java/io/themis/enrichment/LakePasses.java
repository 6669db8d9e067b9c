package io.themis.enrichment;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Sees to it that a lake file is read once for all who wait for it: there is one pass over a file at a time, and those who come
 * meanwhile share the next one, if they still need it then.
 */
@Component
class LakePasses {

    private final Map<Object, Line> lines = new HashMap<>();

    /** Those who wait for a file. */
    private static final class Line {

        private final Deque<Seat> seats = new ArrayDeque<>();
        private boolean isReading;
    }

    /** Somebody who needs the file. */
    static final class Seat {

        private final LakeFileQuery query;
        private final Supplier<LakeRows> rows;
        private SearchResult result;
        private boolean hasLeft;
        private boolean isAlone;

        /** @param rows makes a place for what a pass finds; one that fails leaves a part of it there */
        Seat(LakeFileQuery query, Supplier<LakeRows> rows) {
            this.query = query;
            this.rows = rows;
        }

        LakeFileQuery query() {
            return query;
        }

        LakeRows rows() {
            return rows.get();
        }

        void serve(SearchResult found) {
            result = found;
        }

        /** What a pass over it has found for several is not for this one, and neither is what another would find. */
        void readAlone() {
            isAlone = true;
        }

        /** Whether to read the file outside of the line. */
        boolean isAlone() {
            return isAlone;
        }

        private boolean isDone() {
            return result != null || isAlone;
        }

        /** What somebody else's pass has found; null if there was none. */
        SearchResult result() {
            return result;
        }
    }

    /**
     * Waits until somebody else's pass has served the seat, or has told it to read alone, or it is the first in line and nobody reads.
     * Then it has to {@link #leave}, or {@link #begin} a pass.
     *
     * @return whether it had to wait
     */
    synchronized boolean take(Object file, Seat seat) throws InterruptedIOException {
        Line line = lines.computeIfAbsent(file, none -> new Line());
        line.seats.add(seat);
        boolean hasWaited = false;
        while (!seat.isDone() && (line.isReading || line.seats.peek() != seat)) {
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

    /** The seat no longer needs the file; also one that a pass has with it, which then does not wait again. */
    synchronized void leave(Object file, Seat seat) {
        seat.hasLeft = true;
        Line line = lines.get(file);
        // None is left if the pass that served the seat has just ended
        if (line != null) {
            line.seats.remove(seat);
            removeIfEmpty(file, line);
            notifyAll();
        }
    }

    /** Begins a pass, for the seat that is first and all behind it. It must {@link #end}, however it goes. */
    synchronized List<Seat> begin(Object file) {
        Line line = lines.get(file);
        List<Seat> pass = List.copyOf(line.seats);
        line.seats.clear();
        line.isReading = true;
        return pass;
    }

    /** A pass has ended. Seats that it has not served wait again, but for the first, which led it. */
    synchronized void end(Object file, List<Seat> pass) {
        Line line = lines.get(file);
        line.isReading = false;
        for (int i = pass.size() - 1; i > 0; i--) {
            Seat seat = pass.get(i);
            if (!seat.isDone() && !seat.hasLeft) {
                line.seats.addFirst(seat);
            }
        }
        removeIfEmpty(file, line);
        notifyAll();
    }

    private void removeIfEmpty(Object file, Line line) {
        if (line.seats.isEmpty() && !line.isReading) {
            lines.remove(file);
        }
    }
}
