package io.themis.spark;

import io.themis.enrichment.LakeJob.Cut;
import io.themis.enrichment.LakeJob.Source;
import io.themis.spark.CutFormat.Stretch;
import io.themis.spark.CutFormat.Verdict;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** What a query brings of one file after the other. */
final class SparkCut {

    private final RecordCut query;
    private final CutFormat format;
    private final Iterator<Row> rows;
    private Row next;

    SparkCut(RecordCut query, CutFormat format, Iterator<Row> rows) {
        this.query = query;
        this.format = format;
        this.rows = rows;
        advance();
    }

    private void advance() {
        next = rows.hasNext() ? rows.next() : null;
    }

    /** The number of the file that is next; -1 after the last. */
    int file() {
        return next == null ? -1 : RecordCut.file(next);
    }

    /** Of that file; to be read to its end before the next one. */
    Cut of(Source source) {
        int file = file();
        List<Stretch> stretches = new ArrayList<>();
        return new Cut() {

            private long stretch = -1;
            private Verdict verdict;

            @Override
            public byte[] next() {
                while (next != null && RecordCut.file(next) == file) {
                    boolean isSame = RecordCut.stretch(next) == stretch;
                    Stretch before = isSame ? stretches.remove(stretches.size() - 1) : null;
                    stretch = RecordCut.stretch(next);
                    stretches.add(query.counted(before, next));
                    byte[] record = query.record(next);
                    advance();
                    if (record != null) {
                        return record;
                    }
                }
                verdict = RecordCut.isAll(stretches, source) ? format.verdict(stretches) : Verdict.UNSURE;
                return null;
            }

            @Override
            public boolean isSure() {
                return verdict.isSure();
            }

            @Override
            public long malformed() {
                return verdict.malformed();
            }
        };
    }
}
