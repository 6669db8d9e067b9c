package io.themis.spark;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.themis.enrichment.LakeJob;
import io.themis.enrichment.LakeJob.Source;
import io.themis.lake.NormalForm;
import io.themis.lake.NormalForm.Spaces;
import io.themis.lake.RowMatch.Wanted;
import io.themis.spark.CutFormat.Count;
import io.themis.spark.CutFormat.Stretch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The query of one job: every file once through, cut into records; those that may be somebody's come out whole, in the order of files and
 * of records, and of the others what was counted. So one query finds, and tells whether what it has cut can be trusted.
 */
final class RecordCut {

    private static final String BYTES = "bytes";
    private static final String WHITE = "[\\x09-\\x0D\\x1C-\\x20]++";

    // Places of a row
    private static final int FILE = 0;
    private static final int STRETCH = 1;
    private static final int FOUND = 2;
    private static final int FIRST_COUNT = 3;

    private final SparkSession spark;
    private final CutFormat format;
    private final SparkFiles files;
    private final List<Source> sources;
    private final Map<String, Count> counts = new LinkedHashMap<>();
    private final Map<String, Integer> partitions = new HashMap<>();
    private final List<Search> searches = new ArrayList<>();

    /**
     * What is looked for in one column.
     *
     * @param rows of partition, or none if it is looked for in all of them, and normal form
     */
    private record Search(String column, NormalForm form, boolean isReview, Set<Row> rows) {}

    RecordCut(SparkSession spark, LakeJob job, CutFormat format, SparkFiles files, List<Source> sources) {
        this.spark = spark;
        this.format = format;
        this.files = files;
        this.sources = sources;
        counts.put(CutFormat.RECORDS, new Count(Count.Kind.SUM, lit(1L)));
        counts.put(BYTES, new Count(Count.Kind.SUM, octet_length(col(CutFormat.RECORD)).cast("long")));
        counts.put(CutFormat.MALFORMED, Count.many(coalesce(format.isMalformed(), lit(true))));
        counts.putAll(format.counts());
        for (Source source : sources) {
            if (!partitions.containsKey(source.partition())) {
                int number = partitions.size();
                partitions.put(source.partition(), number);
                job.match(source.partition()).ifPresent(match -> {
                    match.columns().forEach((column, wanted) -> want(column, wanted, number));
                    match.review().forEach((column, wanted) -> want(column, wanted, null));
                });
            }
        }
    }

    private void want(String column, Wanted wanted, Integer partition) {
        Search search = searches.stream()
                .filter(each -> each.column().equals(column))
                .findFirst()
                .orElse(null);
        if (search == null) {
            search = new Search(column, wanted.form(), partition == null, new LinkedHashSet<>());
            searches.add(search);
        }
        for (String text : wanted.normalForms()) {
            search.rows().add(RowFactory.create(partition, text));
        }
    }

    /** Whether Spark can be told to look for all that is wanted. */
    boolean isPossible() {
        return !searches.isEmpty() && searches.stream().allMatch(search -> format.canRead(search.column()));
    }

    Dataset<Row> query() {
        Dataset<Row> cut = spark.read()
                .option("lineSep", format.separator())
                // Folders like site=tea are part of a path, and no column
                .option("recursiveFileLookup", "true")
                .option("ignoreCorruptFiles", "false")
                .option("ignoreMissingFiles", "false")
                .text(sources.stream().map(files::path).toArray(String[]::new))
                .select(
                        col(CutFormat.RECORD),
                        col("_metadata.file_path").as("path"),
                        col("_metadata.file_block_start").as("stretch"),
                        monotonically_increasing_id().as(CutFormat.AT));
        for (Map.Entry<String, Column> parsed : format.parsed().entrySet()) {
            cut = cut.withColumn(parsed.getKey(), parsed.getValue());
        }
        cut = cut.join(broadcast(numbers()), "path");
        Column isWanted = lit(false);
        for (int i = 0; i < searches.size(); i++) {
            Search search = searches.get(i);
            Column key = col("key" + i);
            cut = cut.withColumn("key" + i, format.key(search.column()))
                    .withColumn("form" + i, normal(search.form(), key));
            Dataset<Row> wanted = wanted(search, i);
            Column isSame = col("form" + i).equalTo(col("text" + i));
            cut = cut.join(
                    broadcast(wanted),
                    search.isReview() ? isSame : isSame.and(col("partition").equalTo(col("of" + i))),
                    "left");
            Column isLoose = format.isLoose(search.column(), key);
            if (!search.form().equals(NormalForm.EXACT)) {
                // What is the same in other letters than those of English, only Themis says
                isLoose = isLoose.or(octet_length(key).notEqual(length(key)));
            }
            isWanted = isWanted.or(col("text" + i).isNotNull()).or(coalesce(isLoose, lit(false)));
        }
        Column found = when(
                format.isRecord().and(isWanted),
                struct(col(CutFormat.AT).as("at"), col(CutFormat.RECORD).cast("binary").as("record")));
        List<Column> aggregates = new ArrayList<>();
        counts.forEach((name, count) -> aggregates.add(count.aggregate().as(name)));
        return cut.withColumn("found", found)
                .groupBy("file", "stretch", "found")
                .agg(
                        aggregates.get(0),
                        aggregates.subList(1, aggregates.size()).toArray(Column[]::new))
                .orderBy("file", "stretch", "found.at");
    }

    private Dataset<Row> numbers() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            rows.add(RowFactory.create(
                    files.pathOfRow(sources.get(i)),
                    i,
                    partitions.get(sources.get(i).partition())));
        }
        return spark.createDataFrame(
                rows,
                new StructType()
                        .add("path", DataTypes.StringType)
                        .add("file", DataTypes.IntegerType)
                        .add("partition", DataTypes.IntegerType));
    }

    private Dataset<Row> wanted(Search search, int number) {
        return spark.createDataFrame(
                List.copyOf(search.rows()),
                new StructType()
                        .add("of" + number, DataTypes.IntegerType)
                        .add("text" + number, DataTypes.StringType));
    }

    /** Of a text in ASCII. */
    private static Column normal(NormalForm form, Column text) {
        Column normal = text;
        if (form.spaces() == Spaces.RUN_IS_ONE) {
            normal = trim(regexp_replace(normal, WHITE, " "));
        } else if (form.spaces() == Spaces.IGNORED) {
            normal = regexp_replace(normal, WHITE, "");
        }
        return form.ignoresCase() ? lower(normal) : normal;
    }

    static int file(Row row) {
        return row.getInt(FILE);
    }

    static long stretch(Row row) {
        return row.getLong(STRETCH);
    }

    /** Null for a row that only counts. */
    byte[] record(Row row) {
        return row.isNullAt(FOUND) ? null : format.record(row.getStruct(FOUND).getAs(1));
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
