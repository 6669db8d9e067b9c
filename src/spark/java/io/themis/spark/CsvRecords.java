package io.themis.spark;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.replace;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.themis.lake.CsvLayout;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * The same for files with line ends within cells: a line begins a record if there is an even number of quotes before it. For that Spark has
 * to sort lines, which {@link CsvLines} spares it.
 */
final class CsvRecords extends CsvLines {

    private final String quote;

    CsvRecords(CsvLayout layout, byte[] head, List<String> columns) {
        super(layout, head, columns);
        quote = String.valueOf(layout.quote());
    }

    @Override
    public Dataset<Row> records(Dataset<Row> lines) {
        WindowSpec inOrder = Window.partitionBy(Batch.FILE).orderBy(STRETCH, AT);
        WindowSpec before = inOrder.rowsBetween(Window.unboundedPreceding(), -1);
        WindowSpec upTo = inOrder.rowsBetween(Window.unboundedPreceding(), Window.currentRow());
        Column line = col(RECORD);
        Column quotes = octet_length(line).minus(octet_length(replace(line, lit(quote), lit(""))));
        Column isFirst = coalesce(sum(quotes).over(before), lit(0)).mod(2).equalTo(0);
        // A quote too many must not make one record of all that follows
        Column isOfRecord = col("end").minus(col("begin")).leq(4L * LONGEST);
        return lines.withColumn("isFirst", isFirst)
                .withColumn("end", sum(octet_length(line).cast("long").plus(1)).over(upTo))
                .withColumn("number", sum(when(col("isFirst"), 1).otherwise(0)).over(upTo))
                .withColumn("begin", max(when(col("isFirst"), col("end"))).over(upTo))
                .groupBy(Batch.FILE, Batch.PARTITION, "number")
                .agg(
                        min(struct(STRETCH, AT)).as("place"),
                        array_sort(collect_list(when(isOfRecord, struct(STRETCH, AT, RECORD))))
                                .as("lines"))
                .select(
                        col(Batch.FILE),
                        col(Batch.PARTITION),
                        col("place").getField(STRETCH).as(STRETCH),
                        col("place").getField(AT).as(AT),
                        concat_ws("\n", col("lines").getField(RECORD)).as(RECORD));
    }

    @Override
    Verdict ofOtherLines() {
        return Verdict.UNSURE;
    }
}
