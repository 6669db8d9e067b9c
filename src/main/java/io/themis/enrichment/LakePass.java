package io.themis.enrichment;

import io.themis.enrichment.LakePasses.Seat;
import io.themis.lake.RowMatch;
import io.themis.lake.RowSink;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One reading of a lake file for several people: each is given the rows that are theirs by the rows' own values. */
final class LakePass implements RowSink, Findings {

    private final List<Seat> seats;
    private final List<LakeRows> rows = new ArrayList<>();
    private final Runnable onWhole;

    /** @param onWhole is run when the file was read to its end */
    LakePass(List<Seat> seats, Runnable onWhole) {
        this.seats = seats;
        this.onWhole = onWhole;
        seats.forEach(seat -> rows.add(seat.rows()));
    }

    /** What all of them look for. */
    RowMatch match() {
        return RowMatch.anyOf(seats.stream().map(seat -> seat.query().match()).toList());
    }

    @Override
    public void row(Map<String, Object> columns) throws IOException {
        if (rows.size() == 1) {
            rows.get(0).take(columns);
            return;
        }
        for (LakeRows one : rows) {
            one.takeIfConcerned(new LinkedHashMap<>(columns));
        }
    }

    /** @return what was found for the first of them; the others' seats are served */
    @Override
    public SearchResult finish(long files, long bytes, Shortfall problem) throws IOException {
        if (problem == null) {
            onWhole.run();
        }
        for (int i = 1; i < seats.size(); i++) {
            seats.get(i).serve(rows.get(i).finish(files, bytes, problem));
            seats.get(i).query().progress().end();
        }
        return rows.get(0).finish(files, bytes, problem);
    }
}
