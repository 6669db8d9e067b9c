package io.themis.datamap;

import io.themis.lake.ColumnPath;
import io.themis.lake.CsvLayout;
import io.themis.lake.LakePath;
import io.themis.lake.RowFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One dataset of the data map. Fields that its kind does not use are null or empty.
 *
 * @param name unique, lower case with hyphens; names the dataset's route, its folder in the package and its metrics
 * @param title what a person who opens the package calls it
 * @param dataSource for {@code sql}: name of a configured data source
 * @param query for {@code sql}: a statement with parameters, {@code :#key}, each a key
 * @param path for {@code lake}: path of its files, with placeholders such as {@code {site}} that name a partition, or in format
 *     {@code file} are columns
 * @param format for {@code lake}: the files' format; in {@code jsonl} and {@code parquet}, every column is a {@link ColumnPath}
 * @param csv for format {@code csv}: how the files are written; null for other formats
 * @param engine for {@code lake}: what looks for rows in its files; {@code THEMIS} for other kinds
 * @param match column to key. For {@code lake}, a row belongs to the person if one of these columns holds one of the
 *     person's values of that key; for {@code sql} and {@code route}, a row that was answered belongs to the person only if
 *     each of them does
 * @param uri for {@code route}: endpoint that answers with the person's records
 * @param keys the keys that finding a row needs: any one of them for {@code lake}, all of them for the other kinds
 * @param provides key to column: what its rows tell about the person, which is keys to go on with and
 *     {@linkplain DataMap#PERSON_NAMES names} to greet with
 * @param review columns that may show a namesake; never matched on
 * @param columns how columns are shown to the person, and whose data is hidden in them; in the order of the map
 * @param erasure what becomes of its rows when a person asks for erasure
 * @param line where the data map declares it, counted from 1
 */
public record Dataset(
        String name,
        Kind kind,
        Words<String> title,
        String dataSource,
        String query,
        String path,
        Format format,
        CsvLayout csv,
        Engine engine,
        Map<String, String> match,
        String uri,
        Set<String> keys,
        Map<String, String> provides,
        List<String> review,
        Map<String, Column> columns,
        Article15 article15,
        Erasure erasure,
        int line) {

    public enum Kind {
        SQL,
        LAKE,
        ROUTE
    }

    /** Formats of lake files. A {@code FILE} is a record itself, whatever is in it. */
    public enum Format {
        XML_ROWS,
        CSV,
        JSONL,
        PARQUET,
        FILE
    }

    /** What looks for rows in the files of a lake dataset. Whichever it is, the same rows are found. */
    public enum Engine {
        THEMIS,
        SPARK
    }

    /** Of format {@code file}: the column that names the file in the package. */
    public static final String FILE_COLUMN = "file";

    /** The columns that each file has besides the placeholders of its path. */
    public static final List<String> COLUMNS_OF_FILES = List.of("path", "bytes", "modified", "mediaType", FILE_COLUMN);

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    /** Those of the path that name a partition, with their braces; empty for a dataset without partitions. */
    public List<String> placeholders() {
        return path == null || format == Format.FILE
                ? List.of()
                : PLACEHOLDER.matcher(path).results().map(MatchResult::group).toList();
    }

    /** For {@code lake}: which files its path means. Read anew by each call. */
    public LakePath lakePath() {
        return format == Format.FILE ? LakePath.ofFiles(path) : LakePath.parse(path);
    }

    /** For {@code lake}: how a file is read from its beginning to its end; not for Parquet, nor for a file that is a record itself. */
    public RowFormat rowFormat() {
        Set<String> keyColumns = Set.copyOf(provides.values());
        RowFormat rows = switch (format) {
            case XML_ROWS -> RowFormat.xmlRows();
            case CSV ->
                RowFormat.csv(
                        csv,
                        Stream.concat(keyColumns.stream(), maskedColumns().stream())
                                .collect(Collectors.toSet()));
            case JSONL -> RowFormat.jsonl(keyColumns);
            case PARQUET -> throw new IllegalArgumentException("Parquet is read by ranges");
            case FILE -> throw new IllegalArgumentException("A file that is a record itself is not read");
        };
        return lakePath().isGzipped() ? rows.gzipped() : rows;
    }

    /**
     * What the map says of a value; null if nothing.
     *
     * @param path names from the column inwards, one for a value that is not nested
     */
    public Column column(List<String> path) {
        return columns.entrySet().stream()
                .filter(column -> ColumnPlaces.of(this, column.getKey()).contains(path))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /**
     * The cells of a row that a column of the map may mean, each as names from the outside in; none if the row does not have
     * it. The first is the one that keys are read from.
     */
    public List<List<String>> places(String column, Map<String, ?> row) {
        return ColumnPlaces.of(this, column).in(row);
    }

    /** The columns in which others' data is to be hidden. */
    public List<String> maskedColumns() {
        return columns.entrySet().stream()
                .filter(column -> column.getValue().mask() != null)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The keys by which masks tell what is the person's own; the dataset need not be asked with them. */
    Set<String> keysOfMasks() {
        return columns.values().stream()
                .filter(column -> column.mask() != null)
                .flatMap(column -> column.mask().unless().values().stream())
                .collect(Collectors.toSet());
    }

    /**
     * Whether the other dataset can use the keys of this one. A number found in one partition may be somebody else's in
     * the next, so it must not leave its own.
     */
    public boolean reaches(Dataset user) {
        return placeholders().isEmpty() || placeholders().equals(user.placeholders());
    }
}
