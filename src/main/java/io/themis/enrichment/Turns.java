package io.themis.enrichment;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sees to it that a work is done once for all who wait for it: there is one pass of each work at a time, and those who come meanwhile
 * share the next one, if they still need it then.
 *
 * @param <S> somebody's place in line
 */
class Turns<S extends Turns.Place> {

    private final Map<Object, Line<S>> lines = new HashMap<>();

    /** Those who wait for a work. */
    private static final class Line<S> {

        private final Deque<S> places = new ArrayDeque<>();
        private boolean isAtWork;
    }

    /** Somebody who needs a work to be done. */
    abstract static class Place {

        private boolean hasLeft;

        /** Whether it need not wait for a pass any more. */
        abstract boolean isDone();
    }

    /**
     * Waits until somebody else's pass has done with the place, or it is the first in line and no pass is under way.
     * Then it has to {@link #leave}, or {@link #begin} a pass.
     *
     * @return whether it had to wait
     */
    synchronized boolean take(Object work, S place) throws InterruptedIOException {
        Line<S> line = lines.computeIfAbsent(work, none -> new Line<>());
        line.places.add(place);
        boolean hasWaited = false;
        while (!place.isDone() && (line.isAtWork || line.places.peek() != place)) {
            hasWaited = true;
            try {
                wait();
            } catch (InterruptedException e) {
                leave(work, place);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for a lake file");
            }
        }
        return hasWaited;
    }

    /** The place no longer needs the work; also one that a pass has with it, which then does not wait again. */
    synchronized void leave(Object work, S place) {
        ((Place) place).hasLeft = true;
        Line<S> line = lines.get(work);
        // None is left if the pass that served the place has just ended
        if (line != null) {
            line.places.remove(place);
            removeIfEmpty(work, line);
            notifyAll();
        }
    }

    /** Begins a pass, for the place that is first and all behind it. It must {@link #end}, however it goes. */
    synchronized List<S> begin(Object work) {
        Line<S> line = lines.get(work);
        List<S> pass = List.copyOf(line.places);
        line.places.clear();
        line.isAtWork = true;
        return pass;
    }

    /** A pass has ended. Places that it has not served wait again, but for the first, which led it. */
    synchronized void end(Object work, List<S> pass) {
        Line<S> line = lines.get(work);
        line.isAtWork = false;
        for (int i = pass.size() - 1; i > 0; i--) {
            S place = pass.get(i);
            if (!place.isDone() && !((Place) place).hasLeft) {
                line.places.addFirst(place);
            }
        }
        removeIfEmpty(work, line);
        notifyAll();
    }

    private void removeIfEmpty(Object work, Line<S> line) {
        if (line.places.isEmpty() && !line.isAtWork) {
            lines.remove(work);
        }
    }
}
