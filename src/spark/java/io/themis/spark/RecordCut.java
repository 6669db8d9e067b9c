package io.themis.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.themis.enrichment.LakeJob.Source;
import io.themis.spark.CutFormat.Count;
import io.themis.spark.CutFormat.Stretch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Cuts files into records; those that may be somebody's come out whole, in the order of files and of records, and of the others what was
 * counted. So one query finds, and tells whether what it has cut can be trusted.
 */
final class RecordCut implements BatchQuery {

    private static final String BYTES = "bytes";

    // Places of a row
    private static final int FILE = 0;
    private static final int STRETCH = 1;
    private static final int FOUND = 2;
    private static final int FIRST_COUNT = 3;

    private final Batch batch;
    private final CutFormat format;
    private final Map<String, Count> counts = new LinkedHashMap<>();

    RecordCut(Batch batch, CutFormat format) {
        this.batch = batch;
        this.format = format;
        counts.put(CutFormat.RECORDS, new Count(Count.Kind.SUM, lit(1L)));
        counts.put(BYTES, new Count(Count.Kind.SUM, octet_length(col(CutFormat.RECORD)).cast("long")));
        counts.put(CutFormat.MALFORMED, Count.many(coalesce(format.isMalformed(), lit(true))));
        counts.putAll(format.counts());
    }

    @Override
    public Dataset<Row> rows() {
        Dataset<Row> cut = batch.reader()
                .option("lineSep", format.separator())
                .text(batch.paths())
                .select(
                        col(CutFormat.RECORD),
                        Batch.path(),
                        col("_metadata.file_block_start").as(CutFormat.STRETCH),
                        monotonically_increasing_id().as(CutFormat.AT));
        cut = format.records(batch.numbered(cut));
        for (Map.Entry<String, Column> parsed : format.parsed().entrySet()) {
            cut = cut.withColumn(parsed.getKey(), parsed.getValue());
        }
        Column isFound = format.isHead().or(format.isRecord().and(col(Batch.IS_WANTED)));
        Column found =
                when(isFound, struct(col(CutFormat.AT).as("at"), col(CutFormat.RECORD).cast("binary").as("record")));
        List<Column> aggregates = new ArrayList<>();
        counts.forEach((name, count) -> aggregates.add(count.aggregate().as(name)));
        return batch.marked(cut, format)
                .withColumn("found", found)
                .groupBy(Batch.FILE, CutFormat.STRETCH, "found")
                .agg(
                        aggregates.get(0),
                        aggregates.subList(1, aggregates.size()).toArray(Column[]::new))
                .orderBy(Batch.FILE, "stretch", "found.at");
    }

    @Override
    public Found read(Iterator<Row> rows) {
        return new SparkCut(this, format, rows);
    }

    static int file(Row row) {
        return row.getInt(FILE);
    }

    static long stretch(Row row) {
        return row.getLong(STRETCH);
    }

    /** As it was cut; null for a row that only counts. */
    static byte[] record(Row row) {
        return row.isNullAt(FOUND) ? null : row.getStruct(FOUND).getAs(1);
    }

    /** Adds what a row counts to what was counted of its stretch before; null if nothing was. */
    Stretch counted(Stretch before, Row row) {
        Map<String, Long> sums = new HashMap<>();
        int place = FIRST_COUNT;
        for (Map.Entry<String, Count> count : counts.entrySet()) {
            Long here = row.isNullAt(place) ? null : (Long) row.getLong(place);
            sums.put(
                    count.getKey(),
                    before == null ? here : count.getValue().join(before.counts().get(count.getKey()), here));
            place++;
        }
        return new Stretch(sums);
    }

    /** Whether that was all of a file, as far as can be told. */
    static boolean isAll(List<Stretch> stretches, Source file) {
        if (file.name().endsWith(".gz")) {
            return true;
        }
        long cut = Stretch.sum(stretches, BYTES) + Stretch.sum(stretches, CutFormat.RECORDS);
        long markOrLastEnd = file.length() - cut;
        return markOrLastEnd == 0 || markOrLastEnd == -1 || markOrLastEnd == 2 || markOrLastEnd == 3;
    }
}
