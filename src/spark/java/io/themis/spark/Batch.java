package io.themis.spark;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.trim;

import io.themis.enrichment.LakeJob;
import io.themis.enrichment.LakeJob.Source;
import io.themis.lake.NormalForm;
import io.themis.lake.NormalForm.Spaces;
import io.themis.lake.RowMatch.Wanted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Files that one query reads, and what is looked for in them, as small tables that are sent to wherever the files are read. */
final class Batch {

    /** Columns of what {@link #numbered} and {@link #marked} make. */
    static final String FILE = "file";

    static final String PARTITION = "partition";
    static final String IS_WANTED = "isWanted";

    private static final String PATH = "path";
    private static final String WHITE = "[\\x09-\\x0D\\x1C-\\x20]++";

    private final SparkSession spark;
    private final SparkFiles files;
    private final List<Source> sources;
    private final Map<String, Integer> partitions = new HashMap<>();
    private final List<Search> searches = new ArrayList<>();

    /**
     * What is looked for in one column.
     *
     * @param rows of partition, or none if it is looked for in all of them, and normal form
     */
    private record Search(String column, NormalForm form, boolean isReview, Set<Row> rows) {}

    /** How keys are read. */
    interface Keys {

        /** The text in a column that keys are read from; null if there is none. */
        Column key(String column);

        /**
         * Whether that may not be what Themis reads there, so that Themis has to look at the record.
         *
         * @param key what {@link #key} gives
         */
        Column isLoose(String column, Column key);
    }

    Batch(SparkSession spark, LakeJob job, SparkFiles files, List<Source> sources) {
        this.spark = spark;
        this.files = files;
        this.sources = sources;
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

    /** The columns that are looked at. */
    List<String> columns() {
        return searches.stream().map(Search::column).toList();
    }

    /** Those of them that only show whose name is there. */
    List<String> reviewColumns() {
        return searches.stream().filter(Search::isReview).map(Search::column).toList();
    }

    List<Source> sources() {
        return sources;
    }

    /** Of files as they are: a folder like {@code site=tea} is part of a path and no column, and nothing is left out in silence. */
    DataFrameReader reader() {
        return spark.read()
                .option("recursiveFileLookup", "true")
                .option("ignoreCorruptFiles", "false")
                .option("ignoreMissingFiles", "false");
    }

    String path(Source source) {
        return files.path(source);
    }

    String[] paths() {
        return sources.stream().map(files::path).toArray(String[]::new);
    }

    static Column path() {
        return col("_metadata.file_path").as(PATH);
    }

    /**
     * The same with {@value #FILE}, the number of the file in {@link #sources}, and that of its {@value #PARTITION}.
     *
     * @param rows with {@link #path()}
     */
    Dataset<Row> numbered(Dataset<Row> rows) {
        List<Row> numbers = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            numbers.add(RowFactory.create(
                    files.pathOfRow(sources.get(i)),
                    i,
                    partitions.get(sources.get(i).partition())));
        }
        StructType columns = new StructType()
                .add(PATH, DataTypes.StringType)
                .add(FILE, DataTypes.IntegerType)
                .add(PARTITION, DataTypes.IntegerType);
        return rows.join(broadcast(spark.createDataFrame(numbers, columns)), PATH);
    }

    /**
     * The same with {@value #IS_WANTED}: whether it may be somebody's, or show somebody's name.
     *
     * @param numbered files
     */
    Dataset<Row> marked(Dataset<Row> numbered, Keys keys) {
        Dataset<Row> rows = numbered;
        Column isWanted = lit(false);
        for (int i = 0; i < searches.size(); i++) {
            Search search = searches.get(i);
            Column key = col("key" + i);
            Column isSame = col("form" + i).equalTo(col("text" + i));
            rows = rows.withColumn("key" + i, keys.key(search.column()))
                    .withColumn("form" + i, normal(search.form(), key))
                    .join(
                            broadcast(wanted(search, i)),
                            search.isReview() ? isSame : isSame.and(col(PARTITION).equalTo(col("of" + i))),
                            "left");
            Column isLoose = keys.isLoose(search.column(), key);
            if (!search.form().equals(NormalForm.EXACT)) {
                // What is the same in other letters than those of English, only Themis says
                isLoose = isLoose.or(octet_length(key).notEqual(length(key)));
            }
            isWanted = isWanted.or(col("text" + i).isNotNull()).or(coalesce(isLoose, lit(false)));
        }
        return rows.withColumn(IS_WANTED, isWanted);
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
}
