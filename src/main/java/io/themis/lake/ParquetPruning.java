package io.themis.lake;

import io.themis.lake.ParquetFooter.Chunk;
import io.themis.lake.ParquetFooter.Group;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.schema.PrimitiveType;

/**
 * Tells which row groups can't have a row that is looked for, by what the writer noted of the columns matched on. Notes that
 * are absent, unreliable or absurd say nothing: the row group is read then.
 */
final class ParquetPruning {

    /** Arrow up to 2.0, which compared decimals in bytes and NaN wrongly. Later ones are called parquet-cpp-arrow. */
    private static final String OLD_ARROW = "parquet-cpp version";

    private final ParquetReads file;
    private final String createdBy;
    private final List<Column> columns = new ArrayList<>();

    private record Column(List<String> path, PrimitiveType type, StoredKeys keys) {}

    ParquetPruning(ParquetReads file, ParquetFooter footer, ParquetKeys keys) {
        this.file = file;
        createdBy = footer.createdBy();
        for (ParquetKeys.Key key : keys.keys()) {
            columns.add(new Column(
                    key.path(),
                    key.type(),
                    StoredKeys.of(key.type(), key.wanted()).orElse(null)));
        }
    }

    /** @throws IOException from the store */
    boolean excludes(Group group) throws IOException {
        List<Column> undecided = new ArrayList<>();
        for (Column column : columns) {
            if (!excludesByStatistics(group.chunks().get(column.path()), column)) {
                undecided.add(column);
            }
        }
        // A filter takes a read, so statistics have their say about all columns before
        for (Column column : undecided) {
            if (column.keys() == null || !isWorthAsking(group.chunks().get(column.path()))) {
                return false;
            }
        }
        for (Column column : undecided) {
            if (!excludesByFilter(group.chunks().get(column.path()), column)) {
                return false;
            }
        }
        return true;
    }

    private boolean excludesByStatistics(Chunk chunk, Column column) {
        if (column.keys() == null) {
            return isNull(chunk);
        }
        return isNull(chunk)
                || column.keys().all().filter(Collection::isEmpty).isPresent()
                || bounds(chunk, column.type())
                        .filter(bounds -> column.keys().areOutside(bounds.least(), bounds.most()))
                        .isPresent();
    }

    /** The filter of a small column can be longer than the column. */
    private static boolean isWorthAsking(Chunk chunk) {
        return chunk.bloomFilter() != null
                && Math.min(chunk.bloomFilter().length(), ParquetBloomFilter.FIRST_READ) < chunk.to() - chunk.from();
    }

    private boolean excludesByFilter(Chunk chunk, Column column) throws IOException {
        Optional<ParquetBounds> bounds = bounds(chunk, column.type());
        Optional<Collection<Object>> asked = bounds.isPresent()
                ? column.keys().within(bounds.get().least(), bounds.get().most())
                : column.keys().all();
        List<Object> stored = new ArrayList<>();
        if (bounds.isPresent()
                && isExact(
                        chunk.statistics().isSetIs_min_value_exact(),
                        chunk.statistics().isIs_min_value_exact())) {
            stored.add(bounds.get().least());
        }
        if (bounds.isPresent()
                && isExact(
                        chunk.statistics().isSetIs_max_value_exact(),
                        chunk.statistics().isIs_max_value_exact())) {
            stored.add(bounds.get().most());
        }
        return asked.isPresent() && ParquetBloomFilter.lacks(file, chunk.bloomFilter(), asked.get(), stored);
    }

    /** Where a writer does not say, a bound that was cut short makes the filter look wrong, which costs a read and no row. */
    private static boolean isExact(boolean isSaid, boolean said) {
        return !isSaid || said;
    }

    private static boolean isNull(Chunk chunk) {
        Statistics noted = chunk.statistics();
        return noted != null
                && noted.isSetNull_count()
                && noted.getNull_count() == chunk.values()
                && !noted.isSetMin_value()
                && !noted.isSetMax_value()
                && !noted.isSetMin()
                && !noted.isSetMax();
    }

    private Optional<ParquetBounds> bounds(Chunk chunk, PrimitiveType type) {
        Statistics noted = chunk.statistics();
        if (noted == null || createdBy != null && createdBy.startsWith(OLD_ARROW)) {
            return Optional.empty();
        }
        boolean areNullsPlausible =
                !noted.isSetNull_count() || noted.getNull_count() >= 0 && noted.getNull_count() < chunk.values();
        return areNullsPlausible ? ParquetBounds.of(noted, type) : Optional.empty();
    }
}
