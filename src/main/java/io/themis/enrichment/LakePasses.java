package io.themis.enrichment;

import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Sees to it that a lake file is read once for all who wait for it. */
@Component
class LakePasses extends Turns<LakePasses.Seat> {

    /** Somebody who needs the file. */
    static final class Seat extends Turns.Place {

        private final LakeFileQuery query;
        private final Supplier<LakeRows> rows;
        private SearchResult result;
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

        @Override
        boolean isDone() {
            return result != null || isAlone;
        }

        /** What somebody else's pass has found; null if there was none. */
        SearchResult result() {
            return result;
        }
    }
}
