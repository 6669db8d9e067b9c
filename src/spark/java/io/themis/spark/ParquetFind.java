package io.themis.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.themis.enrichment.LakeJob.Cut;
import io.themis.enrichment.LakeJob.Source;
import io.themis.lake.ColumnPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Looks for rows in files of format {@code parquet}, by the columns that keys are read from. A Parquet file has no records that could be
 * cut out, and values in it are as Themis has them only if Themis reads them; so Spark tells which files have nothing of anybody, and those
 * are the most.
 */
final class ParquetFind implements BatchQuery, Batch.Keys {

    /** Of which Spark and Themis make the same text. */
    private static final Set<DataType> KEYS =
            Set.of(DataTypes.StringType, DataTypes.LongType, DataTypes.IntegerType, DataTypes.ShortType, DataTypes.ByteType);

    // Places of a row
    private static final int FILE = 0;
    private static final int WANTED = 1;
    private static final int FIRST_COUNT = 2;

    private final Batch batch;
    private final Dataset<Row> files;
    private final Map<String, List<String>> paths;
    private final List<String> needed;

    private ParquetFind(Batch batch, Dataset<Row> files, Map<String, List<String>> paths, List<String> needed) {
        this.batch = batch;
        this.files = files;
        this.paths = paths;
        this.needed = needed;
    }

    /**
     * Nothing if the files are not such that Spark can look for keys, or not all of one kind: where a column is of another type than in the
     * first file, Spark would read what is stored for what it is not.
     *
     * @param needed columns without which a file can't be read for what the data map says
     */
    static Optional<BatchQuery> of(Batch batch, Set<String> needed) {
        DataFrameReader reader = batch.reader()
                .option("parquet.page.verify-checksum.enabled", "true")
                .option("mergeSchema", "true");
        StructType schema;
        try {
            schema = reader.parquet(batch.paths()).schema();
        } catch (Exception e) {
            if (SparkFailure.isInterrupt(e) || SparkFailure.of(e).kind() != SparkFailure.Kind.OTHER) {
                throw e;
            }
            // Types that Spark does not know, or that contradict each other
            return Optional.empty();
        }
        Set<String> all = new HashSet<>(needed);
        all.addAll(batch.columns());
        Map<String, List<String>> paths = new LinkedHashMap<>();
        all.forEach(column -> path(schema, column).ifPresent(path -> paths.put(column, path)));
        // Nobody may be named there
        all.removeAll(batch.reviewColumns());
        boolean canRead = batch.columns().stream()
                .filter(paths::containsKey)
                .allMatch(column -> KEYS.contains(type(schema, paths.get(column))));
        return paths.keySet().containsAll(all) && canRead && !all.isEmpty()
                ? Optional.of(new ParquetFind(
                        batch, reader.schema(schema).parquet(batch.paths()), paths, List.copyOf(all)))
                : Optional.empty();
    }

    /** A column of that very name, or else the field that its path leads to. */
    private static Optional<List<String>> path(StructType schema, String column) {
        List<String> path = List.of(schema.fieldNames()).contains(column)
                ? List.of(column)
                : ColumnPath.parse(column).names();
        return Optional.of(path).filter(names -> type(schema, names) != null);
    }

    /** Null if there is no such column. */
    private static DataType type(StructType schema, List<String> path) {
        DataType type = schema;
        for (String name : path) {
            if (!(type instanceof StructType fields) || !List.of(fields.fieldNames()).contains(name)) {
                return null;
            }
            type = fields.apply(name).dataType();
        }
        return type;
    }

    @Override
    public Dataset<Row> rows() {
        List<Column> columns = new ArrayList<>(List.of(Batch.path()));
        List<String> names = List.copyOf(paths.keySet());
        for (int i = 0; i < names.size(); i++) {
            columns.add(field(paths.get(names.get(i))).as("c" + i));
        }
        List<Column> counts = new ArrayList<>();
        counts.add(sum(when(col(Batch.IS_WANTED), lit(1L)).otherwise(lit(0L))));
        needed.forEach(column -> counts.add(count(value(column))));
        return batch.marked(batch.numbered(files.select(columns.toArray(Column[]::new))), this)
                .groupBy(Batch.FILE)
                .agg(counts.get(0), counts.subList(1, counts.size()).toArray(Column[]::new))
                .orderBy(Batch.FILE);
    }

    private static Column field(List<String> path) {
        Column field = null;
        for (String name : path) {
            field = field == null ? col("`" + name.replace("`", "``") + "`") : field.getField(name);
        }
        return field;
    }

    private Column value(String column) {
        return col("c" + List.copyOf(paths.keySet()).indexOf(column));
    }

    @Override
    public Column key(String column) {
        return paths.containsKey(column) ? value(column).cast("string") : lit(null).cast("string");
    }

    @Override
    public Column isLoose(String column, Column key) {
        return not(is_valid_utf8(key));
    }

    @Override
    public Found read(Iterator<Row> rows) {
        return new Found() {

            private Row row = rows.hasNext() ? rows.next() : null;

            @Override
            public int file() {
                return row == null ? -1 : row.getInt(FILE);
            }

            @Override
            public boolean isRightQuery() {
                return true;
            }

            @Override
            public boolean leave() {
                row = rows.hasNext() ? rows.next() : null;
                return false;
            }

            @Override
            public Cut cut(Source source) {
                return new Nothing(isWithoutAnybody(row));
            }
        };
    }

    /** A column without any value may be one that the file does not have. */
    private boolean isWithoutAnybody(Row row) {
        return row.getLong(WANTED) == 0
                && IntStream.range(0, needed.size()).allMatch(i -> row.getLong(FIRST_COUNT + i) > 0);
    }

    /** No record, of a file that has none, or that Themis has to read. */
    private record Nothing(boolean isSure) implements Cut {

        @Override
        public byte[] head() {
            return new byte[0];
        }

        @Override
        public byte[] next() {
            return null;
        }

        @Override
        public long malformed() {
            return 0;
        }
    }
}
