package io.themis.enrichment;

import io.themis.enrichment.LakePasses.Seat;
import io.themis.lake.RowMatch;
import io.themis.lake.RowSink;
import io.themis.request.ReadableError;
import io.themis.request.Shortfall;
import io.themis.request.Shortfall.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reading of a lake file for several people: each is given the rows that are theirs by the rows' own values. The first one leads
 * it, and fails with it. Another whose rows can't be kept drops out, to fail by itself when it leads. If the file can't be read to its
 * end, it may be for a row of only one of them, as others' rows are not looked at so closely. So then each reads the file alone, and
 * nobody's answer depends on who else has asked.
 */
final class LakePass implements RowSink, Findings {

    private static final Logger LOG = LoggerFactory.getLogger(LakePass.class);

    private final List<Seat> seats = new ArrayList<>();
    private final List<LakeRows> rows = new ArrayList<>();
    private final Runnable onWhole;
    private final boolean isShared;

    /**
     * @param seats the first of them leads
     * @param onWhole is run when the file was read to its end
     */
    LakePass(List<Seat> seats, Runnable onWhole) {
        this.onWhole = onWhole;
        join(seats.get(0));
        for (Seat seat : seats.subList(1, seats.size())) {
            try {
                join(seat);
            } catch (RuntimeException e) {
                dropsOut(e);
            }
        }
        isShared = rows.size() > 1;
    }

    private void join(Seat seat) {
        rows.add(seat.rows());
        seats.add(seat);
    }

    private static void dropsOut(Exception e) {
        LOG.warn("a search goes on by itself: {}", ReadableError.of(e));
    }

    /** What all of them look for. */
    RowMatch match() {
        return RowMatch.anyOf(seats.stream().map(seat -> seat.query().match()).toList());
    }

    @Override
    public void row(Map<String, Object> columns) throws IOException {
        if (!isShared) {
            rows.get(0).take(columns);
            return;
        }
        rows.get(0).takeIfConcerned(new LinkedHashMap<>(columns));
        for (int i = rows.size() - 1; i > 0; i--) {
            try {
                rows.get(i).takeIfConcerned(new LinkedHashMap<>(columns));
            } catch (IOException | RuntimeException e) {
                rows.remove(i);
                seats.remove(i);
                dropsOut(e);
            }
        }
    }

    /**
     * {@inheritDoc}
     *
     * @return what was found for the first of them; the others' seats are served
     * @throws SharedReadingException if each of them has to read the file alone
     */
    @Override
    public SearchResult finish(long files, long bytes, Shortfall problem) throws IOException {
        if (problem == null) {
            onWhole.run();
        } else if (isShared && problem.kind() == Kind.UNREADABLE) {
            seats.subList(1, seats.size()).forEach(Seat::readAlone);
            throw new SharedReadingException();
        }
        for (int i = 1; i < seats.size(); i++) {
            try {
                seats.get(i).serve(rows.get(i).finish(files, bytes, problem));
            } catch (IOException | RuntimeException e) {
                dropsOut(e);
            }
        }
        return rows.get(0).finish(files, bytes, problem);
    }
}
