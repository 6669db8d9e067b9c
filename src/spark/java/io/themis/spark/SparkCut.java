package io.themis.spark;

import io.themis.enrichment.LakeJob.Cut;
import io.themis.enrichment.LakeJob.Source;
import io.themis.spark.CutFormat.Stretch;
import io.themis.spark.CutFormat.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** Records, file after file. */
final class SparkCut implements BatchQuery.Found {

    private final RecordCut query;
    private final CutFormat format;
    private final Iterator<Row> rows;
    private Row next;
    private int file;
    private List<Stretch> stretches;
    private long stretch;
    private boolean isForOtherQuery;

    SparkCut(RecordCut query, CutFormat format, Iterator<Row> rows) {
        this.query = query;
        this.format = format;
        this.rows = rows;
        advance();
        begin();
    }

    private void advance() {
        next = rows.hasNext() ? rows.next() : null;
    }

    private void begin() {
        file = next == null ? -1 : RecordCut.file(next);
        stretches = new ArrayList<>();
        stretch = -1;
        isForOtherQuery = false;
    }

    @Override
    public int file() {
        return file;
    }

    @Override
    public boolean leave() {
        while (record() != null) {
            // Nobody has read it
        }
        boolean isLeftToOther = isForOtherQuery;
        begin();
        return isLeftToOther;
    }

    /** The next of the file, as it was cut; null after the last. */
    private byte[] record() {
        while (next != null && RecordCut.file(next) == file) {
            boolean isSame = RecordCut.stretch(next) == stretch;
            Stretch before = isSame ? stretches.remove(stretches.size() - 1) : null;
            stretch = RecordCut.stretch(next);
            stretches.add(query.counted(before, next));
            byte[] record = RecordCut.record(next);
            advance();
            if (record != null) {
                return record;
            }
        }
        return null;
    }

    @Override
    public boolean isRightQuery() {
        isForOtherQuery = format.head().length > 0 && !Arrays.equals(record(), format.head());
        return !isForOtherQuery;
    }

    @Override
    public Cut cut(Source source) {
        return new Cut() {

            private Verdict verdict;

            @Override
            public byte[] head() {
                return format.head();
            }

            @Override
            public byte[] next() {
                byte[] record = record();
                if (record == null) {
                    verdict = RecordCut.isAll(stretches, source) ? format.verdict(stretches) : Verdict.UNSURE;
                    isForOtherQuery = verdict.isForOtherQuery();
                    return null;
                }
                return format.record(record);
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
